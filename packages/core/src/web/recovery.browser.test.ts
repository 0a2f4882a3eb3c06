import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Tracker } from '../tracker-types'
import { createAccount } from './account'
import type { Delivery, Left } from './delivery'
import { createOutbox, PREFIX } from './outbox'
import { recoverOutbox } from './recovery'
import { safely } from './safely'

let stopping: AbortController
const tracker = { record() {} } as unknown as Tracker
beforeEach(() => {
  stopping = new AbortController()
})
afterEach(() => {
  stopping.abort()
  localStorage.clear()
})

const ENDPOINT = 'https://collector.example/v1/traces'
const HEAD = '"resource":{"attributes":[]},"scopeSpans":[{"scope":{},"spans":['
const DAY = 864e5

/** Writes an entry, so old (ms). */
function leave(id: string, age: number, { page = 'gone', url = ENDPOINT, padding = 0 } = {}) {
  const span = {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    attributes: [],
    name: 'x'.repeat(padding),
  }
  const entry = [Date.now() - age, [page, url].filter(Boolean).join(' '), HEAD, JSON.stringify(span)].join(
    '\n',
  )
  localStorage.setItem(PREFIX + id, entry)
}
const stored = () => Object.keys(localStorage).map((key) => key.slice(PREFIX.length))

/** What the next page recovers in one go. */
function recovered(isOpen = true): string[] {
  const recover = vi.fn<(left: readonly Left[]) => void>()
  const delivery = { page: 'here', url: ENDPOINT, recover } as unknown as Delivery
  recoverOutbox(PREFIX, { isOpen }, delivery, tracker, { createAccount, safely }, stopping.signal)
  return recover.mock.calls.flatMap(([left]) => left.map(({ id }) => id))
}

describe('recovery', () => {
  it('leaves alone what this page sends itself, another may be sending, or goes elsewhere', () => {
    leave('old', 60_000)
    leave('older', DAY)
    // The outbox has not always named endpoints.
    leave('nowhere', 2 * DAY, { url: '' })
    leave('own', 60_000, { page: 'here' })
    leave('young', 1000)
    leave('foreign', 60_000, { url: 'https://other.example/v1/traces' })
    expect(recovered()).toEqual(['old', 'older', 'nowhere'])
    expect(stored()).toHaveLength(6)
  })

  it('reads what the outbox writes', () => {
    const span = JSON.stringify({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), attributes: [] })
    createOutbox(`gone ${ENDPOINT}`).put('event', { head: HEAD, text: span })
    const key = `${PREFIX}event`
    localStorage.setItem(key, localStorage.getItem(key)!.replace(/^\d+/, `${Date.now() - 60_000}`))
    expect(recovered()).toEqual(['event'])
  })

  it('knows of what pages have tried to send, as the outbox marks it, and removes marks of what is gone', () => {
    leave('tried', 60_000)
    leave('untried', 60_000)
    const outbox = createOutbox(`gone ${ENDPOINT}`)
    outbox.mark(['tried', 'arrived'], true)
    outbox.mark(['arrived'], false)
    localStorage.setItem('throughline.tried.other', 'long gone')
    const recover = vi.fn<(left: readonly Left[]) => void>()
    const delivery = { page: 'here', url: ENDPOINT, recover } as unknown as Delivery
    recoverOutbox(PREFIX, { isOpen: true }, delivery, tracker, { createAccount, safely }, stopping.signal)
    const left = recover.mock.calls.flatMap(([all]) => all.map(({ id, isTried }) => [id, isTried]))
    expect(Object.fromEntries(left)).toEqual({ tried: true, untried: false })
    expect(Object.keys(localStorage).filter((key) => key.includes('tried.'))).toEqual([
      'throughline.tried.gone',
    ])
  })

  it('removes the oldest beyond a million characters or 600 entries of all pages', () => {
    for (let page = 0; page < 5; page++)
      for (let i = 0; i < 5; i++) leave(`${page}-${i}`, (25 - page * 5 - i) * 60_000, { padding: 100_000 })
    localStorage.setItem('other', 'of the host')
    const left = recovered()
    expect(left).toEqual(['4-4', '4-3', '4-2', '4-1', '4-0', '3-4', '3-3', '3-2', '3-1'])
    expect(localStorage.getItem('other')).toBe('of the host')
    localStorage.clear()
    for (let i = 0; i < 700; i++) leave(`${i}`, 60_000 + i * 1000)
    recovered()
    expect(stored()).toHaveLength(600)
    expect(stored()).not.toContain('600')
  })

  it('removes what has expired, without consent too, and sends nothing then', () => {
    leave('old', 60_000)
    leave('expired', 8 * DAY)
    expect(recovered(false)).toEqual([])
    expect(stored()).toEqual(['old'])
  })
})
