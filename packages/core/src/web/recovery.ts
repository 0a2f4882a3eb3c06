import type { EncodedSpan } from './otlp'

const OLDEST = 7 * 864e5
const YOUNGEST = 3000
const MOST = 1000

/** A span that a page left behind, and its event's id. */
export interface Left extends EncodedSpan {
  readonly id: string
}

/**
 * What pages that are gone left in the outbox, oldest first. Entries that are malformed (anyone on the origin can write there), too
 * old or too many are removed.
 *
 * @param prefix of the outbox's keys
 * @param page the id of this page: it sends its own
 */
export function leftBehind(storage: Storage, prefix: string, page: string): Left[] {
  const now = Date.now()
  const found: (Left & { at: number })[] = []
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(prefix)) continue
    const [time, from, head = '', text = ''] = `${storage.getItem(key)}`.split('\n')
    const at = Number(time)
    if (!(now - at < OLDEST) || !isSpan(head, text)) storage.removeItem(key)
    // A page that is still alive, in another tab, sends its own in this time.
    else if (from !== page && Math.abs(now - at) > YOUNGEST)
      found.push({ at, id: key.slice(prefix.length), head, text })
  }
  found.sort((a, b) => a.at - b.at)
  for (const { id } of found.splice(0, found.length - MOST)) storage.removeItem(prefix + id)
  return found
}

function isSpan(head: string, text: string): boolean {
  try {
    const [span] = JSON.parse(`{${head}${text}]}]}`).scopeSpans[0].spans
    return (
      /^[\da-f]{32}$/.test(span.traceId) &&
      /^[\da-f]{16}$/.test(span.spanId) &&
      Array.isArray(span.attributes)
    )
  } catch {
    return false
  }
}
