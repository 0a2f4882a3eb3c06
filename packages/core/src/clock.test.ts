import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { uuidv7Time } from './ids'
import { checkout } from './testing'

const HOUR = 36e5

/** What both clocks of the page show, and the modules that read them, as a page loads them. */
let page: { moment: number; wall: number }
let clock: typeof import('./clock')
let createTracker: typeof import('./tracker').createTracker

beforeEach(async () => {
  page = { moment: 1000, wall: performance.timeOrigin + 1000 }
  vi.spyOn(performance, 'now').mockImplementation(() => page.moment)
  vi.spyOn(Date, 'now').mockImplementation(() => page.wall)
  vi.resetModules()
  clock = await import('./clock')
  createTracker = (await import('./tracker')).createTracker
})
afterEach(() => vi.restoreAllMocks())

const pass = (ms: number, jump = 0) => {
  page.moment += ms
  page.wall += ms + jump
}

/** A tracker on the page's clocks, and its events. */
function onPage(idle: '30m' | '2d' = '30m') {
  const journey = { ...checkout, idle: idle === '30m' ? HOUR / 2 : 48 * HOUR }
  const tracker = createTracker({ journeys: [journey] })
  const events: { name: string; time: number; end: number; attributes: Record<string, unknown> }[] = []
  tracker.subscribe((event) => events.push(event))
  const last = (name: string) => events.findLast((event) => event.name === `throughline.${name}`)!
  return { tracker, journey, events, last }
}

test('small differences are left alone, so that times never go back', () => {
  const before = clock.wallTime()
  expect(before).toBe(performance.timeOrigin + 1000)
  pass(10, -900)
  expect(clock.wallTime()).toBeCloseTo(before + 10, 3)
})

test.each([8 * HOUR, -8 * HOUR, 5000, -5000])(
  'after a jump of %i ms, times follow the wall clock',
  (jump) => {
    clock.wallTime()
    pass(60_000)
    const before = clock.wallTime()
    pass(20, jump)
    expect(clock.wallTime()).toBeCloseTo(page.wall, 3)
    // What happened before keeps its time; what a handler is told of now has the new one.
    expect(clock.epochOf(page.moment - 20)).toBe(before)
    expect(clock.epochOf(page.moment - 5)).toBeCloseTo(page.wall - 5, 3)
  },
)

test('a page whose own clock stood still while the laptop slept goes on with the wall clock', () => {
  clock.wallTime()
  pass(0, 8 * HOUR)
  expect(clock.wallTime()).toBeCloseTo(page.wall, 3)
})

test('a step entered after the laptop slept for hours begins a new run, at the time of day', () => {
  const { tracker, journey, last } = onPage()
  tracker.enter(journey, 'cart')
  const run = tracker.current()!.run
  pass(1000, 8 * HOUR)
  tracker.enter(journey, 'payment')
  expect(tracker.current()!.run).not.toBe(run)
  expect(uuidv7Time(tracker.current()!.run)).toBe(Math.floor(page.wall))
  expect(last('step.enter').time).toBeCloseTo(page.wall, 3)
})

test.each([8 * HOUR, -8 * HOUR, -10_000])('durations over a jump of %i ms are what has passed', (jump) => {
  const { tracker, journey, last } = onPage('2d')
  tracker.enter(journey, 'cart')
  pass(400, jump)
  tracker.interacted(clock.epochOf(page.moment))
  pass(100)
  tracker.ready(journey)
  pass(60_000)
  tracker.enter(journey, 'payment')
  expect(last('step.ready').attributes['throughline.step.ready_ms']).toBeCloseTo(500, 3)
  const left = last('step.leave')
  expect(left.attributes['throughline.step.first_input_ms']).toBeCloseTo(400, 3)
  expect(left.end - left.time).toBeCloseTo(60_500, 3)
  expect(last('step.enter').time).toBeCloseTo(page.wall, 3)
})

test('a navigation from before a jump is as long ago as before', () => {
  const { tracker, journey, last } = onPage()
  tracker.navigated(clock.wallTime(), 'navigation')
  pass(2000, 8 * HOUR)
  tracker.enter(journey, 'cart')
  expect(last('step.enter').time).toBeCloseTo(page.wall - 2000, 3)
})

test('work that waited is done as if at its moment, and only that', () => {
  const time = clock.doAsAt(400, () => clock.wallTime())
  expect(time).toBe(performance.timeOrigin + 400)
  expect(() =>
    clock.doAsAt(400, () => {
      throw new Error('no')
    }),
  ).toThrow()
  expect(clock.wallTime()).toBe(performance.timeOrigin + 1000)
})
