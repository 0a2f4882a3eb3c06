import { createHash } from 'node:crypto'
import { attributes, uuidv7Time } from '@throughline/core'

const { EVENT_LEGACY_ID, RUN_OUTCOME, RUN_OUTCOME_AT } = attributes
const THREE_DAYS = 3 * 864e5

/** What makes an outcome the same when it is reported again, and when it happened. */
export interface OutcomeOptions {
  /**
   * Names the fact: a payment attempt, an order, a dispute. The same key is the same outcome, however often and
   * wherever it is reported; without keys a run has one conversion and one failure.
   */
  readonly key?: string | undefined
  /** When it happened, if that is not now: a Date, or ms since the epoch. */
  readonly at?: Date | number | undefined
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)

/**
 * The ids of an outcome: the same on every server and in every delivery. Version 1 of the contract hashed less; its
 * id comes along where it had one, so that an outcome that was recorded by version 1 and is reported again counts
 * once.
 */
function outcomeIds(run: string, outcome: 'converted' | 'failed', key: string | undefined) {
  const legacyKey = outcome === 'converted' ? (key ?? 'converted') : 'failed'
  return {
    id: hash(`${run}/${outcome}/${key ?? ''}`),
    // In version 1 a failure had no key.
    legacy: outcome === 'failed' && key ? undefined : hash(`${run}/${legacyKey}`),
  }
}

/**
 * When an outcome happened, as an attribute. It lies between its run's start and now, with three days on either side
 * for clocks that are wrong.
 *
 * @param ignore called with what is left out, and why
 */
function readAt(at: unknown, run: string, ignore: (what: string) => void): number | undefined {
  if (at === undefined || at === null) return undefined
  const time = at instanceof Date ? at.getTime() : at
  if (typeof time !== 'number' || !Number.isFinite(time))
    return void ignore('the `at` of an outcome: it is neither a Date nor milliseconds since the epoch')
  const isPossible = time >= uuidv7Time(run)! - THREE_DAYS && time <= Date.now() + THREE_DAYS
  if (isPossible) return Math.round(time)
  ignore(
    `the \`at\` of an outcome, ${new Date(time).toString()}: it is not between the run's start and now; pass milliseconds, not seconds`,
  )
}

/** The attributes that identify and date an outcome, and its event's id. */
export function identify(
  run: string,
  outcome: 'converted' | 'failed',
  { key: given, at }: OutcomeOptions,
  ignore: (what: string) => void,
): {
  readonly id: string
  readonly isKeyed: boolean
  readonly own: Record<string, string | number | undefined>
} {
  const key = given === undefined || given === null ? undefined : `${given}`
  const { id, legacy } = outcomeIds(run, outcome, key)
  const own = { [RUN_OUTCOME]: outcome, [RUN_OUTCOME_AT]: readAt(at, run, ignore), [EVENT_LEGACY_ID]: legacy }
  return { id, isKeyed: !!key, own }
}
