import type { Engine } from '@throughline/analysis'
import { analyse } from '@throughline/analysis'
import type { Journey } from '@throughline/core'

/** An event that was counted from outside. */
export interface Emitted {
  readonly id: string
  /** Who emitted it: a document, or a process. */
  readonly from: string
  /** Whether it was on disk soon after; undefined if its page or process did not live to say so. */
  isKept?: boolean
  /** There was no room on disk when it was emitted. */
  wasFull?: boolean
  /** By how much the clock of its page was wrong as it was written, ms. */
  jumped?: number
  /** A page of the same storage has a clock that is over a week ahead of that, which is how long events are kept. */
  isExpired?: boolean
}

/** What the store holds of an event. */
export interface StoredEvent {
  readonly id: string
  readonly page: string
  readonly number: number
}

/** What a soak found. */
export interface Outcome {
  readonly title: string
  readonly seed: number
  /** What was done, how often. */
  readonly done: Readonly<Record<string, number>>
  /** Events, by what became of them. */
  readonly rows: Readonly<Record<string, number>>
  /** Events that are in none of the figures though they should be; and what else cannot be. */
  readonly differences: readonly string[]
}

export const DAY = 864e5

/** The accounting of pages and servers together, as a report gives it. */
export async function accounted(engine: Engine, journeys: readonly Journey[]) {
  const since = new Date(Date.now() - 60 * DAY)
  const until = new Date(Date.now() + 10 * DAY)
  const { trust } = await analyse(engine, { journeys, hypotheses: [] }, { since, until })
  const { delivery, servers } = trust
  return {
    ...delivery,
    emitted: delivery.emitted + servers.emitted,
    delivered: delivery.delivered + servers.delivered,
    refused: delivery.refused + servers.refused,
    dropped: delivery.dropped + servers.dropped,
    pending: delivery.pending + servers.pending,
  }
}

const IS_EVENT = `SpanName LIKE 'throughline.%' OR SpanName IN ('browser.web_vital', 'exception')`

/** The distinct events in the tables. */
export async function storedEvents(engine: Engine): Promise<StoredEvent[]> {
  return engine.query<StoredEvent>(`
    SELECT SpanAttributes['throughline.event.id'] AS id, any(SpanAttributes['throughline.page.id']) AS page,
      any(toUInt32OrZero(SpanAttributes['throughline.event.seq'])) AS number
    FROM otel_traces WHERE (${IS_EVENT}) AND SpanName != 'throughline.delivery' GROUP BY id`)
}

/** How many events each page has said that it emitted. */
export async function accountsByPage(engine: Engine): Promise<Map<string, number>> {
  const rows = await engine.query<{ page: string; emitted: number }>(`
    SELECT SpanAttributes['throughline.page.id'] AS page,
      max(toUInt32OrZero(SpanAttributes['throughline.delivery.emitted'])) AS emitted
    FROM otel_traces WHERE SpanName = 'throughline.delivery' GROUP BY page`)
  return new Map(rows.map(({ page, emitted }) => [page, Number(emitted)]))
}

/** Counts what happens. */
export function counter() {
  const counts: Record<string, number> = {}
  return {
    counts,
    add(what: string, by = 1) {
      counts[what] = (counts[what] ?? 0) + by
    },
  }
}

const line = (what: string, count: number | string) => `  ${what.padEnd(66)} ${`${count}`.padStart(8)}`

/** What a soak found, as text. */
export function render({ title, seed, done, rows, differences }: Outcome): string {
  return [
    `${title} (seed ${seed})`,
    ...Object.entries(done)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([what, count]) => line(what, count)),
    '',
    ...Object.entries(rows).map(([what, count]) => line(what, count)),
    line('difference', differences.length),
    ...differences.slice(0, 40).map((text) => `    ${text}`),
  ].join('\n')
}
