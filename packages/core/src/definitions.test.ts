import { describe, expect, it } from 'vitest'
import { defineHypothesis } from './hypothesis'
import { defineJourney } from './journey'
import { checkout, onePage } from './testing'
import { createTracker } from './tracker'

describe('defineJourney', () => {
  it('fills in what was left out and reads durations', () => {
    expect(checkout).toMatchObject({ within: 7_200_000, idle: 1_800_000, converts: 'confirmation' })
    expect(checkout.steps[2]).toEqual({ name: 'shipping', optional: true })
  })

  const base = { version: '1', steps: ['a', 'b'], converts: 'b' } as const
  it.each<[string, () => unknown, RegExp]>([
    ['a bad name', () => defineJourney('Check Out', base), /lower-case/],
    ['one step', () => defineJourney('j', { ...base, steps: ['b'] }), /at least two steps/],
    ['a step twice', () => defineJourney('j', { ...base, steps: ['a', 'b', 'b'] }), /twice/],
    ['an unknown conversion', () => defineJourney('j', { ...base, converts: 'c' as never }), /"c".*a,b/],
    ['no version', () => defineJourney('j', { ...base, version: '' }), /version/],
    ['a bad duration', () => defineJourney('j', { ...base, within: '2 hours' as never }), /'2h'/],
    [
      'an unknown ready step',
      () => defineJourney('j', { ...base, ready: { c: { p75: 1 } } as never }),
      /"c"/,
    ],
    ['a bad target', () => defineJourney('j', { ...base, ready: { a: { p75: -1 } } }), /p75/],
    ['nothing at all', () => defineJourney('j', undefined as never), /steps/],
    ...[
      ...['/orders', 'POST orders', 'post /orders', 'GET /orders#top', 'POST https://shop.example/orders'],
      ...['POST /a*', 'HEAD /orders', ''],
    ].map(
      (at) =>
        [
          `confirms at "${at}"`,
          () => defineJourney('j', { ...base, confirms: { at: at as never } }),
          /confirms\.at of journey "j".*"POST \/orders"/,
        ] satisfies [string, () => unknown, RegExp],
    ),
    ['confirms nowhere', () => defineJourney('j', { ...base, confirms: {} as never }), /'POST \/orders'/],
    [
      'a `when` that is no function',
      () => defineJourney('j', { ...base, confirms: { at: 'POST /orders', when: 201 as never } }),
      /status === 201/,
    ],
  ])('refuses %s with what to change', (_, define, message) => {
    expect(define).toThrow(message)
    expect(define).toThrow(/^throughline: /)
  })
})

describe('defineHypothesis', () => {
  const base = {
    statement: 's',
    journey: checkout,
    variants: ['control', 'new'],
    expect: { metric: 'conversion', relative: 0.1 },
  } as const

  it('shares alike and takes its id for the flag unless told otherwise', () => {
    expect(onePage).toMatchObject({ weights: [0.5, 0.5], flag: 'one-page-payment', journey: 'checkout' })
  })

  it.each([
    ['one variant', { variants: ['a'] }, /two variants/],
    ['a variant twice', { variants: ['a', 'a'] }, /twice/],
    ['weights that do not add up', { weights: [0.5, 0.6] }, /adding up to 1/],
    ['a missing weight', { weights: [1] }, /adding up to 1/],
    ['no expected effect', { expect: { metric: 'conversion' } }, /relative: 0.1/],
    ['an unknown step', { from: 'nowhere' }, /"nowhere"/],
    ['a guardrail without a limit', { guardrails: [{ metric: 'inp' }] }, /p75AtMost/],
    ['no journey', { journey: undefined }, /defineJourney/],
    ['no statement', { statement: '' }, /statement/],
    ['a bad end', { until: 'soon' }, /ISO 8601/],
  ])('refuses %s with what to change', (_, change, message) => {
    expect(() => defineHypothesis('h', { ...base, ...change } as never)).toThrow(message)
  })
})

// Compiled by `npm run check`: what is expected to be an error must be one.
export function typeTests() {
  const tracker = createTracker({ journeys: [checkout], hypotheses: [onePage] })
  tracker.enter(checkout, 'shipping')
  // @ts-expect-error: no such step
  tracker.enter(checkout, 'shiping')
  tracker.assign(onePage, 'one-page')
  // @ts-expect-error: no such variant
  tracker.assign(onePage, 'two-page')
  const variant: 'control' | 'one-page' | undefined = tracker.variant(onePage)
  // @ts-expect-error: converts must be a step
  defineJourney('j', { version: '1', steps: ['a', 'b'], converts: 'c' })
  // @ts-expect-error: a route has a method
  defineJourney('j', { version: '1', steps: ['a', 'b'], converts: 'b', confirms: { at: '/orders' } })
  const ab = { version: '1', steps: ['a', 'b'], converts: 'b' } as const
  // @ts-expect-error: a target for a step that is not declared
  defineJourney('j', { ...ab, ready: { c: { p75: 1 } } })
  const claim = {
    statement: 's',
    variants: ['a', 'b'],
    expect: { metric: 'conversion', relative: 1 },
  } as const
  // @ts-expect-error: from must be a step of the journey
  defineHypothesis('h', { ...claim, journey: checkout, from: 'x' })
  return variant
}
