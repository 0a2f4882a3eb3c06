import { diag } from '@opentelemetry/api'

const REASONS = {
  oversized: 'more than 40 members or 2 KiB',
  incomplete: 'a member of the run is missing',
  journey: 'no such journey is declared here',
  version:
    'this version of the journey is not declared here; declare the old one too while browsers still have it',
  run: 'the run id is not a UUIDv7 of the last 31 days',
  step: 'the journey has no such step at this place',
  attempt: 'the attempt is not an integer from 1 to 1000',
  variant: 'no such hypothesis or variant is declared here for this journey',
  unknown: 'no such member exists',
}

/** Why something that a request claimed about its journey was not believed. */
export type Refusal = keyof typeof REASONS

const refused = Object.fromEntries(Object.keys(REASONS).map((reason) => [reason, 0])) as Record<
  Refusal,
  number
>

/** Counts a refusal, and says so once for each reason: a hostile client cannot flood the log. */
export function refuse(reason: Refusal, value: string): void {
  if (refused[reason]++ === 0)
    diag.warn(
      `throughline: refused ${JSON.stringify(value.slice(0, 60))} from a request: ${REASONS[reason]}` +
        ' (said once; counts() has the number)',
    )
}

/** How often this process has refused what requests claimed about their journey, by reason. */
export const counts = (): Readonly<Record<Refusal, number>> => ({ ...refused })
