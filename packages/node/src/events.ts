import type { Attributes } from '@opentelemetry/api'
import { context, trace } from '@opentelemetry/api'
import type { Visit } from '@throughline/core'
import { attributes, SCHEMA_VERSION as CONTRACT, setVisit } from '@throughline/core'
import { randomId } from './ids'
import { keepers } from './recorded-events'
import { shared } from './shared'

const { EVENT_ID, EVENT_RESENT, EVENT_SOURCE, SCHEMA_VERSION } = attributes
const REMEMBERED = 10_000

/**
 * The newest things that were recorded, and whether all was said of them; older ones are forgotten, and analysis
 * removes what comes again.
 */
const recorded = shared('recorded', () => new Map<string, boolean>())

/**
 * Records an event span about a visit, a child of the span that is active.
 *
 * @param once names what is recorded at most once in this process (as long as it is remembered)
 * @param isWhole false when something is missing, which a later report of the same may bring
 * @returns false when it was recorded before
 */
export function record(
  name: string,
  visit: Visit,
  own: Record<string, string | number | undefined>,
  {
    id = randomId(),
    once,
    isWhole = true,
  }: { readonly id?: string; readonly once?: string; readonly isWhole?: boolean } = {},
): boolean {
  const before = once === undefined ? undefined : recorded.get(once)
  if (before === true || before === isWhole) return false
  // The resource is the host's, so each event says for itself which contract it follows.
  const all: Attributes = {
    ...visit.attributes,
    ...{ [EVENT_ID]: id, [EVENT_SOURCE]: 'server', [SCHEMA_VERSION]: CONTRACT },
  }
  if (before !== undefined) all[EVENT_RESENT] = true
  for (const key in own) if (own[key] !== undefined) all[key] = own[key]
  const startTime = Date.now()
  // The visit goes along, so that the processor stamps the run that this is about, not the ambient one.
  const parent = setVisit(context.active(), visit)
  const span = trace.getTracer('@throughline/node').startSpan(name, { attributes: all, startTime }, parent)
  const isRecorded = span.isRecording()
  span.end(startTime)
  if (isRecorded) for (const keeper of keepers) keeper.keep(span)
  // What a sampler dropped may be recorded by the next attempt.
  if (once === undefined || !isRecorded) return true
  recorded.set(once, isWhole)
  if (recorded.size > REMEMBERED) recorded.delete(recorded.keys().next().value!)
  return true
}
