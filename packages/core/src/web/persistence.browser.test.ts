import { describe, expect, it, vi } from 'vitest'
import { gatedStorage } from './persistence'

/** A storage that counts what is written. */
function counted(fail = () => false) {
  const kept = new Map<string, string>()
  const setItem = vi.fn((key: string, value: string) => {
    if (fail()) throw new DOMException('full', 'QuotaExceededError')
    kept.set(key, value)
  })
  const real = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem,
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage
  return { real, setItem, kept }
}
const nextTask = () => new Promise((resolve) => setTimeout(resolve))

describe('what a tracker keeps', () => {
  it('is written once a task, and read before it is written', async () => {
    const { real, setItem, kept } = counted()
    const gate = gatedStorage(real, true)
    for (const value of ['a', 'b']) gate.setItem('throughline', value)
    // Still the same task, though a promise was waited for.
    await Promise.resolve()
    gate.setItem('throughline', 'c')
    expect(gate.getItem('throughline')).toBe('c')
    expect(setItem.mock.calls).toEqual([['throughline', 'a']])
    await nextTask()
    expect(setItem).toHaveBeenCalledTimes(2)
    expect(kept.get('throughline')).toBe('c')
  })

  it('is written at once with what a page says as it goes away', () => {
    const { real, kept } = counted()
    const gate = gatedStorage(real, true)
    gate.setItem('throughline', 'a')
    gate.setItem('throughline', 'b')
    gate.setItem('throughline.away', 'now')
    expect(kept.get('throughline')).toBe('b')
  })

  it('is taken out when the storage is full, and who writes next is told', async () => {
    let isFull = false
    const { real, kept } = counted(() => isFull)
    const gate = gatedStorage(real, true)
    gate.setItem('throughline', 'a')
    gate.setItem('throughline', 'b')
    isFull = true
    await nextTask()
    expect(kept.has('throughline')).toBe(false)
    expect(() => gate.setItem('throughline', 'c')).toThrow('full')
  })
})
