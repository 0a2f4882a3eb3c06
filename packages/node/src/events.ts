import { createHash, randomBytes } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { context, trace } from '@opentelemetry/api'
import type { Visit } from '@throughline/core'
import { attributes, setVisit } from '@throughline/core'

const { EVENT_ID, EVENT_SOURCE } = attributes
const REMEMBERED = 10_000

/** The newest things that were recorded; older ones are forgotten, and analysis removes what comes again. */
const recorded = new Set<string>()

export const randomId = (): string => randomBytes(16).toString('hex')

/** The event id of a server's outcome: the same wherever and however often it is reported. */
export const outcomeId = (run: string, key: string): string =>
  createHash('sha256').update(`${run}/${key}`).digest('hex').slice(0, 32)

/**
 * Records an event span about a visit, a child of the span that is active.
 *
 * @param once names what is recorded at most once in this process (as long as it is remembered)
 */
export function record(
  name: string,
  visit: Visit,
  own: Record<string, string | number | undefined>,
  { id = randomId(), once }: { readonly id?: string; readonly once?: string } = {},
): void {
  if (once !== undefined && recorded.has(once)) return
  const all: Attributes = { ...visit.attributes, [EVENT_ID]: id, [EVENT_SOURCE]: 'server' }
  for (const key in own) if (own[key] !== undefined) all[key] = own[key]
  const startTime = Date.now()
  // The visit goes along, so that the processor stamps the run that this is about, not the ambient one.
  const parent = setVisit(context.active(), visit)
  const span = trace.getTracer('@throughline/node').startSpan(name, { attributes: all, startTime }, parent)
  const isRecorded = span.isRecording()
  span.end(startTime)
  // What a sampler dropped may be recorded by the next attempt.
  if (once === undefined || !isRecorded) return
  recorded.add(once)
  if (recorded.size > REMEMBERED) recorded.delete(recorded.values().next().value!)
}
