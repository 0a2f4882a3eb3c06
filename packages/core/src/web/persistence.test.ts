import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { memoryStorage } from '../testing'

const HOUR = 36e5

beforeEach(() => {
  vi.resetModules()
  vi.stubGlobal('window', { opener: null })
  vi.stubGlobal('parent', window)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A browser that computes `timeOrigin` from a clock that stood still while the laptop slept. */
test.each([
  ['goes on after the system ended it', 60_000, '{}'],
  ['is a copy if its owner was hidden just now', 1000, null],
])('a tab that comes back in a browser that slept for hours %s', async (_, hiddenBefore, kept) => {
  const opened = performance.timeOrigin + 8 * HOUR
  vi.spyOn(performance, 'now').mockReturnValue(20)
  vi.spyOn(Date, 'now').mockReturnValue(opened + 20)
  vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ type: 'back_forward' } as never])
  const storage = memoryStorage()
  storage.setItem('throughline', '{}')
  storage.setItem('throughline.here', 'owner')
  storage.setItem('throughline.away', `owner ${opened - hiddenBefore}`)
  const { claim } = await import('./persistence')
  claim(storage, new AbortController().signal)
  expect(storage.getItem('throughline')).toBe(kept)
})
