import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineJourney } from './journey'
import { mergeRuns } from './kept-runs'
import type { Run } from './state'
import { memoryStorage, trackerAt } from './testing'

const T = Date.UTC(2026, 5, 1)
const DAY = 864e5

const trial = defineJourney('trial', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '60d',
  idle: '30d',
  keep: 'browser',
})
const visit = defineJourney('visit', { version: '1', steps: ['a', 'b'], converts: 'b' })

/** Tabs of one browser: each has a storage of its own, and all have one more. */
function browser() {
  const kept = memoryStorage()
  return {
    kept,
    tab: (time: number, storage = memoryStorage()) => ({
      storage,
      ...trackerAt(time, { journeys: [trial, visit], hypotheses: [], storage: { ...storage, kept } }),
    }),
  }
}

const places = ({ events }: { events: readonly { name: string; attributes: object }[] }) =>
  events.map(({ name, attributes }) => {
    const of = attributes as Record<string, unknown>
    return `${name.replace(/.*\./, '')} ${of['throughline.step.name']} ${of['throughline.visit.index']}`
  })

describe('a run that outlives its tab', () => {
  it('filled on Monday goes on in another tab on Wednesday, and the tab that has gone leaves nothing now', () => {
    const { tab } = browser()
    const monday = tab(T)
    monday.tracker.enter(trial, 'cart')
    const { run } = monday.tracker.current()!
    const wednesday = tab(T + 2 * DAY)
    expect(wednesday.tracker.current()).toBeUndefined()
    wednesday.tracker.enter(trial, 'payment')
    expect(wednesday.tracker.current()!.run).toBe(run)
    wednesday.tracker.enter(trial, 'confirmation')
    expect(places(wednesday)).toEqual([
      'enter payment 2',
      'leave payment 2',
      'enter confirmation 3',
      'end confirmation 3',
    ])
    expect(wednesday.events[0]!.attributes['throughline.step.previous']).toBe('cart')
  })

  it('converts where nothing was entered: a thank-you page alone', () => {
    const { tab } = browser()
    tab(T).tracker.enter(trial, 'payment')
    const later = tab(T + DAY)
    later.tracker.convert(trial, { value: 40 })
    expect(places(later)).toEqual(['end payment 1'])
  })

  it.each([
    ['idle has passed', [31]],
    ['within has passed, though never idle', [20, 40, 61]],
  ])('ends when %s', (_, days) => {
    const { tab } = browser()
    const first = tab(T)
    first.tracker.enter(trial, 'cart')
    const { run } = first.tracker.current()!
    const last = days.map((day) => {
      const { tracker } = tab(T + day * DAY)
      tracker.enter(trial, 'payment')
      return tracker.current()!.run
    })
    expect(last.pop()).not.toBe(run)
    for (const before of last) expect(before).toBe(run)
  })

  it('is of the journeys that say so: others end with the tab', () => {
    const { tab, kept } = browser()
    const first = tab(T)
    first.tracker.enter(visit, 'a')
    expect(kept.entries.size).toBe(0)
    const second = tab(T + 1000)
    second.tracker.enter(visit, 'a')
    expect(second.tracker.current()!.run).not.toBe(first.tracker.current()!.run)
  })

  it('in two tabs at once keeps the order of entering, and each tab its own step', () => {
    const { tab } = browser()
    const one = tab(T)
    one.tracker.enter(trial, 'cart')
    const two = tab(T + 1000)
    two.tracker.enter(trial, 'cart')
    one.clock.now = T + 2000
    one.tracker.record('exception', {})
    one.tracker.enter(trial, 'payment')
    two.clock.now = T + 3000
    two.tracker.record('exception', {})
    two.tracker.enter(trial, 'payment')
    expect(places(one)).toEqual(['enter cart 1', 'exception cart 1', 'leave cart 1', 'enter payment 3'])
    expect(places(two)).toEqual(['enter cart 2', 'exception cart 2', 'leave cart 2', 'enter payment 4'])
    const attempts = [...one.events, ...two.events]
      .filter(({ name }) => name.endsWith('enter'))
      .map(({ attributes }) => attributes['throughline.step.attempt'])
    expect(attempts).toEqual([1, 1, 2, 2])
    expect(one.tracker.current()!.run).toBe(two.tracker.current()!.run)
    expect(one.tracker.current()!.id).not.toBe(two.tracker.current()!.id)
  })

  it('a reload in one of two tabs goes on with the step of that tab', () => {
    const { tab } = browser()
    const one = tab(T)
    one.tracker.enter(trial, 'cart')
    const { id } = one.tracker.current()!
    tab(T + 1000).tracker.enter(trial, 'payment')
    const again = tab(T + 2000, one.storage)
    again.tracker.enter(trial, 'cart')
    expect(again.tracker.current()!.id).toBe(id)
    expect(places(again)).toEqual([])
  })

  it('that another tab has converted is over here as well: the next step is a new run, counted once', () => {
    const { tab } = browser()
    const one = tab(T)
    one.tracker.enter(trial, 'cart')
    const { run } = one.tracker.current()!
    const two = tab(T + 1000)
    two.tracker.enter(trial, 'confirmation')
    one.clock.now = T + 2000
    one.tracker.convert(trial, { value: 40 })
    one.tracker.enter(trial, 'payment')
    const ends = [...one.events, ...two.events].filter(({ name }) => name.endsWith('run.end'))
    const conversions = new Set(ends.map(({ attributes }) => attributes['throughline.event.id']))
    expect(conversions.size).toBe(1)
    expect(one.tracker.current()!.run).not.toBe(run)
  })

  it('what an old tab stores late does not take the place of the run that came after', () => {
    const { tab } = browser()
    const one = tab(T)
    one.tracker.enter(trial, 'cart')
    const two = tab(T + 1000)
    two.tracker.abandon(trial)
    two.clock.now = T + 2000
    two.tracker.enter(trial, 'cart')
    const { run } = two.tracker.current()!
    one.tracker.ready()
    const three = tab(T + 3000)
    three.tracker.enter(trial, 'payment')
    expect(three.tracker.current()!.run).toBe(run)
  })

  it('damaged storage is a new run', () => {
    const { tab, kept } = browser()
    for (const text of ['{', '[]', '7', '{"id":"x"}']) {
      kept.entries.set('throughline.run.trial', text)
      const { tracker } = tab(T)
      tracker.enter(trial, 'cart')
      expect(tracker.current()!.step).toBe('cart')
    }
  })

  it('two versions of one run come to the same, whichever is merged into the other', () => {
    const runs = fc.record({
      seen: fc.integer({ min: 1, max: 5 }),
      visits: fc.integer({ min: 1, max: 5 }),
      attempts: fc.dictionary(fc.constantFrom('cart', 'payment'), fc.integer({ min: 1, max: 5 })),
      outcome: fc.constantFrom(undefined, 'failed', 'converted'),
      exposed: fc.array(fc.constantFrom('a=b', 'c=d')),
    }) as fc.Arbitrary<never>
    const plain = ({ exposed, ...run }: Run) => ({ ...run, exposed: [...exposed].sort() })
    fc.assert(
      fc.property(runs, runs, (a: Run, b: Run) => {
        const both = mergeRuns(a, b)
        // On a tie of time, either outcome of the two that did not convert may stand.
        if (a.seen !== b.seen) expect(plain(mergeRuns(b, a))).toEqual(plain(both))
        expect(plain(mergeRuns(both, b))).toMatchObject({ visits: both.visits, attempts: both.attempts })
        if (a.outcome === 'converted') expect(both.outcome).toBe('converted')
      }),
    )
  })
})
