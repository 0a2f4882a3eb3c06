import type { EncodedSpan } from './otlp'

export const PREFIX = 'throughline.out.'
const MOST = 600
const CHARACTERS = 1_000_000

/**
 * Journey events on their way: written before they are sent, removed when they arrived. One key for each, so that tabs do not
 * overwrite each other; four lines: when it was written (ms since the epoch), by which page and to where, and the span as it is sent.
 */
export interface Outbox {
  put(id: string, span: EncodedSpan): void
  remove(id: string): void
}

/**
 * In `localStorage`, which the origin's tabs share; full or denied, events live in memory alone. It is opened with the first event:
 * that takes a while.
 *
 * @param page the id of this page, which sends what it wrote itself, and where it sends it
 */
export function createOutbox(page: string): Outbox {
  const lengths = new Map<string, number>()
  let room = CHARACTERS
  return {
    put(id, { head, text }) {
      try {
        const entry = [Date.now(), page, head, text].join('\n')
        if (lengths.has(id) || lengths.size >= MOST || entry.length > room) return
        localStorage.setItem(PREFIX + id, entry)
        lengths.set(id, entry.length)
        room -= entry.length
      } catch {
        // Not stored; it is still in memory, on its way.
      }
    },
    remove(id) {
      try {
        localStorage.removeItem(PREFIX + id)
        room += lengths.get(id) ?? 0
        lengths.delete(id)
      } catch {
        // As above.
      }
    },
  }
}
