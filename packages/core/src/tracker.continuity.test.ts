import { describe, expect, it, vi } from 'vitest'
import { handoverToken, joinJourney } from './handover'
import { platformBytes, uuidv7 } from './ids'
import { defineJourney } from './journey'
import { checkout, memoryStorage, onePage, signup, trackerAt } from './testing'
import type { StateStorage } from './tracker-types'
import { restoreHere } from './web/restore'

const T = Date.UTC(2026, 5, 1)
const MINUTE = 60_000

/** A run as it is stored. */
interface Stored {
  id: string
  visit: object
}

/** As browsers have it: its keys are its properties. */
class WebStorage implements StateStorage {
  [key: string]: unknown
  getItem(key: string) {
    return (this[key] as string) ?? null
  }
  setItem(key: string, value: string) {
    this[key] = value
  }
  removeItem(key: string) {
    delete this[key]
  }
}

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
    restoreHere(tracker, () => {})
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
    restoreHere(first.tracker, () => {})
    expect(first.names().slice(1)).toEqual(['step.leave', 'step.enter'])
    expect(first.tracker.current()).toMatchObject({ step: 'cart', attempt: 2, start: T + 4000 })
    expect(first.tracker.current()!.run).toBe(second.tracker.current()!.run)
  })

  it('a back/forward cache restore re-enters the step of every journey that the document was on', () => {
    const storage = memoryStorage()
    const first = trackerAt(T, { storage })
    first.tracker.enter(checkout, 'cart')
    first.tracker.enter(signup, 'form')
    const second = trackerAt(T + 1000, { storage })
    second.tracker.enter(checkout, 'payment')
    first.clock.now = T + 5000
    const led = vi.fn()
    restoreHere(first.tracker, () => first.tracker.navigated(T + 4000, 'navigation', led))
    // It led to the one that is in force.
    expect(led.mock.calls).toEqual([[expect.objectContaining({ journey: 'signup', step: 'form' })]])
    expect(first.tracker.current(checkout)).toMatchObject({ step: 'cart', attempt: 2 })
    expect(first.tracker.current(signup)).toMatchObject({ step: 'form', attempt: 1 })
    first.tracker.leave(checkout)
    restoreHere(first.tracker, () => {})
    expect(first.tracker.current(checkout)).toBeUndefined()
  })

  it('a confirmation page that comes back converts no run that came after it', () => {
    const storage = memoryStorage()
    const first = trackerAt(T, { storage })
    first.tracker.enter(checkout, 'confirmation')
    const led = vi.fn()
    first.tracker.navigated(T, 'navigation', led)
    restoreHere(first.tracker, () => {})
    expect(led).toHaveBeenCalledWith(first.tracker.current())
    const second = trackerAt(T + 1000, { storage })
    second.tracker.enter(checkout, 'product')
    restoreHere(first.tracker, () => {})
    expect(first.names()).toEqual(['step.enter', 'run.end'])
    expect(first.tracker.current()).toEqual(second.tracker.current())
  })

  it.each([
    ['the run id', (run: Stored) => ({ ...run, id: run.id.replace('-7', '-4') })],
    ['the version', (run: Stored) => ({ ...run, version: 'a b' })],
    ['the step', (run: Stored) => ({ ...run, visit: { ...run.visit, step: 'none' } })],
    ['the age of the run', (run: Stored) => ({ ...run, id: `01${run.id.slice(2).replace(/^./, '0')}` })],
    ['when it last did something', (run: Stored) => ({ ...run, seen: 'now' })],
    ['the start', (run: Stored) => ({ ...run, visit: { ...run.visit, start: null } })],
    ['the attempt', (run: Stored) => ({ ...run, visit: { ...run.visit, attempt: 0 } })],
  ])('of what is stored, %s is checked', (_, change) => {
    const storage = memoryStorage()
    trackerAt(T, { storage }).tracker.enter(checkout, 'cart')
    const { runs, assigned } = JSON.parse(storage.getItem('throughline')!)
    expect(trackerAt(T, { storage }).tracker.current()).toBeDefined()
    storage.setItem('throughline', JSON.stringify({ runs: runs.map(change), assigned }))
    expect(trackerAt(T, { storage }).tracker.current()).toBeUndefined()
  })

  it('attributes and variants are made from the definitions, whatever was stored', () => {
    const storage = memoryStorage()
    const { tracker } = trackerAt(T, { storage })
    tracker.enter(checkout, 'cart')
    const { attributes } = tracker.current()!
    const stored = JSON.parse(storage.getItem('throughline')!)
    stored.runs[0].visit.attributes = { 'throughline.journey.name': 'jane@example.org' }
    stored.assigned = { 'one-page-payment': 'jane@example.org' }
    storage.setItem('throughline', JSON.stringify(stored))
    const again = trackerAt(T, { storage }).tracker
    expect(again.current()!.attributes).toEqual(attributes)
    expect(again.variant(onePage)).toBeUndefined()
  })

  it('a reload with the token in the address goes on with what this tab knows of the run', () => {
    const shared = memoryStorage()
    const storage = memoryStorage()
    const one = trackerAt(Date.now())
    one.tracker.enter(checkout, 'cart')
    const { run } = one.tracker.current()!
    const claims = { j: 'checkout', v: '1', r: run, s: 'cart', a: 1, x: Date.now() + 1000 }
    const token = `${btoa(JSON.stringify(claims))}.signature`
    const events = [1, 2].flatMap(() => {
      const two = trackerAt(Date.now(), { storage })
      expect(joinJourney(two.tracker, token, shared)).toBe(true)
      two.tracker.enter(checkout, 'confirmation')
      return two.events
    })
    expect(events.map(({ name }) => name)).toEqual(['throughline.step.enter', 'throughline.run.end'])
    expect(events[0]!.visit!.run).toBe(run)
  })

  it('a token of the run that this tab is on lets it go on after a long pause', () => {
    const shared = memoryStorage()
    const { clock, tracker } = trackerAt(Date.now())
    tracker.enter(checkout, 'payment')
    const { run } = tracker.current()!
    const token = handoverToken(tracker, checkout, shared)!
    clock.now += 45 * MINUTE
    joinJourney(tracker, token, shared)
    tracker.enter(checkout, 'confirmation')
    expect(tracker.current()!.run).toBe(run)
  })

  it('a token that lives for longer than the journey allows is none', () => {
    const { within } = checkout
    const claims = { j: 'checkout', v: '1', r: uuidv7(T, platformBytes), s: 'cart', a: 1, i: 3 }
    const join = (x: number) =>
      joinJourney(
        trackerAt(T).tracker,
        `${btoa(JSON.stringify({ ...claims, x: Date.now() + x }))}.s`,
        memoryStorage(),
      )
    // A server's clock may be ahead by up to three days.
    expect([-1, within + 10_000, within + 4 * 864e5].map(join)).toEqual([false, true, false])
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

  it('a token stays the same until it is used; those that have expired are removed', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const shared = new WebStorage()
    const { clock, tracker } = trackerAt(Date.now())
    tracker.enter(checkout, 'cart')
    const tokens = Array.from({ length: 100 }, () => handoverToken(tracker, checkout, shared)!)
    expect(new Set(tokens).size).toBe(1)
    expect(Object.keys(shared)).toHaveLength(1)
    joinJourney(trackerAt(Date.now()).tracker, tokens[0]!, shared)
    expect(handoverToken(tracker, checkout, shared)).not.toBe(tokens[0])
    tracker.enter(checkout, 'payment')
    handoverToken(tracker, checkout, shared)
    expect(Object.keys(shared)).toHaveLength(2)
    shared.setItem('throughline.handover.garbage', 'garbage')
    shared.setItem('other', 'of the host')
    vi.setSystemTime(Date.now() + 32 * 864e5)
    clock.now = Date.now()
    tracker.enter(checkout, 'cart')
    const token = handoverToken(tracker, checkout, shared)
    expect(Object.keys(shared).sort()).toEqual(['other', `throughline.handover.${token}`])
    vi.useRealTimers()
  })

  it('visits are counted on where a run goes on: in another tab, after a reload, and since version 1', () => {
    const shared = memoryStorage()
    const storage = memoryStorage()
    const one = trackerAt(Date.now(), { storage })
    one.tracker.enter(checkout, 'product')
    one.tracker.enter(checkout, 'cart')
    const two = trackerAt(Date.now())
    joinJourney(two.tracker, handoverToken(one.tracker, checkout, shared)!, shared)
    two.tracker.enter(checkout, 'payment')
    expect(two.tracker.current()).toMatchObject({ visitIndex: 3 })
    const reloaded = trackerAt(Date.now(), { storage })
    reloaded.tracker.enter(checkout, 'payment')
    expect(reloaded.tracker.current()!.attributes).toMatchObject({ 'throughline.visit.index': 3 })
    // Version 1 stored neither.
    const state = JSON.parse(storage.getItem('throughline')!)
    for (const run of state.runs) delete run.visits
    for (const { visit } of state.runs) delete visit.visitIndex
    storage.setItem('throughline', JSON.stringify(state))
    const since1 = trackerAt(Date.now(), { storage })
    expect(since1.tracker.current()!.attributes).toMatchObject({ 'throughline.visit.index': 1 })
    since1.tracker.enter(checkout, 'cart')
    expect(since1.tracker.current()).toMatchObject({ visitIndex: 2, attempt: 2 })
  })

  it('a run keeps its version across a deploy, and converts', () => {
    const storage = memoryStorage()
    const newer = defineJourney('checkout', {
      version: '2',
      steps: ['cart', 'address', 'payment', 'done'],
      converts: 'done',
    })
    const before = trackerAt(T, { storage })
    before.tracker.enter(checkout, 'shipping')
    const { run, id } = before.tracker.current()!
    const after = trackerAt(T + MINUTE, { storage, journeys: [newer], hypotheses: [] })
    // The new bundle knows no such step: it is kept as it was stored.
    expect(after.tracker.current()).toMatchObject({ run, id, step: 'shipping', index: 2 })
    after.tracker.enter(newer, 'address')
    after.tracker.enter(newer, 'done')
    expect(after.names()).toEqual(['step.leave', 'step.enter', 'step.leave', 'step.enter', 'run.end'])
    for (const { attributes } of after.events)
      expect(attributes).toMatchObject({ 'throughline.run.id': run, 'throughline.journey.version': '1' })
    // The next attempt is of the new version.
    after.tracker.enter(newer, 'cart')
    expect(after.tracker.current()!.attributes).toMatchObject({ 'throughline.journey.version': '2' })
    expect(after.tracker.current()!.run).not.toBe(run)
  })

  it('of two versions in one bundle, each run has the steps of its own', () => {
    const newer = defineJourney('checkout', { version: '2', steps: ['payment', 'done'], converts: 'done' })
    const { tracker } = trackerAt(T, { journeys: [checkout, newer], hypotheses: [] })
    tracker.enter(newer, 'payment')
    expect(tracker.current()).toMatchObject({ index: 0 })
    expect(tracker.current()!.attributes).toMatchObject({ 'throughline.journey.version': '2' })
    tracker.abandon(newer)
    tracker.enter(checkout, 'payment')
    expect(tracker.current()).toMatchObject({ index: 3 })
    expect(tracker.current()!.attributes).toMatchObject({ 'throughline.journey.version': '1' })
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
