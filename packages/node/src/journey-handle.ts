import { randomBytes } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import type { Conversion, Hypothesis, Journey, Visit } from '@throughline/core'
import { attributes, contextAttributes, uuidv7 } from '@throughline/core'
import type { Claim, ServerRun } from './claim'
import type { Definitions } from './definitions'
import { outcomeId, randomId, record } from './events'
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
  RUN_OUTCOME,
  STEP_ENTER,
  STEP_PREVIOUS,
  STEP_START,
  SUBJECT_ID,
} = attributes

/** What a conversion is worth, and what makes it the same conversion when it is reported again. */
export interface ServerConversion extends Conversion {
  /** An id of the thing that was sold, such as the order's: the same key is the same conversion, however often reported. */
  readonly key?: string
}

/** The journey of the request that is being handled. It never throws; what it ignores it reports through `diag`. */
export interface JourneyHandle {
  /**
   * Enters a step, for as long as this request lasts: its later telemetry and its calls to other services carry the step.
   * Starts a run when the journey has none; to let a browser go on with it, sign it (`createHandover`).
   */
  enter<S extends string>(journey: Journey<string, S>, step: NoInfer<S>): void
  /** Confirms that the journey's run converted. Goes before what the browser says; safe to call again with the same key. */
  convert(journey: Journey, conversion?: ServerConversion): void
  /** Ends the journey's run as failed. */
  fail(journey: Journey, reason?: string): void
  /** The subject met the variant; recorded once per run. */
  expose<V extends string>(hypothesis: Hypothesis<string, V>, variant: NoInfer<V>): void
  /** The run that the request belongs to, or the given journey's; with its context attributes. */
  current(journey?: Journey): (ServerRun & { readonly attributes: Attributes }) | undefined
}

/** The journeys of one request: those that it came with, and what the server has entered since. */
export interface RequestJourney {
  readonly handle: JourneyHandle
  /** The ambient visit. */
  visit(): Visit | undefined
  others(): readonly Visit[]
}

export function createRequestJourney(
  definitions: Required<Definitions>,
  claim: Claim,
  subject: () => string | undefined,
): RequestJourney {
  /** Most recently entered last. A run without a step is never ambient. */
  let visits: readonly Visit[] = claim.visit ? [...claim.others, claim.visit] : claim.others

  const ignore = (what: string) => diag.warn(`throughline: ignored ${what}`)
  const visit = () => visits.findLast(({ step }) => step !== '')
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
    const known = definitions.journeys.filter(({ name }) => name === journey?.name)
    const before = visitOf(journey?.name)
    const version = `${before?.attributes[JOURNEY_VERSION] ?? journey?.version}`
    const declared = known.find((it) => it.version === version)
    const index = declared?.steps.findIndex(({ name }) => name === step) ?? -1
    if (index < 0) return ignore(`enter: no step "${step}" of "${journey?.name}" is declared here`)
    if (before && before === visit() && before.step === step) return
    const start = Date.now()
    const run = before?.run ?? uuidv7(start, randomBytes)
    const place = { journey: journey.name, run, step, index, attempt: 1, start, id: randomId() }
    const stamp = contextAttributes({ id: run, version }, place, definitions.hypotheses, assignedOn(before))
    const next: Visit = { ...place, attributes: stamp }
    visits = [...visits.filter((it) => it !== before), next]
    const own = { [STEP_PREVIOUS]: before?.step || undefined, [STEP_START]: 'call', [SUBJECT_ID]: subject() }
    record(STEP_ENTER, next, own, { id: next.id })
  }

  function end(
    journey: Journey,
    outcome: string,
    key: string,
    own: Record<string, string | number | undefined>,
  ) {
    const of = visitOf(journey?.name)
    if (!of) return ignore(`${outcome}: no run of "${journey?.name}" came with this request`)
    const id = outcomeId(of.run, key)
    record(RUN_END, of, { [RUN_OUTCOME]: outcome, ...own, [SUBJECT_ID]: subject() }, { id, once: id })
  }

  function convert(journey: Journey, conversion: ServerConversion = {}) {
    const { value, currency, key } = conversion
    const isCurrency = typeof currency === 'string' && /^[A-Z]{3}$/.test(currency)
    if (value !== undefined && !Number.isFinite(value)) ignore('the value of a conversion: it is no number')
    if (currency !== undefined && !isCurrency) ignore('the currency of a conversion: it is no ISO 4217 code')
    end(journey, 'converted', `${key ?? 'converted'}`, {
      [CONVERSION_VALUE]: Number.isFinite(value) ? value : undefined,
      [CONVERSION_CURRENCY]: isCurrency ? currency : undefined,
    })
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
    const { run, step, attempt, attributes } = of
    const place = step === '' ? {} : { step, attempt }
    return { journey: of.journey, version: `${attributes[JOURNEY_VERSION]}`, run, ...place, attributes }
  }

  return {
    visit,
    others: () => visits.filter((it) => it !== visit()),
    handle: {
      enter: (...args) => void safely(() => enter(...args)),
      convert: (...args) => void safely(() => convert(...args)),
      fail: (journey, reason) =>
        void safely(() => end(journey, 'failed', 'failed', { [RUN_END_REASON]: reason })),
      expose: (...args) => void safely(() => expose(...args)),
      current: (journey) => safely(() => current(journey)),
    },
  }
}
