import { diag, trace } from '@opentelemetry/api'
import { keepers } from './recorded-events'

/** As far as `flush` waits, in ms. */
const PATIENCE = 10_000

interface Flushable {
  forceFlush?(): Promise<void>
  getDelegate?(): Flushable
}

/**
 * Sends what was recorded so far, for platforms that freeze or end a process once it has answered: spans of the batch
 * processor, and what `keepUntilTaken` keeps. Never rejects, and gives up after ten seconds, when what is kept stays
 * kept.
 *
 * @example
 * ```ts
 * import { flush, withRequestJourney } from '@throughline/node'
 * import { checkout } from './journeys'
 *
 * const definitions = { journeys: [checkout] }
 * export default {
 *   async fetch(request: Request, env: unknown, platform: { waitUntil(work: Promise<unknown>): void }) {
 *     const response = await withRequestJourney(definitions, request, async () => new Response('ok'))
 *     platform.waitUntil(flush())
 *     return response
 *   },
 * }
 * ```
 */
export async function flush(): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE)
  })
  try {
    const provider = trace.getTracerProvider() as Flushable
    const sent = Promise.resolve((provider.getDelegate?.() ?? provider).forceFlush?.()).catch((error) =>
      diag.error('throughline:', error),
    )
    const taken = sent.then(() => Promise.all([...keepers].map((keeper) => keeper.flush())))
    await Promise.race([taken, late])
  } catch (error) {
    diag.error('throughline:', error)
  } finally {
    clearTimeout(timer)
  }
}
