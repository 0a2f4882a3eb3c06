import { randomBytes } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import type { Hypothesis, Journey, Visit } from '@throughline/core'
import { attributes, contextAttributes, definitionOf, readWorth, stepIndex, uuidv7 } from '@throughline/core'
import type { Claim } from './claim'
import type { ServerRun } from './claimed-run'
import type { Definitions } from './definitions'
import { record } from './events'
import { randomId } from './ids'
import type { OutcomeOptions } from './outcome'
import { identify } from './outcome'
import { safely } from './safely'

const {
  CONVERSION_CURRENCY,
  CONVERSION_VALUE,
  EXPOSURE,
  EXPOSURE_HYPOTHESIS,
  EXPOSURE_VARIANT,
  FEATURE_FLAG_KEY,
  HYPOTHESIS,
  JOURNEY_VERSION,
  RUN_END,
  RUN_END_REASON,
  STEP_ENTER,
  STEP_PREVIOUS,
  STEP_START,
  SUBJECT_ID,
} = attributes

/** What a conversion is worth, what makes it the same when it is reported again, and when it happened. */
export interface ServerConversion extends OutcomeOptions {
  /** At least 0; text is read, since databases give amounts as text. */
  readonly value?: number | string | undefined
  /** ISO 4217, in upper or lower case. */
  readonly currency?: string | undefined
}

/** Why a run failed, what makes it the same failure when it is reported again, and when it happened. */
export interface ServerFailure extends OutcomeOptions {
  /** In the application's words: `payment-declined`. */
  readonly reason?: string | undefined
}

/** The journey of the request that is being handled. It never throws; what it ignores it reports through `diag`. */
export interface JourneyHandle {
  /**
   * Enters a step, for as long as this request lasts: its later telemetry and its calls to other services carry the
   * step. Starts a run when the journey has none; to let a browser go on with it, sign it (`createHandover`).
   */
  enter<S extends string>(journey: Journey<string, S>, step: NoInfer<S>): void
  /**
   * Confirms that the journey's run converted. Overrides what browsers report; of what servers report, the last by
   * date counts.
   *
   * @example
   * ```ts
   * import { getJourney } from '@throughline/node'
   * import { checkout } from './journeys'
   *
   * getJourney()?.convert(checkout, { value: '40.00', currency: 'EUR', key: 'order-7' })
   * ```
   */
  convert(journey: Journey, conversion?: ServerConversion): void
  /**
   * Says that the journey's run failed: at a declined payment, or, after a conversion, when it was charged back or
   * refunded in full. Give each such fact a `key`: without keys a run has one failure.
   */
  fail(journey: Journey, failure?: ServerFailure): void
  /** The subject met the variant; recorded once per run. */
  expose<V extends string>(hypothesis: Hypothesis<string, V>, variant: NoInfer<V>): void
  /** The run that the request belongs to, or the given journey's; with its context attributes. */
  current(journey?: Journey): (ServerRun & { readonly attributes: Attributes }) | undefined
}

/** Said once in a process: a failure without a key was reported again. */
let saidUnkeyed = false

/** The journeys of one request: those that it came with, and what the server has entered since. */
export interface RequestJourney {
  handle(): JourneyHandle
  /** The ambient visit. */
  visit(): Visit | undefined
  others(): readonly Visit[]
  /** Whether there is a run of the journey whose outcome the application has not reported in this request. */
  canConfirm(journey: Journey): boolean
}

/** The journeys of a request. Most requests never ask for the handle, so it is made when one does. */
export function createRequestJourney(
  definitions: Required<Definitions>,
  claim: Claim,
  subject: () => string | undefined,
): RequestJourney {
  let made: Journeys | undefined
  const ready = () => {
    made ??= createJourneys(definitions, claim, subject)
    return made
  }
  return {
    visit: () => (made ? made.visit() : claim.visit),
    others: () => (made ? made.others() : claim.others),
    canConfirm: (journey) => ready().canConfirm(journey),
    handle: () => ready().handle,
  }
}

interface Journeys extends Omit<RequestJourney, 'handle'> {
  readonly handle: JourneyHandle
}

function createJourneys(
  definitions: Required<Definitions>,
  claim: Claim,
  subject: () => string | undefined,
): Journeys {
  /** Most recently entered last. A run without a step is never ambient. */
  let visits: readonly Visit[] = claim.visit ? [...claim.others, claim.visit] : claim.others

  const ignore = (what: string) => diag.warn(`throughline: ignored ${what}`)
  const visit = () => visits.findLast(({ step }) => step !== '')
  /** Journeys whose outcome was reported in this request. */
  const reported = new Set<string>()
  const visitOf = (journey: string) => visits.find((it) => it.journey === journey)
  const replace = (next: Visit, before = visitOf(next.journey)) => {
    visits = before ? visits.map((it) => (it === before ? next : it)) : [...visits, next]
  }

  /** Variants by hypothesis, as a visit is stamped with them. */
  const assignedOn = (on: Visit | undefined) => {
    const entries = Object.entries(on?.attributes ?? {}).filter(([key]) => key.startsWith(HYPOTHESIS))
    return Object.fromEntries(entries.map(([key, value]) => [key.slice(HYPOTHESIS.length), `${value}`]))
  }

  function enter(journey: Journey, step: string) {
    const before = visitOf(journey?.name)
    const version = `${before?.attributes[JOURNEY_VERSION] ?? journey?.version}`
    const isKnown =
      before || definitions.journeys.some((it) => it.name === journey?.name && it.version === version)
    // A run keeps its version, although the server's code enters a step that only a newer one has.
    const of = { journey: journey?.name, version }
    const index = isKnown ? stepIndex(definitionOf(definitions.journeys, of, step), step) : -1
    if (index < 0) return ignore(`enter: no step "${step}" of "${journey?.name}" is declared here`)
    if (before && before === visit() && before.step === step) return
    const start = Date.now()
    const run = before?.run ?? uuidv7(start, randomBytes)
    // Servers cannot count a run's visits, since each knows one request; the browser's count says where this one
    // belongs.
    const visitAfter = before ? (before.visitIndex ?? before.visitAfter) : 0
    const place = { journey: journey.name, run, step, index, attempt: 1, start, id: randomId(), visitAfter }
    const stamp = contextAttributes({ id: run, version }, place, definitions.hypotheses, assignedOn(before))
    const next: Visit = { ...place, attributes: stamp }
    visits = [...visits.filter((it) => it !== before), next]
    const own = { [STEP_PREVIOUS]: before?.step || undefined, [STEP_START]: 'call', [SUBJECT_ID]: subject() }
    record(STEP_ENTER, next, own, { id: next.id })
  }

  /** @returns false when it was reported before, without a key that says that it is another one */
  function end(
    journey: Journey,
    outcome: 'converted' | 'failed',
    options: OutcomeOptions,
    more: Record<string, string | number | undefined>,
    isWhole = true,
  ): boolean {
    const of = visitOf(journey?.name)
    if (!of) {
      ignore(`${outcome}: no run of "${journey?.name}" came with this request`)
      return true
    }
    reported.add(of.journey)
    const { id, isKeyed, own } = identify(of.run, outcome, options, ignore)
    const all = { ...own, ...more, [SUBJECT_ID]: subject() }
    const isNew = record(RUN_END, of, all, { id, once: id, isWhole })
    return isNew || isKeyed
  }

  function convert(journey: Journey, conversion: ServerConversion = {}) {
    const { value, currency } = readWorth(conversion)
    const worth = { [CONVERSION_VALUE]: value, [CONVERSION_CURRENCY]: currency }
    end(journey, 'converted', conversion, worth, value !== undefined)
  }

  function fail(journey: Journey, given: ServerFailure = {}) {
    // JavaScript that was written for the first release passes the reason alone.
    const failure: ServerFailure = typeof given === 'string' ? { reason: given } : given
    const { reason } = failure
    if (end(journey, 'failed', failure, { [RUN_END_REASON]: reason }) || saidUnkeyed) return
    saidUnkeyed = true
    ignore(
      `a second failure of a run of "${journey.name}": without a key it is the first one again. Give each its own, such as` +
        ' fail(journey, { key: payment.id }) (said once)',
    )
  }

  function expose(given: Hypothesis, variant: string) {
    const hypothesis = definitions.hypotheses.find(({ id }) => id === given?.id)
    if (!hypothesis?.variants.includes(variant))
      return ignore(`expose: no variant "${variant}" of "${given?.id}" is declared here`)
    const of = visitOf(hypothesis.journey)
    if (!of) return ignore(`expose: no run of "${hypothesis.journey}" came with this request`)
    const next = { ...of, attributes: { ...of.attributes, [HYPOTHESIS + hypothesis.id]: variant } }
    replace(next, of)
    const own = {
      [EXPOSURE_HYPOTHESIS]: hypothesis.id,
      [EXPOSURE_VARIANT]: variant,
      [FEATURE_FLAG_KEY]: hypothesis.flag,
      [SUBJECT_ID]: subject(),
    }
    record(EXPOSURE, next, own, { once: `${of.run}/${hypothesis.id}=${variant}` })
  }

  function current(journey?: Journey) {
    const of = journey ? visitOf(journey.name) : visit()
    if (!of) return undefined
    const { run, step, index, attempt, id, visitIndex, visitAfter, attributes } = of
    const version = `${attributes[JOURNEY_VERSION]}`
    const within = definitionOf(definitions.journeys, { journey: of.journey, version })?.within
    const place = step !== '' && { step, index, attempt, visitId: id || undefined, visitIndex, visitAfter }
    return { journey: of.journey, version, run, ...place, within, attributes }
  }

  return {
    visit,
    others: () => visits.filter((it) => it !== visit()),
    canConfirm: ({ name }) => !reported.has(name) && visitOf(name) !== undefined,
    handle: {
      enter: (...args) => void safely(() => enter(...args)),
      convert: (...args) => void safely(() => convert(...args)),
      fail: (...args) => void safely(() => fail(...args)),
      expose: (...args) => void safely(() => expose(...args)),
      current: (journey) => safely(() => current(journey)),
    },
  }
}
