import { afterEach, expect, test, vi } from 'vitest'
import { outsideZone } from './zone'

afterEach(() => vi.unstubAllGlobals())

test('without zone.js, and with something else of its name, work is done as it is', () => {
  expect(outsideZone(() => 1)).toBe(1)
  vi.stubGlobal('Zone', class {})
  expect(outsideZone(() => 2)).toBe(2)
})

test('with zone.js, work is done in its root zone', () => {
  const run = vi.fn((fn: () => unknown) => fn())
  vi.stubGlobal('Zone', Object.assign(class {}, { root: { run } }))
  expect(outsideZone(() => 3)).toBe(3)
  expect(run).toHaveBeenCalledOnce()
})
