import type { Journey } from '@throughline/core'
import type { Engine } from '../engine'
import { sqlText } from '../sql'
import type { ExistingSpan, StoredSpan } from './existing-span'
import type { Visitor } from './visitor'
import { createVisitor, stepOf } from './visitor'

/** Spans that are asked for at once: an hour that has more is read as a whole. */
const MOST_AT_ONCE = 50_000
const HOUR = 3_600_000
/** How long a trace may last for its spans to be known as one visitor's, in ms. */
const LONGEST_TRACE = 300_000

/** What visits were made of. */
export interface ExistingFound {
  /** Spans in the time looked at. */
  readonly spans: number
  /** Spans that name the address of a step. */
  readonly pages: number
  /** Of these, those that are in no run, since they name nobody where others do. */
  readonly nameless: number
  /** How runs are told apart: by session or person, or by trace where no span names either. */
  readonly by: 'session' | 'trace'
}

interface Hour {
  readonly hour: number
  readonly spans: number
  readonly named: number
}

/** Stretches of time with about as many spans as are asked for at once. */
export function stretchesOf(hours: readonly Hour[]): { first: number; last: number }[] {
  const stretches: { first: number; last: number; spans: number }[] = []
  for (const { hour, spans } of hours) {
    const current = stretches.at(-1)
    if (current && current.spans + spans <= MOST_AT_ONCE) {
      current.spans += spans
      current.last = hour + HOUR
    } else stretches.push({ first: hour, last: hour + HOUR, spans })
  }
  return stretches.map(({ first, last }) => ({ first, last }))
}

/**
 * Derives visits from spans that know nothing of Throughline, in the order of time.
 *
 * @param journeys whose steps have addresses
 * @param window ms since the epoch
 * @param store takes the spans of each stretch of time, as `otel_traces` has them
 */
export async function readExisting(
  source: Engine,
  journeys: readonly Journey[],
  window: { readonly first: number; readonly last: number },
  store: (rows: readonly StoredSpan[]) => void,
): Promise<ExistingFound> {
  const hours = await source.query<Hour>(sqlText('existing/hours'), window)
  const by = hours.some(({ named }) => named > 0) ? 'session' : 'trace'
  const found = { spans: hours.reduce((sum, { spans }) => sum + spans, 0), pages: 0, nameless: 0 }
  const longestPause = Math.max(...journeys.map(({ idle }) => idle))
  const visitors = new Map<string, Visitor>()

  for (const stretch of stretchesOf(hours)) {
    const first = Math.max(stretch.first, window.first)
    const last = Math.min(stretch.last, window.last)
    const params = { first, last, margin: LONGEST_TRACE }
    const spans = await source.query<ExistingSpan>(sqlText('existing/spans'), params)
    const rows: StoredSpan[] = []
    for (const span of spans) {
      const key = by === 'trace' ? span.trace : span.session || span.person
      let visitor = visitors.get(key)
      if (!visitor) {
        if (!journeys.some((journey) => stepOf(journey, span.addresses))) continue
        if (!key) {
          found.pages++
          found.nameless++
          continue
        }
        visitor = createVisitor(`${key} ${span.time}`, journeys)
        visitors.set(key, visitor)
      }
      if (visitor.take(span, (row) => rows.push(row))) found.pages++
    }
    store(rows)
    // After such a pause each journey begins anew: nothing of the visitor has to be kept.
    for (const [key, visitor] of visitors) if (last - visitor.seen() > longestPause) visitors.delete(key)
  }
  return { ...found, by }
}
