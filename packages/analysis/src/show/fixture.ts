import type {
  Estimate,
  FunnelStep,
  JourneyResult,
  LatencyBucket,
  LatencyResult,
  LostConversions,
  Result,
} from '../result'

// Results for tests of the views: one with everything in it, one empty, one that is as nasty as data can be.

const estimate = (value: number, half: number): Estimate => ({ value, low: value - half, high: value + half })
const test = (value: number, half: number, p: number) => ({ ...estimate(value, half), p })
const share = (part: number, whole: number) =>
  estimate(part / whole, 1.96 * Math.sqrt((part * (whole - part)) / whole ** 3))
const around = (p50: number) => ({ p50, p75: p50 * 1.6, p95: p50 * 3.4 })

function step(
  [name, index, reached, previous, droppedOff]: [string, number, number, number, number],
  more: Partial<FunnelStep> = {},
): FunnelStep {
  return {
    name,
    index,
    optional: false,
    reached,
    fromStart: share(reached, 12_480),
    fromPrevious: share(reached, previous),
    droppedOff,
    stillGoing: 0,
    timeToNext: around(18_000 + index * 9000),
    ready: around(620 + index * 90),
    readiness: null,
    attempts: { mean: 1.12, returned: 210, failed: 14 },
    ...more,
  }
}

const bucket = (
  [label, from, to]: [string, number | null, number | null],
  slow: boolean,
  visits: number,
  conversions: number,
): LatencyBucket => ({ label, from, to, slow, visits, conversions, rate: share(conversions, visits) })

const payment: LatencyResult = {
  step: 'payment',
  measure: 'ready',
  navigationType: null,
  unit: 'ms',
  threshold: { slowFrom: 2000, source: 'declared' },
  buckets: [
    bucket(['up to 1 s', 0, 1000], false, 2210, 1612),
    bucket(['1 s to 2 s', 1000, 2000], false, 1804, 1224),
    bucket(['2 s to 4 s', 2000, 4000], true, 902, 468),
    bucket(['over 4 s', 4000, null], true, 318, 102),
    bucket(['not measured', null, null], false, 86, 31),
  ],
  crude: { value: 0.36, low: 0.32, high: 0.41 },
  adjusted: { value: 0.48, low: 0.42, high: 0.55 },
  strata: ['device', 'network', 'country'],
  lost: { value: 212, low: 168, high: 256 },
}

const product: LatencyResult = {
  ...payment,
  step: 'product',
  measure: 'lcp',
  navigationType: 'navigate',
  threshold: { slowFrom: 2500, source: 'web.dev' },
  buckets: [
    bucket(['up to 1.25 s', 0, 1250], false, 5120, 1690),
    bucket(['1.25 s to 2.5 s', 1250, 2500], false, 4290, 1351),
    bucket(['2.5 s to 4 s', 2500, 4000], true, 1980, 520),
    bucket(['over 4 s', 4000, null], true, 640, 122),
  ],
  crude: { value: 0.66, low: 0.6, high: 0.73 },
  adjusted: { value: 0.81, low: 0.72, high: 0.91 },
  lost: { value: 96, low: 41, high: 151 },
}

const flat: LatencyResult = {
  ...product,
  step: 'cart',
  measure: 'ttfb',
  crude: { value: 0.97, low: 0.84, high: 1.12 },
  adjusted: { value: 1.02, low: 0.88, high: 1.18 },
  lost: { value: -6, low: -48, high: 36 },
}

const losing = (
  label: string,
  lost: number,
  half: number,
  more: Partial<LostConversions>,
): LostConversions => ({
  key: label.toLowerCase().replaceAll(/\W+/g, '-'),
  label,
  kind: 'error',
  service: 'shop-web',
  steps: ['payment'],
  occurrences: lost * 5 + 40,
  runs: lost * 3 + 30,
  converted: Math.round(lost * 0.9),
  lost: estimate(lost, half),
  lostValue: [{ currency: 'EUR', amount: estimate(lost * 41.3, half * 41.3) }],
  recovered: share(Math.round(lost * 0.9), lost * 3 + 30),
  ...more,
})

const checkout: JourneyResult = {
  name: 'checkout',
  version: '1',
  runs: 12_480,
  conversions: 3437,
  rate: share(3437, 12_480),
  value: [{ currency: 'EUR', amount: 141_948.1 }],
  beganLater: { runs: 0, conversions: 0, stillGoing: 0, value: [] },
  stillGoing: 0,
  finishedRate: null,
  timeToConvert: { p50: 184_000, p75: 311_000, p95: 702_000 },
  steps: [
    step(['product', 0, 12_480, 12_480, 3120], {
      fromPrevious: { value: 1, low: 1, high: 1 },
      ready: { p50: 710, p75: 1120, p95: 2900 },
      readiness: { p75AtMost: 1500, met: true },
    }),
    step(['cart', 1, 9360, 12_480, 2402]),
    step(['shipping', 2, 4890, 9360, 820], { optional: true }),
    step(['payment', 3, 5320, 9360, 1883], {
      ready: { p50: 1210, p75: 2380, p95: 5400 },
      readiness: { p75AtMost: 2000, met: false },
    }),
    step(['confirmation', 4, 3437, 5320, 0], { timeToNext: null }),
  ],
  latency: [payment, product, flat],
  errors: [
    losing('PaymentError: the card issuer could not be reached', 318, 44, {}),
    losing('TypeError: Cannot read properties of undefined (reading ‘price’)', 71, 38, {
      steps: ['cart', 'product'],
    }),
    losing('ChunkLoadError: Loading chunk 14 failed', 9, 21, { steps: ['shipping'] }),
  ],
  endpoints: [
    losing('POST /api/payments', 241, 52, { kind: 'slow-endpoint', service: 'shop-api' }),
    losing('GET /api/shipping/:zone', 34, 20, {
      kind: 'failing-endpoint',
      service: 'shop-api',
      steps: ['shipping'],
    }),
  ],
}

/** A shop on a good day, with everything that a result can hold. */
export const full: Result = {
  generatedAt: '2026-11-23T14:05:00.000Z',
  since: '2026-11-20T08:00:00.000Z',
  until: '2026-11-23T14:05:00.000Z',
  timeZone: 'UTC',
  synthetic: { shown: 'exclude', runs: 0 },
  unit: 'run',
  journeys: [checkout],
  hypotheses: [
    {
      id: 'one-page-payment',
      statement: 'Address and payment on one page let more people finish checkout',
      journey: 'checkout',
      verdict: 'supported',
      reasons: ['one-page changes conversion by +13 % (always-valid interval +5.2 to +21.0 %): an effect.'],
      variants: [
        { variant: 'control', control: true, subjects: 2641, conversions: 1612, rate: share(1612, 2641) },
        { variant: 'one-page', control: false, subjects: 2679, conversions: 1848, rate: share(1848, 2679) },
      ],
      comparisons: [
        {
          variant: 'one-page',
          relative: { fixed: test(0.13, 0.046, 0.00000004), sequential: test(0.13, 0.078, 0.0008) },
          absolute: { fixed: test(0.079, 0.026, 0.00000003), sequential: test(0.079, 0.047, 0.0007) },
          expected: { relative: 0.1 },
        },
      ],
      guardrails: [
        {
          variant: 'one-page',
          metric: 'inp',
          step: 'payment',
          limit: { p75AtMost: 200 },
          measured: { value: 144, low: 136, high: 153 },
          status: 'holds',
        },
        {
          variant: 'one-page',
          metric: 'errors',
          step: null,
          limit: { relativeAtMost: 0.05 },
          measured: estimate(-0.04, 0.08),
          status: 'holds',
        },
      ],
      sampleRatio: { p: 0.61, ok: true, expected: [0.5, 0.5] },
      leftOut: { multipleVariants: 3, underTwoNames: 1, immature: 88, withoutSubject: 0 },
      decidedBy: 'sequential',
      preliminary: null,
      blockers: [],
    },
    {
      id: 'short-address-form',
      statement: 'Asking for fewer fields brings more people from shipping to payment',
      journey: 'checkout',
      verdict: 'invalid',
      reasons: [
        'The variants’ subjects are not split as declared (50 % / 50 %): p = 0.000021. Some subjects are lost or assigned wrongly, so no comparison can be believed.',
      ],
      variants: [
        { variant: 'control', control: true, subjects: 1000, conversions: 410, rate: share(410, 1000) },
        { variant: 'short', control: false, subjects: 1200, conversions: 501, rate: share(501, 1200) },
      ],
      comparisons: [
        {
          variant: 'short',
          relative: { fixed: test(0.018, 0.1, 0.72), sequential: test(0.018, 0.17, 1) },
          absolute: { fixed: test(0.0075, 0.041, 0.72), sequential: test(0.0075, 0.07, 1) },
          expected: { absolute: 0.03 },
        },
      ],
      guardrails: [
        {
          variant: 'short',
          metric: 'ready',
          step: 'shipping',
          limit: { p75AtMost: 1500 },
          measured: { value: 1710, low: 1590, high: 1830 },
          status: 'violated',
        },
        {
          variant: 'short',
          metric: 'conversion',
          step: null,
          limit: { relativeAtMost: 0.02 },
          measured: null,
          status: 'unknown',
        },
      ],
      sampleRatio: { p: 0.000021, ok: false, expected: [0.5, 0.5] },
      leftOut: { multipleVariants: 0, underTwoNames: 0, immature: 0, withoutSubject: 12 },
      decidedBy: 'fixed',
      preliminary: null,
      blockers: [],
    },
  ],
  trust: {
    notes: [
      { level: 'warning', text: 'short-address-form: the sample ratio is not as declared (p = 0.000021).' },
      { level: 'info', text: '412 events arrived with a later page load.' },
    ],
    delivery: {
      pages: 31_020,
      emitted: 184_220,
      delivered: 183_390,
      refused: 0,
      refusedFor: [],
      dropped: 120,
      pending: 700,
      unaccounted: 10,
      recovered: 412,
      withoutAccount: 3,
      errorsIgnored: 0,
    },
    servers: {
      instances: 2,
      emitted: 4_120,
      delivered: 4_117,
      refused: 0,
      dropped: 0,
      pending: 3,
      recovered: 0,
    },
    cappedRuns: 0,
    skewedRuns: 0,
    jumpedRuns: 0,
    runsAhead: 0,
    clocksAhead: { runs: 0, most: 0 },
    untestedConversions: 0,
    exposuresWithoutSubject: 12,
  },
}

const nothing: Estimate = { value: 0, low: 0, high: 1 }

/** Journeys are declared and nothing has arrived. */
export const empty: Result = {
  ...full,
  since: '1970-01-01T00:00:00.000Z',
  journeys: [
    {
      ...checkout,
      runs: 0,
      conversions: 0,
      rate: nothing,
      value: [],
      timeToConvert: null,
      steps: checkout.steps.map((one) => ({
        ...one,
        reached: 0,
        fromStart: nothing,
        fromPrevious: nothing,
        droppedOff: 0,
        timeToNext: null,
        ready: null,
        readiness: one.readiness && { ...one.readiness, met: null },
        attempts: { mean: 0, returned: 0, failed: 0 },
      })),
      latency: [],
      errors: [],
      endpoints: [],
    },
  ],
  hypotheses: [],
  trust: {
    notes: [{ level: 'info', text: 'No page has accounted for its events, so what was lost is not known.' }],
    delivery: {
      pages: 0,
      emitted: 0,
      delivered: 0,
      refused: 0,
      refusedFor: [],
      dropped: 0,
      pending: 0,
      unaccounted: 0,
      recovered: 0,
      withoutAccount: 0,
      errorsIgnored: 0,
    },
    servers: { instances: 0, emitted: 0, delivered: 0, refused: 0, dropped: 0, pending: 0, recovered: 0 },
    cappedRuns: 0,
    skewedRuns: 0,
    jumpedRuns: 0,
    runsAhead: 0,
    clocksAhead: { runs: 0, most: 0 },
    untestedConversions: 0,
    exposuresWithoutSubject: 0,
  },
}

/** Markup, quotes, terminal escapes and a mark that turns the writing around. */
export const HOSTILE = `<script>alert("x")</script>' onload='\u001b[31m\u202e\n&amp;`

const wild: Estimate = { value: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
const long = 'a-step-with-the-longest-name-that-is-permitted-4'

/** Numbers and texts that no honest shop has. */
export const extreme: Result = {
  ...full,
  unit: 'subject',
  journeys: [
    {
      ...checkout,
      name: long,
      runs: 1,
      conversions: 0,
      rate: nothing,
      value: [
        { currency: 'EUR', amount: 9.9e15 },
        { currency: HOSTILE, amount: -0 },
      ],
      timeToConvert: { p50: 0, p75: 1e12, p95: Number.NaN },
      steps: checkout.steps.map((one) => ({
        ...one,
        name: one.index === 2 ? HOSTILE : long,
        fromStart: wild,
      })),
      latency: [
        { ...payment, step: HOSTILE, crude: wild, adjusted: null, lost: null },
        { ...payment, buckets: [bucket(['up to 1 s', 0, 1000], false, 0, 0)], adjusted: wild, lost: wild },
      ],
      errors: [
        losing(HOSTILE, 1, 0, { service: HOSTILE, steps: [HOSTILE], lost: wild, lostValue: null }),
        losing('x'.repeat(3000), 4e12, 1e12, { steps: Array.from({ length: 30 }, () => long) }),
      ],
      endpoints: [],
    },
    { ...empty.journeys[0]!, name: 'signup' },
  ],
  hypotheses: full.hypotheses.map((hypothesis) => ({
    ...hypothesis,
    statement: HOSTILE,
    reasons: [HOSTILE],
    variants: hypothesis.variants.map((one) => ({ ...one, variant: HOSTILE, subjects: 0, rate: wild })),
    comparisons: hypothesis.comparisons.map((one) => ({
      ...one,
      relative: { fixed: { ...wild, p: Number.NaN }, sequential: { ...wild, p: Number.NaN } },
    })),
    guardrails: hypothesis.guardrails.map((one) => ({ ...one, measured: wild, step: HOSTILE })),
    sampleRatio: { p: Number.NaN, ok: true, expected: [] },
  })),
  trust: { ...full.trust, notes: [{ level: 'warning', text: HOSTILE }] },
}
