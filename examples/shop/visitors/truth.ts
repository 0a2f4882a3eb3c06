import { chargeFails, isSlow, sessionLatency } from '../gateway/mood.ts'
import { assign } from '../shared/assignment.ts'
import { pick, uniform } from '../shared/uniform.ts'

// What is true about the simulated visitors. Everything that happens to one of them follows from that visitor's id, so
// "what if the error were gone?" has an exact answer: the same visitors, the same luck, without the error.

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
    share: 0.5,
    /** Probability of leaving at each step when nothing is slow and nothing fails. */
    leaves: { product: 0.34, cart: 0.2, shipping: 0.13, payment: 0.1, onePage: 0.13 },
    /** ms that the network takes, and how often it stalls. */
    network: { from: 20, to: 80, stalls: 0.03 },
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
    share: 0.3,
    leaves: { product: 0.47, cart: 0.29, shipping: 0.2, payment: 0.16, onePage: 0.21 },
    network: { from: 100, to: 400, stalls: 0.16 },
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

/** Two people in three thousand are too few and in three million too many: this many arrive, spread over `arrive` ms. */
export const CROWD = { seed: 'kiln', visitors: 4000, arrive: 38_000 } as const

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

/** What happens to a person, in the world as it is or with one cause thought away. */
export function plan(who: Person, without?: Cause): Plan {
  const visits: PlannedVisit[] = []
  const steps: StepName[] =
    who.variant === 'one-page' ? ['product', 'cart', 'payment'] : ['product', 'cart', 'shipping', 'payment']
  for (const step of steps) {
    const visit = planVisit(who, step, without)
    visits.push(visit)
    if (visit.leaves) return { visits, converts: false }
  }
  visits.push(planVisit(who, 'confirmation', without))
  return { visits, converts: true }
}

function planVisit(who: Person, step: StepName, without?: Cause): PlannedVisit {
  const { subject, segment, variant } = who
  const luck = (purpose: string) => uniform(`${purpose}/${step}/${subject}`)
  const between = ({ from, to }: { from: number; to: number }, at: number) => from + (to - from) * at
  const stalls = luck('stalls') < segment.network.stalls && without !== `slow-${step}`
  const network = between(segment.network, luck('network')) + (stalls ? between(STALL, luck('stall')) : 0)
  const postcodeError = step === 'shipping' && who.unspaced && without !== 'postcode-error'
  const fails = step === 'payment' && chargeFails(subject) && without !== 'charge-error'

  let leaving = 0
  if (step !== 'confirmation')
    leaving = segment.leaves[step === 'payment' && variant === 'one-page' ? 'onePage' : step]
  if (step === 'product' || step === 'cart' || step === 'payment') {
    const quick = without === 'slow-payment' || without === 'slow-gateway'
    const gateway = step !== 'payment' || (quick && isSlow(subject)) ? 0 : sessionLatency(subject)
    const { beyond, perSecond } = LATENCY_EFFECT[step]
    leaving += (Math.max(0, network + gateway - beyond) / 1000) * perSecond
  }
  if (postcodeError) leaving += ERROR_EFFECT.postcode
  const leavesFirst = luck('leaves') < leaving
  return {
    step,
    network,
    thinks: between({ from: 150, to: 650 }, luck('thinks')),
    inp: between(segment.mobile ? { from: 40, to: 240 } : { from: 16, to: 140 }, luck('inp')),
    postcodeError,
    chargeFails: fails && !leavesFirst,
    leaves: leavesFirst
      ? 'before-acting'
      : fails && luck('gives-up') < ERROR_EFFECT.charge
        ? 'after-failure'
        : null,
  }
}
