import { chargeFails, isSlow, sessionLatency } from '../gateway/mood.ts'
import { assign } from '../shared/assignment.ts'
import { pick, uniform } from '../shared/uniform.ts'

// What is true about the simulated visitors. Everything that happens to one of them follows from that visitor's id, so
// "what if the error were gone?" has an exact answer: the chances of the same people, without the error.

export type StepName = 'product' | 'cart' | 'shipping' | 'payment' | 'confirmation'
export type Variant = ReturnType<typeof assign>
/** What costs conversions, and can be thought away. */
export type Cause = 'slow-product' | 'slow-payment' | 'slow-gateway' | 'postcode-error' | 'charge-error'

/**
 * Who comes. Phones on a mobile network are slower *and* buy less for reasons of their own, so speed and conversion go
 * together even where speed has no effect at all: the trap that an analysis has to avoid.
 */
export const SEGMENTS = [
  {
    mobile: false,
    connection: 'wifi',
    share: 0.45,
    /** Probability of leaving at each step when nothing is slow and nothing fails. */
    leaves: { product: 0.32, cart: 0.18, shipping: 0.11, payment: 0.07, onePage: 0.08 },
    /** ms that the network takes, and how often it stalls. */
    network: { from: 20, to: 80, stalls: 0.02 },
    /** Share of the visitors who write their postcode without its space. */
    unspaced: 0.1,
  },
  {
    mobile: true,
    connection: 'wifi',
    share: 0.2,
    leaves: { product: 0.4, cart: 0.24, shipping: 0.16, payment: 0.12, onePage: 0.16 },
    network: { from: 40, to: 120, stalls: 0.05 },
    unspaced: 0.18,
  },
  {
    mobile: true,
    connection: 'cell',
    share: 0.35,
    leaves: { product: 0.5, cart: 0.34, shipping: 0.22, payment: 0.22, onePage: 0.26 },
    network: { from: 100, to: 400, stalls: 0.22 },
    unspaced: 0.22,
  },
] as const

/** A stalled network takes so much longer, in ms. */
const STALL = { from: 2100, to: 3000 }

/** Waiting longer than `beyond` (ms) adds `perSecond` to the probability of leaving. The cart's speed has no effect. */
export const LATENCY_EFFECT = {
  product: { beyond: 1500, perSecond: 0.2 },
  cart: { beyond: 1500, perSecond: 0 },
  payment: { beyond: 2000, perSecond: 0.22 },
} as const

/** What an error adds to the probability of leaving. */
export const ERROR_EFFECT = { postcode: 0.45, charge: 0.5 } as const

/**
 * How many come, spread over `arrive` ms, `atOnce` at most; who they are follows from the seed. This crowd's luck is
 * ordinary: how many of them come to each step, and convert under each variant, is within one standard error of what
 * was to be expected. So a report on them that misses the truth has no excuse.
 */
export const CROWD = { seed: 'bisque', visitors: 4000, arrive: 38_000, atOnce: 350 } as const

export interface Person {
  readonly subject: string
  readonly segment: (typeof SEGMENTS)[number]
  readonly variant: Variant
  readonly unspaced: boolean
}

export interface PlannedVisit {
  readonly step: StepName
  /** ms that the network adds before the step is usable. */
  readonly network: number
  /** ms that the visitor looks at it before doing something. */
  readonly thinks: number
  /** The worst delay from an interaction to the next paint, in ms. */
  readonly inp: number
  readonly postcodeError: boolean
  readonly chargeFails: boolean
  readonly leaves: 'before-acting' | 'after-failure' | null
}

export interface Plan {
  readonly visits: readonly PlannedVisit[]
  readonly converts: boolean
}

export function person(seed: string, index: number): Person {
  const id = `${seed}-${index}`
  const hex = (part: number) =>
    Math.floor(uniform(`${part}/${id}`) * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const subject = `${hex(1)}${hex(2)}`
  const shares = SEGMENTS.map(({ share }) => share)
  const segment = SEGMENTS[pick(shares, uniform(`segment/${subject}`))]!
  return {
    subject,
    segment,
    variant: assign(subject),
    unspaced: uniform(`unspaced/${subject}`) < segment.unspaced,
  }
}

/** The way a person goes through the shop, from the first step to the last before the confirmation. */
export const wayOf = (who: Person): Exclude<StepName, 'confirmation'>[] =>
  who.variant === 'one-page' ? ['product', 'cart', 'payment'] : ['product', 'cart', 'shipping', 'payment']

/** What the network adds before a step is usable, in ms. */
function networkDelay({ subject, segment }: Person, step: StepName, without?: Cause): number {
  const between = (from: number, to: number, purpose: string) =>
    from + (to - from) * uniform(`${purpose}/${step}/${subject}`)
  const { from, to, stalls } = segment.network
  const stalled = uniform(`stalls/${step}/${subject}`) < stalls && without !== `slow-${step}`
  return between(from, to, 'network') + (stalled ? between(STALL.from, STALL.to, 'stall') : 0)
}

/**
 * How likely a person is to leave a step: before doing anything on it, and after the first charge failed. In the
 * world as it is, or with one cause thought away.
 */
function leaving(who: Person, step: Exclude<StepName, 'confirmation'>, without?: Cause) {
  const { subject, segment, variant, unspaced } = who
  let first: number = segment.leaves[step === 'payment' && variant === 'one-page' ? 'onePage' : step]
  if (step !== 'shipping') {
    const quick = isSlow(subject) && (without === 'slow-payment' || without === 'slow-gateway')
    const gateway = step === 'payment' && !quick ? sessionLatency(subject) : 0
    const { beyond, perSecond } = LATENCY_EFFECT[step]
    first += (Math.max(0, networkDelay(who, step, without) + gateway - beyond) / 1000) * perSecond
  } else if (unspaced && without !== 'postcode-error') first += ERROR_EFFECT.postcode
  const fails = step === 'payment' && chargeFails(subject) && without !== 'charge-error'
  return { first: Math.min(1, first), fails, second: fails ? ERROR_EFFECT.charge : 0 }
}

/** How likely a person who has come to a step is to convert in the end. */
export function chance(who: Person, from: StepName, without?: Cause): number {
  const way = wayOf(who)
  const rest = from === 'confirmation' ? [] : way.slice(way.indexOf(from))
  return rest.reduce((product, step) => {
    const { first, second } = leaving(who, step, without)
    return product * (1 - first) * (1 - second)
  }, 1)
}

/** What happens to a person. */
export function plan(who: Person): Plan {
  const visits: PlannedVisit[] = []
  for (const step of wayOf(who)) {
    const visit = planVisit(who, step)
    visits.push(visit)
    if (visit.leaves) return { visits, converts: false }
  }
  visits.push(planVisit(who, 'confirmation'))
  return { visits, converts: true }
}

function planVisit(who: Person, step: StepName): PlannedVisit {
  const { subject, segment, unspaced } = who
  const luck = (purpose: string) => uniform(`${purpose}/${step}/${subject}`)
  const between = (from: number, to: number, purpose: string) => from + (to - from) * luck(purpose)
  const { first, second, fails } =
    step === 'confirmation' ? { first: 0, second: 0, fails: false } : leaving(who, step)
  const leavesFirst = luck('leaves') < first
  const leavesSecond = fails && luck('gives-up') < second
  return {
    step,
    network: networkDelay(who, step),
    thinks: between(150, 650, 'thinks'),
    inp: segment.mobile ? between(40, 240, 'inp') : between(16, 140, 'inp'),
    postcodeError: step === 'shipping' && unspaced,
    chargeFails: fails && !leavesFirst,
    leaves: leavesFirst ? 'before-acting' : leavesSecond ? 'after-failure' : null,
  }
}
