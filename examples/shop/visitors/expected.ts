import type { Cause, Person, Plan, StepName, Variant } from './truth.ts'
import { chance, ERROR_EFFECT, person, plan } from './truth.ts'

/** What is true about a crowd, for the report to be held against. */
export interface Truth {
  readonly visitors: number
  /** How many came to each step. */
  readonly reached: Readonly<Record<StepName, number>>
  readonly conversions: number
  /** Per variant, of those who came as far as the checkout: the ones who met a variant. */
  readonly exposed: Readonly<Record<Variant, { readonly subjects: number; readonly conversions: number }>>
  /** Conversions that each cause cost this crowd: by the chances of those whom it met, with it and without it. */
  readonly lost: Readonly<Record<Cause, number>>
  /** Who met the errors, and how many of them converted all the same. */
  readonly met: Readonly<Record<'postcode-error' | 'charge-error', { runs: number; converted: number }>>
  /** What would be measured with ever more visitors: probabilities of getting from one step to the next. */
  readonly rates: {
    readonly conversion: number
    readonly fromStart: Readonly<Record<StepName, number>>
    readonly variant: Readonly<Record<Variant, number>>
  }
}

const STEPS: readonly StepName[] = ['product', 'cart', 'shipping', 'payment', 'confirmation']
const VARIANTS: readonly Variant[] = ['control', 'one-page']
/** Where each cause meets people. */
const CAUSES: Readonly<Record<Cause, StepName>> = {
  'slow-product': 'product',
  'slow-payment': 'payment',
  'slow-gateway': 'payment',
  'postcode-error': 'shipping',
  'charge-error': 'payment',
}

const zeros = <K extends string>(keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>

const causes = Object.keys(CAUSES) as Cause[]

/** The conversions that a cause cost by what it did to one person: 0 if the two did not meet. */
function lostTo(cause: Cause, who: Person, { visits }: Plan): number {
  const visit = visits.find(({ step }) => step === CAUSES[cause])
  // The charge fails for those alone who pay, and who pays has decided not to leave before.
  if (cause === 'charge-error') return visit?.chargeFails ? ERROR_EFFECT.charge : 0
  return visit ? chance(who, visit.step, cause) - chance(who, visit.step) : 0
}

/** Works out the truth about the first `visitors` people of a crowd, and about everybody who might have come. */
export function truthOf(seed: string, visitors: number): Truth {
  const reached = zeros(STEPS)
  const lost = zeros(causes)
  const exposed = {
    control: { subjects: 0, conversions: 0 },
    'one-page': { subjects: 0, conversions: 0 },
  }
  const met = { 'postcode-error': { runs: 0, converted: 0 }, 'charge-error': { runs: 0, converted: 0 } }
  for (let i = 0; i < visitors; i++) {
    const who = person(seed, i)
    const real = plan(who)
    const converted = Number(real.converts)
    for (const { step } of real.visits) reached[step]++
    for (const cause of causes) lost[cause] += lostTo(cause, who, real)
    if (real.visits.length > 2) {
      exposed[who.variant].subjects++
      exposed[who.variant].conversions += converted
    }
    for (const [cause, flag] of [
      ['postcode-error', 'postcodeError'],
      ['charge-error', 'chargeFails'],
    ] as const) {
      if (!real.visits.some((visit) => visit[flag])) continue
      met[cause].runs++
      met[cause].converted += converted
    }
  }
  return {
    visitors,
    reached,
    conversions: reached.confirmation,
    exposed,
    lost,
    met,
    rates: rates(`${seed}*`),
  }
}

/** The same probabilities from a crowd so large that its luck hardly matters (standard errors below 0.2 points). */
function rates(seed: string): Truth['rates'] {
  const many = 100_000
  const fromStart = zeros(STEPS)
  const converted = zeros(VARIANTS)
  let exposed = 0
  for (let i = 0; i < many; i++) {
    const who = person(seed, i)
    for (const { step } of plan(who).visits) fromStart[step] += 1 / many
    const both = VARIANTS.map((variant) => ({ variant, ...plan({ ...who, variant }) }))
    if (both[0]!.visits.length <= 2) continue
    exposed++
    for (const { variant, converts } of both) converted[variant] += Number(converts)
  }
  return {
    conversion: fromStart.confirmation,
    fromStart,
    variant: {
      control: converted.control / exposed,
      'one-page': converted['one-page'] / exposed,
    },
  }
}
