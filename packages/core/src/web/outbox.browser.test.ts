import { afterEach, describe, expect, it } from 'vitest'
import { createOutbox, PREFIX } from './outbox'

afterEach(() => localStorage.clear())

const stored = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
const characters = () => stored().reduce((sum, key) => sum + localStorage.getItem(key)!.length, 0)
const span = (length = 10) => ({ head: '', text: 'x'.repeat(length) })

describe('the outbox', () => {
  it('holds 600 events of a page, and has room again when one has arrived', () => {
    const outbox = createOutbox('page')
    for (let i = 0; i < 700; i++) outbox.put(`${i}`, span())
    expect(stored()).toHaveLength(600)
    outbox.remove('0')
    outbox.put('700', span())
    outbox.put('701', span())
    expect(stored()).toHaveLength(600)
    expect(stored()).toContain(`${PREFIX}700`)
  })

  it('marks in one place what may arrive, and leaves nothing when all of it has', () => {
    const outbox = createOutbox('page https://collector.example/v1/traces')
    for (const id of ['a', 'b', 'c']) outbox.put(id, span())
    outbox.mark(['a', 'b', 'c'], true)
    outbox.mark(['c'], false)
    expect(localStorage.getItem('throughline.tried.page')).toBe('a b')
    for (const id of ['a', 'b', 'c']) outbox.remove(id)
    expect(Object.keys(localStorage)).toEqual([])
  })

  it('holds a million characters of a page, and has room again when some have arrived', () => {
    const outbox = createOutbox('page')
    for (const id of ['a', 'b', 'c', 'd']) outbox.put(id, span(300_000))
    expect(stored()).toHaveLength(3)
    expect(characters()).toBeLessThanOrEqual(1_000_000)
    outbox.remove('a')
    outbox.put('d', span(300_000))
    expect(stored()).toContain(`${PREFIX}d`)
  })
})
