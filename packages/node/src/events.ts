import { randomBytes } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { context, trace } from '@opentelemetry/api'
import type { Visit } from '@throughline/core'
import { attributes, setVisit } from '@throughline/core'

const { EVENT_ID, EVENT_SOURCE, SCHEMA_VERSION } = attributes
const REMEMBERED = 10_000

/** The newest things that were recorded; older ones are forgotten, and analysis removes what comes again. */
const recorded = new Set<string>()

export const randomId = (): string => randomBytes(16).toString('hex')

/**
 * Records an event span about a visit, a child of the span that is active.
 *
 * @param once names what is recorded at most once in this process (as long as it is remembered)
 * @returns false when it was recorded before
 */
export function record(
  name: string,
  visit: Visit,
  own: Record<string, string | number | undefined>,
  { id = randomId(), once }: { readonly id?: string; readonly once?: string } = {},
): boolean {
  if (once !== undefined && recorded.has(once)) return false
  // The resource is the host's, so each event says for itself which contract it follows.
  const all: Attributes = {
    ...visit.attributes,
    ...{ [EVENT_ID]: id, [EVENT_SOURCE]: 'server', [SCHEMA_VERSION]: 2 },
  }
  for (const key in own) if (own[key] !== undefined) all[key] = own[key]
  const startTime = Date.now()
  // The visit goes along, so that the processor stamps the run that this is about, not the ambient one.
  const parent = setVisit(context.active(), visit)
  const span = trace.getTracer('@throughline/node').startSpan(name, { attributes: all, startTime }, parent)
  const isRecorded = span.isRecording()
  span.end(startTime)
  // What a sampler dropped may be recorded by the next attempt.
  if (once === undefined || !isRecorded) return true
  recorded.add(once)
  if (recorded.size > REMEMBERED) recorded.delete(recorded.values().next().value!)
  return true
}
