import type { EncodedSpan } from './otlp'
import { safely } from './safely'

export const PREFIX = 'throughline.out.'
/** Then a page's id: the ids of its entries of which an attempt may have arrived. Recovery reads it. */
const TRIED = 'throughline.tried.'
const MOST = 600
const CHARACTERS = 1_000_000

/**
 * Journey events on their way: written before they are sent, removed when they arrived. One key for each, so that
 * tabs do not overwrite each other; four lines: when it was written (ms since the epoch), by which page and to where,
 * and the span as it is sent.
 */
export interface Outbox {
  put(id: string, span: EncodedSpan): void
  remove(id: string): void
  /**
   * Writes that an attempt to send these may arrive, before it is made, or that it certainly has not: a later page that
   * sends them again says so.
   */
  mark(ids: readonly string[], isTried: boolean): void
}

/** Full or denied, it leaves the event in memory, on its way. */
const attempt = (fn: () => void) => safely(fn, 'debug')

/**
 * In `localStorage`, which the origin's tabs share; full or denied, events live in memory alone. It is opened with
 * the first event: that takes a while.
 *
 * @param page the id of this page, which sends what it wrote itself, and where it sends it
 */
export function createOutbox(page: string): Outbox {
  const marks = TRIED + page.split(' ')[0]
  const lengths = new Map<string, number>()
  const tried = new Set<string>()
  let room = CHARACTERS
  return {
    put(id, { head, text }) {
      attempt(() => {
        const entry = [Date.now(), page, head, text].join('\n')
        if (lengths.has(id) || lengths.size >= MOST || entry.length > room) return
        localStorage.setItem(PREFIX + id, entry)
        lengths.set(id, entry.length)
        room -= entry.length
      })
    },
    remove(id) {
      attempt(() => {
        localStorage.removeItem(PREFIX + id)
        room += lengths.get(id) ?? 0
        lengths.delete(id)
        // A mark of what is gone does no harm: it is written with the next, and goes with the last.
        if (tried.delete(id) && tried.size === 0) localStorage.removeItem(marks)
      })
    },
    mark(ids, isTried) {
      attempt(() => {
        for (const id of ids) isTried ? tried.add(id) : tried.delete(id)
        if (tried.size > 0) localStorage.setItem(marks, [...tried].join(' '))
        else localStorage.removeItem(marks)
      })
    },
  }
}
