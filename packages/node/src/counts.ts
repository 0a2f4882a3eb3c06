import { diag } from '@opentelemetry/api'
import { shared } from './shared'

const REFUSED = {
  oversized: 'more than 40 members or 2 KiB',
  incomplete: 'a member of the run is missing',
  journey: 'no such journey is declared here',
  version:
    'no version looks like this, or eight others of the journey that are not declared here come more often',
  run: 'the run id is not a UUIDv7 of the last 400 days',
  step: 'the journey has no such step',
  attempt: 'the attempt is not an integer from 1 to 1000',
  visit: 'a visit has an id of 32 hex digits, and an index or what it came after, up to 9999',
  variant: 'no such hypothesis or variant is declared here for this journey',
  unknown: 'no such member exists',
}

const ACCEPTED = {
  undeclared: 'this version of the journey is not declared here, so only the form of its steps was checked',
}

/** Why something that a request claimed about its journey was not believed. */
export type Refusal = keyof typeof REFUSED

/** What is counted of claims: refusals by reason, and those that were accepted with less than a full check. */
export type Counted = Refusal | keyof typeof ACCEPTED

/** What `counts()` tells: how often something happened in this process. */
export interface Counts extends Readonly<Record<Counted, number>> {
  /** Requests with more than 40 members of ours, or more than 2 KiB of them. */
  readonly oversized: number
  /** A run without one of journey, version, id, step, place and attempt. */
  readonly incomplete: number
  /** Journeys that are not declared here. */
  readonly journey: number
  /** Versions that no journey can have, and those that eight others that are not declared here come more often than. */
  readonly version: number
  /** Run ids that are no UUIDv7 of the last 400 days. */
  readonly run: number
  /** Steps that the journey does not have. */
  readonly step: number
  /** Attempts that are no integer from 1 to 1000. */
  readonly attempt: number
  /** Visits whose id or place is malformed. */
  readonly visit: number
  /** Hypotheses and variants that are not declared here for the journey. */
  readonly variant: number
  /** Members that the contract does not have. */
  readonly unknown: number
  /** Accepted, but not fully checked: a version of a known journey that is not declared here. */
  readonly undeclared: number
  /** Calls that were sent without the journey, since their target is neither private nor listed, or not known. */
  readonly withheld: number
}

const REASONS: Record<Counted, string> = { ...REFUSED, ...ACCEPTED }

const numbers = shared(
  'counts',
  () =>
    Object.fromEntries([...Object.keys(REASONS), 'withheld'].map((reason) => [reason, 0])) as Record<
      keyof Counts,
      number
    >,
)

/** Counts something that a request claimed, and says so once for each reason: a hostile client cannot flood the log. */
export function count(reason: Counted, value: string): void {
  if (numbers[reason]++ === 0)
    diag.warn(
      `throughline: ${reason in ACCEPTED ? 'accepted' : 'refused'} ${JSON.stringify(value.slice(0, 60))}` +
        ` from a request: ${REASONS[reason]} (said once; counts() has the number)`,
    )
}

/** Counts a call that is sent without the journey, and says so once: that is as it should be for third parties. */
export function withhold(host: string | undefined): void {
  if (numbers.withheld++ > 0) return
  const why =
    host === undefined
      ? 'no span says where it goes; calls need an instrumentation of their client'
      : `${JSON.stringify(host.slice(0, 60))} is no private host; if it is yours, add it to \`propagateTo\` of journeyPropagator`
  diag.info(`throughline: withheld the journey from a call: ${why} (said once; counts() has the number)`)
}

/**
 * How often this process has refused what requests claimed about their journey, by reason, and withheld it from
 * calls.
 */
export const counts = (): Counts => ({ ...numbers })
