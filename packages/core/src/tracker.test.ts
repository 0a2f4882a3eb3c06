import { describe, expect, it } from 'vitest'
import { baggageOf } from './baggage'
import { uuidv7Time } from './ids'
import { defineJourney } from './journey'
import { checkout, memoryStorage, onePage, signup, trackerAt } from './testing'
import { createTracker } from './tracker'

const T = Date.UTC(2026, 5, 1)
const MINUTE = 60_000

describe('entering and leaving', () => {
  it('starts a run whose id holds the time of its first enter', () => {
    const { tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'product')
    expect(uuidv7Time(tracker.current()!.run)).toBe(T)
    expect(events[0]!.attributes).toMatchObject({
      'throughline.journey.name': 'checkout',
      'throughline.journey.version': '1',
      'throughline.step.name': 'product',
      'throughline.step.index': 0,
      'throughline.step.attempt': 1,
      'throughline.step.start': 'call',
      'throughline.event.source': 'browser',
      'throughline.event.id': tracker.current()!.id,
    })
  })

  it('leaves the step before: completed forwards, returned backwards', () => {
    const { tracker, events, clock } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    clock.now += 500
    tracker.enter(checkout, 'payment')
    clock.now += 250
    tracker.enter(checkout, 'cart')
    const leaves = events.filter(({ name }) => name.endsWith('leave'))
    expect(leaves.map(({ attributes }) => attributes['throughline.step.outcome'])).toEqual([
      'completed',
      'returned',
    ])
    expect(leaves.map(({ time, end }) => end - time)).toEqual([500, 250])
    expect(tracker.current()!.attempt).toBe(2)
    expect(events.at(-1)!.previous!.step).toBe('payment')
  })

  it('entering the current step again changes nothing', () => {
    const { tracker, names } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    tracker.enter(checkout, 'cart')
    expect(names()).toEqual(['step.enter'])
  })

  it('leaving to a page outside and coming back is the next attempt of the same run', () => {
    const { tracker, names } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    const { run } = tracker.current()!
    tracker.leave(checkout)
    expect(tracker.current()).toBeUndefined()
    tracker.enter(checkout, 'cart')
    expect(tracker.current()).toMatchObject({ run, attempt: 2 })
    expect(names()).toEqual(['step.enter', 'step.leave', 'step.enter'])
  })

  it('idle for longer than the journey allows: the next enter starts a new run, and no leave is made up', () => {
    const { tracker, names, clock } = trackerAt(T)
    tracker.enter(signup, 'form')
    const { run } = tracker.current()!
    clock.now += 10 * MINUTE
    tracker.enter(signup, 'form')
    expect(tracker.current()!.run).toBe(run)
    clock.now += 10 * MINUTE + 1
    tracker.enter(signup, 'form')
    expect(tracker.current()!.run).not.toBe(run)
    expect(names()).toEqual(['step.enter', 'step.enter'])
  })

  it('clicks keep a run alive, however close together they come', () => {
    const { clock, tracker } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    const { run } = tracker.current()!
    for (const pause of [1, 59_000, 29.5 * MINUTE, 29.5 * MINUTE]) {
      clock.now += pause
      tracker.interacted(clock.now)
    }
    tracker.enter(checkout, 'payment')
    expect(tracker.current()!.run).toBe(run)
  })

  it('the click that ends the pause does not revive the run', () => {
    const { clock, tracker } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    const { run } = tracker.current()!
    for (const pause of [MINUTE, 120 * MINUTE]) {
      clock.now += pause
      tracker.interacted(clock.now)
    }
    tracker.enter(checkout, 'payment')
    expect(tracker.current()!.run).not.toBe(run)
  })

  it('clicks within an inner journey keep the outer one going, but are not its first interaction', () => {
    const { clock, tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    const { run } = tracker.current()!
    tracker.enter(signup, 'form')
    for (const pause of [8, 8, 8, 8, 8]) {
      clock.now += pause * MINUTE
      tracker.interacted(clock.now)
    }
    tracker.enter(checkout, 'payment')
    expect(tracker.current()!.run).toBe(run)
    expect(events.at(-2)!.attributes['throughline.step.first_input_ms']).toBeUndefined()
  })

  it('the first interaction is the first of its own visit', () => {
    const { clock, tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    tracker.interacted(T + 10)
    tracker.interacted(T + 20)
    clock.now = T + 1000
    tracker.enter(checkout, 'payment')
    tracker.leave(checkout)
    const leaves = events.filter(({ name }) => name.endsWith('leave'))
    expect(leaves.map(({ attributes }) => attributes['throughline.step.first_input_ms'])).toEqual([
      10,
      undefined,
    ])
  })

  it('steps may have the names of what every object has', () => {
    const site = defineJourney('site', {
      version: '1',
      steps: ['template', 'constructor'],
      converts: 'constructor',
    })
    const storage = memoryStorage()
    const tracker = createTracker({ journeys: [site], storage })
    tracker.enter(site, 'constructor')
    expect(tracker.current()!.attempt).toBe(1)
    expect(createTracker({ journeys: [site], storage }).current()!.step).toBe('constructor')
  })

  it('reports unknown journeys and steps and ignores them', () => {
    const { tracker, events } = trackerAt(T)
    // @ts-expect-error: no such step
    tracker.enter(checkout, 'nowhere')
    tracker.enter(undefined as never, 'x' as never)
    tracker.enter(
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('hostile')
          },
        },
      ) as never,
      'x' as never,
    )
    expect(events).toEqual([])
  })
})

describe('outcomes', () => {
  it('entering the converting step ends the run once, and the page after it is still stamped', () => {
    const { tracker, names } = trackerAt(T)
    tracker.enter(checkout, 'payment')
    tracker.enter(checkout, 'confirmation')
    tracker.convert(checkout)
    tracker.fail(checkout)
    expect(names()).toEqual(['step.enter', 'step.leave', 'step.enter', 'run.end'])
    expect(tracker.current()!.step).toBe('confirmation')
  })

  it('a conversion without a value can be given one once: the same event, sent again', () => {
    const { tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'confirmation')
    tracker.convert(checkout, { value: 40, currency: 'EUR' })
    tracker.convert(checkout, { value: 50, currency: 'EUR' })
    const [first, second, ...more] = events.filter(({ name }) => name.endsWith('run.end'))
    expect(more).toEqual([])
    expect(first!.attributes['throughline.event.resent']).toBeUndefined()
    expect(second!.attributes).toMatchObject({
      'throughline.event.id': first!.attributes['throughline.event.id'],
      'throughline.event.resent': true,
      'throughline.conversion.value': 40,
      'throughline.conversion.currency': 'EUR',
    })
  })

  it('after a failure a step goes on with the run, which can convert', () => {
    const { tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'payment')
    const { run } = tracker.current()!
    tracker.fail(checkout, { reason: 'declined' })
    tracker.enter(checkout, 'payment')
    expect(tracker.current()).toMatchObject({ run, step: 'payment', attempt: 2, visitIndex: 2 })
    tracker.fail(checkout, { reason: 'declined' })
    tracker.convert(checkout, { value: 40, currency: 'EUR' })
    const ends = events.filter(({ name }) => name.endsWith('run.end'))
    expect(ends.map(({ attributes }) => attributes['throughline.run.outcome'])).toEqual([
      'failed',
      'failed',
      'converted',
    ])
    expect(new Set(ends.map(({ attributes }) => attributes['throughline.run.id']))).toEqual(new Set([run]))
  })

  it('a declared conversion carries its value; the next earlier step is a new run', () => {
    const { tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'payment')
    const { run } = tracker.current()!
    tracker.convert(checkout, { value: 40, currency: 'EUR' })
    tracker.enter(checkout, 'confirmation')
    expect(tracker.current()!.run).toBe(run)
    const ends = events.filter(({ name }) => name.endsWith('run.end'))
    expect(ends).toHaveLength(1)
    expect(ends[0]!.attributes).toMatchObject({
      'throughline.run.outcome': 'converted',
      'throughline.conversion.value': 40,
      'throughline.conversion.currency': 'EUR',
    })
    tracker.enter(checkout, 'product')
    expect(tracker.current()!.run).not.toBe(run)
  })

  it.each(['fail', 'abandon'] as const)('%s ends the run with its reason', (end) => {
    const { tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'payment')
    const { run } = tracker.current()!
    tracker[end](checkout, { reason: 'declined' })
    expect(events.at(-1)!.attributes).toMatchObject({ 'throughline.run.end_reason': 'declined' })
    expect(tracker.current()).toBeUndefined()
    tracker.enter(checkout, 'payment')
    // A payment that was declined may go through after all.
    expect(tracker.current()!.run === run).toBe(end === 'fail')
  })
})

describe('a conversion after a pause', () => {
  it('goes on with the run that it converted', () => {
    const { clock, tracker, names } = trackerAt(T)
    tracker.enter(checkout, 'payment')
    const { run } = tracker.current()!
    clock.now += 31 * MINUTE
    tracker.convert(checkout, { value: 40 })
    tracker.enter(checkout, 'confirmation')
    expect(tracker.current()!.run).toBe(run)
    expect(names().filter((name) => name === 'run.end')).toHaveLength(1)
  })
})

describe('who is told', () => {
  it('everyone, though another throws, and the state is whole', () => {
    const storage = memoryStorage()
    const { tracker, names } = trackerAt(T, { storage })
    const first = createTracker({ journeys: [checkout], now: () => T })
    const heard: string[] = []
    const boom = () => {
      throw new Error('boom')
    }
    first.subscribe(boom)
    first.onChange(boom)
    first.subscribe(({ name }) => heard.push(name))
    first.onChange(() => heard.push('change'))
    first.enter(checkout, 'cart')
    expect(heard).toEqual(['throughline.step.enter', 'change'])
    expect(first.current()!.step).toBe('cart')
    tracker.enter(checkout, 'cart')
    expect(names()).toEqual(['step.enter'])
  })

  it('whoever asks while the enter is told finds the visit, and the moment when it began', () => {
    const { clock, tracker } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    clock.now = T + 5000
    tracker.navigated(T + 3000, 'navigation')
    const found: unknown[] = []
    tracker.subscribe(({ name }) => {
      if (name.endsWith('enter')) tracker.ready(checkout)
      found.push(tracker.at(T + 3000)?.step)
    })
    tracker.enter(checkout, 'payment')
    expect(found.at(-1)).toBe('payment')
    expect(tracker.at(T + 3000)!.step).toBe('payment')
  })

  it('a navigation hears once where it led: to a step, or to none when another or an interaction comes first', () => {
    const { tracker } = trackerAt(T)
    const led: unknown[] = []
    const tell = (which: string) => (visit?: { step: string }) => led.push([which, visit?.step])
    tracker.navigated(T - 3, 'navigation', tell('superseded'))
    tracker.navigated(T - 2, 'soft-navigation', tell('interrupted'))
    tracker.interacted(T - 1)
    tracker.navigated(T, 'soft-navigation', tell('followed'))
    tracker.enter(checkout, 'cart')
    tracker.enter(checkout, 'payment')
    expect(led).toEqual([
      ['superseded', undefined],
      ['interrupted', undefined],
      ['followed', 'cart'],
    ])
  })
})

describe('the subject', () => {
  const aliases = ({ events }: ReturnType<typeof trackerAt>) =>
    events
      .filter(({ name }) => name === 'throughline.alias')
      .map(({ attributes: of }) => [of['throughline.subject.previous'], of['throughline.subject.id']])

  it('goes along with entering, ending and exposures: the one that is known by then', () => {
    const { tracker, events } = trackerAt(T, { subject: 'cookie' })
    tracker.enter(checkout, 'payment')
    tracker.identify('anna')
    tracker.expose(onePage, 'one-page')
    tracker.convert(checkout, { value: Number.NaN, currency: 'EUR' })
    expect(events.map(({ attributes }) => attributes['throughline.subject.id'])).toEqual([
      'cookie',
      'anna',
      'anna',
      'anna',
    ])
    expect(events.at(-1)!.attributes['throughline.conversion.value']).toBeUndefined()
  })

  it('an anonymous subject is linked to the id that it becomes, on the visit where that happened', () => {
    const it = trackerAt(T, { subject: 'cookie' })
    it.tracker.enter(checkout, 'payment')
    it.tracker.identify('anna')
    it.tracker.identify('anna')
    expect(aliases(it)).toEqual([['cookie', 'anna']])
    expect(it.events.at(-1)!.attributes['throughline.visit.id']).toBe(it.tracker.current()!.id)
  })

  it('two known ids are never linked, also after a reload', () => {
    const storage = memoryStorage()
    const one = trackerAt(T, { subject: 'cookie', storage })
    one.tracker.identify('anna')
    one.tracker.identify('bert')
    const two = trackerAt(T, { subject: 'bert', storage })
    two.tracker.identify('carl')
    expect([aliases(one), aliases(two)]).toEqual([[['cookie', 'anna']], []])
  })

  it('after logging out, the same anonymous id may become somebody else: analysis takes the first', () => {
    const it = trackerAt(T, { subject: 'cookie' })
    it.tracker.identify('anna')
    it.tracker.identify(undefined)
    it.tracker.identify('bert')
    expect(aliases(it)).toEqual([['cookie', 'anna']])
  })

  it('somebody else meets a variant for the first time', () => {
    const { tracker, names } = trackerAt(T, { subject: 'cookie' })
    tracker.enter(checkout, 'payment')
    tracker.expose(onePage, 'one-page')
    tracker.identify('anna')
    tracker.expose(onePage, 'one-page')
    tracker.identify('bert')
    tracker.expose(onePage, 'one-page')
    expect(names().filter((name) => name === 'exposure')).toHaveLength(2)
  })
})

describe('several journeys', () => {
  it('the inner one is ambient until it ends, then the outer one is again', () => {
    const { tracker } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    tracker.enter(signup, 'form')
    expect(tracker.current()!.journey).toBe('signup')
    expect(tracker.others().map(({ journey }) => journey)).toEqual(['checkout'])
    expect(tracker.others(tracker.current(checkout)).map(({ journey }) => journey)).toEqual(['signup'])
    tracker.enter(signup, 'welcome')
    expect(tracker.current()!.journey).toBe('checkout')
    expect(tracker.current(signup)!.step).toBe('welcome')
  })

  it('baggage carries the ambient visit and the run ids of the others, within its bounds', () => {
    const { tracker } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    tracker.assign(onePage, 'one-page')
    const outer = tracker.current()!
    tracker.enter(signup, 'form')
    expect(baggageOf(tracker.current()!, tracker.others())).toMatchObject({
      'throughline.journey.name': 'signup',
      'throughline.active.checkout': `${outer.run}/1`,
    })
    // A visit that has gone by is of its run all the same.
    tracker.enter(checkout, 'payment')
    expect(Object.keys(baggageOf(outer, tracker.others(outer)))).not.toContain('throughline.active.checkout')
    expect(baggageOf(outer)).toMatchObject({ 'throughline.hypothesis.one-page-payment': 'one-page' })
    const many = {
      ...outer,
      attributes: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, 'v'])),
    }
    expect(Object.keys(baggageOf(many))).toHaveLength(40)
    const long = { ...outer, attributes: { a: 'x', b: 'y'.repeat(2048) } }
    expect(baggageOf(long)).toEqual({ a: 'x' })
  })
})

describe('time', () => {
  it('back-dates the first step of a navigation to its start, where the visit before it ends', () => {
    const { tracker, events, clock } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    clock.now = T + 5000
    tracker.navigated(T + 3000, 'navigation')
    tracker.enter(checkout, 'payment')
    tracker.enter(checkout, 'confirmation')
    expect(tracker.at(T + 2999)!.step).toBe('cart')
    expect(tracker.at(T + 3000)!.step).toBe('payment')
    expect(events[1]).toMatchObject({ time: T, end: T + 3000 })
    expect(events[2]!.attributes['throughline.step.start']).toBe('navigation')
    expect(tracker.current()!.start).toBe(T + 5000)
  })

  it('takes a navigation that began at no time for none', () => {
    const { tracker } = trackerAt(T)
    for (const start of [Symbol('s'), 1n, Number.NaN, {}, '5']) {
      tracker.navigated(start as never, 'navigation')
      tracker.enter(checkout, tracker.current()?.step === 'cart' ? 'payment' : 'cart')
      expect(tracker.current()!.start).toBe(T)
    }
    expect(tracker.current()!.step).toBe('cart')
  })

  it('does not back-date after the first interaction, and reports how long that took', () => {
    const { tracker, events, clock } = trackerAt(T)
    tracker.navigated(T - 1000, 'navigation')
    tracker.enter(checkout, 'cart')
    tracker.navigated(T + 100, 'navigation')
    tracker.interacted(T + 200)
    clock.now = T + 300
    tracker.enter(checkout, 'payment')
    expect(tracker.current()!.start).toBe(T + 300)
    expect(events[1]!.attributes['throughline.step.first_input_ms']).toBe(1200)
  })

  it('ready counts once for a visit, from its start', () => {
    const { tracker, events, clock } = trackerAt(T)
    tracker.enter(checkout, 'cart')
    clock.now += 800
    tracker.ready()
    clock.now += 800
    tracker.ready(checkout)
    expect(events.filter(({ name }) => name.endsWith('ready'))).toHaveLength(1)
    expect(events[1]!.attributes['throughline.step.ready_ms']).toBe(800)
  })

  it('ready without a journey is of the step that was entered last, not of another journey', () => {
    const { tracker, names } = trackerAt(T)
    tracker.enter(signup, 'form')
    tracker.enter(checkout, 'confirmation')
    expect(tracker.current()!.step).toBe('form')
    tracker.ready()
    expect(names()).not.toContain('step.ready')
    tracker.ready(checkout)
    tracker.ready(signup)
    expect(names().slice(-2)).toEqual(['step.ready', 'step.ready'])
  })

  it('ready without a journey is nothing while no step waits for it', () => {
    const { tracker, names } = trackerAt(T)
    tracker.ready()
    tracker.enter(signup, 'form')
    tracker.enter(checkout, 'cart')
    tracker.leave(checkout)
    tracker.ready()
    expect(names()).toEqual(['step.enter', 'step.enter', 'step.leave'])
    tracker.enter(checkout, 'confirmation')
    tracker.abandon(signup)
    tracker.ready()
    expect(names().at(-1)).toBe('step.ready')
  })

  it('what is recorded belongs to the visit that was ambient when it happened', () => {
    const { tracker, events, clock } = trackerAt(T)
    tracker.record('exception', { 'exception.type': 'Early' })
    tracker.enter(checkout, 'cart')
    clock.now += 1000
    tracker.enter(checkout, 'payment')
    tracker.record('browser.web_vital', { 'browser.web_vital.name': 'inp' }, { time: T + 500 })
    expect(events[0]!.visit).toBeUndefined()
    expect(events.at(-1)!.attributes).toMatchObject({ 'throughline.step.name': 'cart' })
  })
})
