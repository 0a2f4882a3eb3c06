import { describe, expect, it, vi } from 'vitest'
import { handoverToken, joinJourney } from './handover'
import { checkout, memoryStorage, onePage, trackerAt } from './testing'

const T = Date.UTC(2026, 5, 1)
const MINUTE = 60_000

describe('continuity', () => {
  it('a reload goes on with the same run, visit and variant, and its trace', () => {
    const storage = memoryStorage()
    const before = trackerAt(T, { storage })
    before.tracker.subscribe(({ visit }) => {
      visit!.span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
    })
    before.tracker.assign(onePage, 'one-page')
    before.tracker.enter(checkout, 'payment')
    const after = trackerAt(T + 1000, { storage })
    expect(after.tracker.current()).toEqual(before.tracker.current())
    after.tracker.enter(checkout, 'payment')
    expect(after.events).toEqual([])
    expect(after.tracker.at(T + 500)!.step).toBe('payment')
  })

  it.each([
    ['garbage', '{"runs":[{"id":"x"}]}'],
    ['no JSON', 'x{'],
    ['null', 'null'],
    ['a foreign shape', '{"runs":{"a":1},"assigned":[1]}'],
    [
      'an undeclared step',
      JSON.stringify({
        runs: [
          {
            id: '01932c07-209c-7cf7-8d2c-4d0a6a1e4f0b',
            journey: 'checkout',
            version: '1',
            seen: 1,
            attempts: {},
            exposed: [],
            visit: { id: 'x', step: 'gone', start: 1, attempt: 1 },
          },
        ],
      }),
    ],
  ])('stored %s is left out', (_, text) => {
    const { tracker } = trackerAt(T, { storage: memoryStorage(new Map([['throughline', text]])) })
    expect(tracker.current()).toBeUndefined()
    tracker.enter(checkout, 'cart')
    expect(tracker.current()!.step).toBe('cart')
  })

  it('storage that throws leaves the state in memory', () => {
    const setItem = vi.fn(() => {
      throw new Error('full')
    })
    const { tracker } = trackerAt(T, { storage: { ...memoryStorage(), setItem } })
    tracker.enter(checkout, 'cart')
    tracker.enter(checkout, 'payment')
    expect(tracker.current()!.step).toBe('payment')
    expect(setItem).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['is none', undefined],
    [
      'is full',
      {
        ...memoryStorage(),
        setItem() {
          throw new Error('full')
        },
      },
    ],
  ])('a back/forward cache restore goes on from memory where storage %s', (_, storage) => {
    const { clock, tracker } = trackerAt(T, storage && { storage })
    tracker.enter(checkout, 'cart')
    tracker.assign(onePage, 'one-page')
    const { run } = tracker.current()!
    clock.now += 1000
    tracker.restore()
    expect(tracker.current()).toMatchObject({ run, step: 'cart' })
    expect(tracker.variant(onePage)).toBe('one-page')
  })

  it('a back/forward cache restore reads what other documents stored and re-enters its own step', () => {
    const storage = memoryStorage()
    const first = trackerAt(T, { storage })
    first.tracker.enter(checkout, 'cart')
    const second = trackerAt(T + 1000, { storage })
    second.tracker.enter(checkout, 'payment')
    first.clock.now = T + 5000
    first.tracker.navigated(T + 4000, 'navigation')
    first.tracker.restore()
    expect(first.names().slice(1)).toEqual(['step.leave', 'step.enter'])
    expect(first.tracker.current()).toMatchObject({ step: 'cart', attempt: 2, start: T + 4000 })
    expect(first.tracker.current()!.run).toBe(second.tracker.current()!.run)
  })

  it('another tab joins by a token that works once', () => {
    const shared = memoryStorage()
    const one = trackerAt(Date.now())
    const two = trackerAt(Date.now() + 40 * MINUTE)
    one.tracker.enter(checkout, 'cart')
    const token = handoverToken(one.tracker, checkout, shared)!
    expect(joinJourney(two.tracker, token, shared)).toBe(true)
    expect(joinJourney(two.tracker, token, shared)).toBe(false)
    two.tracker.enter(checkout, 'payment')
    expect(two.tracker.current()!.run).toBe(one.tracker.current()!.run)
    expect(joinJourney(two.tracker, 'made.up', shared)).toBe(false)
  })

  it('a joined run outlives idle but not within', () => {
    const shared = memoryStorage()
    const one = trackerAt(Date.now())
    one.tracker.enter(checkout, 'cart')
    const two = trackerAt(Date.now())
    joinJourney(two.tracker, handoverToken(one.tracker, checkout, shared)!, shared)
    two.clock.now += 121 * MINUTE
    two.tracker.enter(checkout, 'payment')
    expect(two.tracker.current()!.run).not.toBe(one.tracker.current()!.run)
  })
})
