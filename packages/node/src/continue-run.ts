import { context } from '@opentelemetry/api'
import type { Claim } from './claim'
import { claimOf } from './claim'
import type { ServerRun } from './claimed-run'
import { count } from './counts'
import type { Definitions } from './definitions'
import { checkDefinitions } from './definitions'
import { createRequestJourney } from './journey-handle'
import { setHolder } from './registry'
import { runIn } from './run-in'
import { safely } from './safely'

const NOTHING: Claim = { others: [] }

/** The definitions, and whom the work is for. */
export interface ContinueOptions extends Definitions {
  readonly subject?: string
}

/**
 * Runs work with a run in force that came by other ways than a request's baggage: with a webhook, through a queue, in
 * an e-mail's link. Without a run, or with one that does not fit the definitions, the work runs all the same.
 *
 * @param run what `handover.verify` returned
 * @returns what `work` returns
 * @throws TypeError when the definitions are not usable; else only what `work` throws
 */
export function continueRun<T>(options: ContinueOptions, run: ServerRun | undefined, work: () => T): T {
  const definitions = checkDefinitions('continueRun', options)
  const inside = safely(() => {
    const claim = (run && claimOf(run, definitions, count)) ?? NOTHING
    return setHolder(
      context.active(),
      createRequestJourney(definitions, claim, () => options.subject),
    )
  })
  return runIn(inside, work)
}
