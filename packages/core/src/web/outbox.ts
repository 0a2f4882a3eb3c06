import type { StateStorage } from '../tracker'
import type { FinishedSpan } from './delivery'

export const PREFIX = 'throughline.out.'
const MOST = 600
const CHARACTERS = 1_000_000
const KEPT = [
  'name',
  'kind',
  'parentSpanContext',
  'startTime',
  'endTime',
  'status',
  'attributes',
  'links',
  'events',
  'duration',
  'instrumentationScope',
] as const

/** All that an event span needs to be sent again by another page, as the same span. */
export interface OutboxEntry {
  /** ms since the epoch. */
  readonly at: number
  readonly page: string
  readonly span: Pick<FinishedSpan, (typeof KEPT)[number]>
  readonly context: { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }
  readonly traceState: string | undefined
  readonly resource: FinishedSpan['resource']['attributes']
}

/** Journey events on their way: written before they are sent, removed when they arrived, one key for each. */
export interface Outbox {
  put(id: string, span: FinishedSpan): void
  remove(id: string): void
}

/**
 * @param storage shared by the origin's tabs; full or denied, events live in memory alone
 * @param page the id of this page, which sends what it wrote itself
 */
export function createOutbox(storage: StateStorage, page: string): Outbox {
  const lengths = new Map<string, number>()
  let room = CHARACTERS
  return {
    put(id, span) {
      try {
        const { traceState, ...context } = span.spanContext()
        const entry = {
          at: Date.now(),
          page,
          span: Object.fromEntries(KEPT.map((key) => [key, span[key]])),
          context,
          traceState: traceState?.serialize(),
          resource: span.resource.attributes,
        }
        const text = JSON.stringify(entry)
        if (lengths.has(id) || lengths.size >= MOST || text.length > room) return
        storage.setItem(PREFIX + id, text)
        lengths.set(id, text.length)
        room -= text.length
      } catch {
        // Not stored; it is still in memory, on its way.
      }
    },
    remove(id) {
      try {
        storage.removeItem(PREFIX + id)
        room += lengths.get(id) ?? 0
        lengths.delete(id)
      } catch {
        // As above.
      }
    },
  }
}
