import { diag } from '@opentelemetry/api'

const REFUSED = {
  oversized: 'more than 40 members or 2 KiB',
  incomplete: 'a member of the run is missing',
  journey: 'no such journey is declared here',
  version:
    'no version looks like this, or eight others of the journey that are not declared here came before it',
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

const REASONS: Record<Counted, string> = { ...REFUSED, ...ACCEPTED }

const numbers = Object.fromEntries(Object.keys(REASONS).map((reason) => [reason, 0])) as Record<
  Counted,
  number
>

/** Counts something that a request claimed, and says so once for each reason: a hostile client cannot flood the log. */
export function count(reason: Counted, value: string): void {
  if (numbers[reason]++ === 0)
    diag.warn(
      `throughline: ${reason in ACCEPTED ? 'accepted' : 'refused'} ${JSON.stringify(value.slice(0, 60))}` +
        ` from a request: ${REASONS[reason]} (said once; counts() has the number)`,
    )
}

/**
 * How often this process has refused what requests claimed about their journey, by reason; and how often it has accepted a
 * version of a known journey that is not declared here (`undeclared`).
 */
export const counts = (): Readonly<Record<Counted, number>> => ({ ...numbers })
