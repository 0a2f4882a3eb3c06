import type { Delivery, Left } from './delivery'

const OLDEST = 7 * 864e5
const YOUNGEST = 3000
const MOST = 1000
/** Entries looked at in one go, so that a full outbox is no long task. */
const PORTION = 50
const PAUSE = 200
/** Of those handed over, how many may be on their way: a queue full of them would push this page's own out. */
const MOST_AT_ONCE = 200
const WAIT = 5000
/** By then the page before has sent, or lost, what it wrote last. */
const SETTLED = 4000

/**
 * What pages that are gone left in the outbox, a portion with each call, each entry once; undefined while enough are on their way. Entries that are malformed (anyone on the
 * origin can write there), too old or too many are removed.
 *
 * @param prefix of the outbox's keys
 * @param page the id of this page: it sends its own
 */
function leftBehind(storage: Storage, prefix: string, page: string): () => Left[] | undefined {
  const handed = new Set<string>()
  return () => {
    for (const key of handed) if (storage.getItem(key) === null) handed.delete(key)
    if (handed.size >= MOST_AT_ONCE) return undefined
    const now = Date.now()
    const found: Left[] = []
    const keys = Object.keys(storage).filter((key) => key.startsWith(prefix))
    for (const key of keys.splice(MOST)) storage.removeItem(key)
    for (const key of keys.filter((key) => !handed.has(key))) {
      if (found.length === PORTION) break
      const [time, from, head = '', text = ''] = `${storage.getItem(key)}`.split('\n')
      const age = now - Number(time)
      if (!(age < OLDEST) || !isSpan(head, text)) storage.removeItem(key)
      // A page that is still alive, in another tab, sends its own in this time.
      else if (from !== page && Math.abs(age) > YOUNGEST) {
        handed.add(key)
        found.push({ id: key.slice(prefix.length), head, text })
      }
    }
    return found
  }
}

/**
 * Has a delivery send what pages that are gone left behind: what is old at once, then what the page before wrote last.
 *
 * @returns looks again, once spans may leave
 */
export function recoverOutbox(
  prefix: string,
  consent: { readonly isOpen: boolean },
  delivery: Delivery,
  signal: AbortSignal,
): () => void {
  let next: ReturnType<typeof leftBehind> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  function pass() {
    clearTimeout(timer)
    if (signal.aborted || !consent.isOpen) return
    try {
      next ??= leftBehind(localStorage, prefix, delivery.page)
      const left = next()
      delivery.recover(left ?? [])
      if (left?.length !== 0) timer = setTimeout(pass, left ? PAUSE : WAIT)
    } catch {
      // Denied, or null where an application shows pages without storage: nothing was left there either.
    }
  }
  pass()
  const last = setTimeout(pass, SETTLED)
  signal.addEventListener('abort', () => clearTimeout(last))
  return pass
}

function isSpan(head: string, text: string): boolean {
  try {
    const [span] = JSON.parse(`{${head}${text}]}]}`).scopeSpans[0].spans
    return (
      /^[\da-f]{32}$/.test(span.traceId) &&
      /^[\da-f]{16}$/.test(span.spanId) &&
      [span.attributes, span.events ?? [], span.links ?? []].every(Array.isArray)
    )
  } catch {
    return false
  }
}
