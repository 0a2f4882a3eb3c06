import type { FinishedSpan } from './delivery'
import type { OutboxEntry } from './outbox'

const OLDEST = 7 * 864e5
const YOUNGEST = 5000
const MOST = 1000

/**
 * What pages that are gone left in the outbox, oldest first. Entries that are malformed (anyone on the origin can write there), too
 * old or too many are removed.
 *
 * @param prefix of the outbox's keys
 * @param page the id of this page: it sends its own
 */
export function leftBehind(
  storage: Storage,
  prefix: string,
  page: string,
  asResource: (attributes: OutboxEntry['resource']) => FinishedSpan['resource'],
): { id: string; span: FinishedSpan }[] {
  const now = Date.now()
  // The exporter groups spans by the identity of their resource.
  const resources = new Map<string, FinishedSpan['resource']>()
  const found: { at: number; id: string; span: FinishedSpan }[] = []
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(prefix)) continue
    const entry = parse(storage.getItem(key))
    if (!entry || now - entry.at > OLDEST) {
      storage.removeItem(key)
      continue
    }
    // A page that is still alive, in another tab, sends its own in this time.
    if (entry.page === page || Math.abs(now - entry.at) < YOUNGEST) continue
    const text = JSON.stringify(entry.resource)
    const resource = resources.get(text) ?? asResource(entry.resource)
    resources.set(text, resource)
    found.push({ at: entry.at, id: key.slice(prefix.length), span: revive(entry, resource) })
  }
  found.sort((a, b) => a.at - b.at)
  for (const { id } of found.splice(0, found.length - MOST)) storage.removeItem(prefix + id)
  return found
}

function parse(text: string | null): OutboxEntry | undefined {
  try {
    const entry: OutboxEntry = JSON.parse(text!)
    const { span, context } = entry
    const isSpan = typeof span.name === 'string' && span.startTime.length === 2 && span.endTime.length === 2
    const isIdentified = /^[\da-f]{32}$/.test(context.traceId) && /^[\da-f]{16}$/.test(context.spanId)
    const isWhole = span.attributes && span.status && entry.resource && Array.isArray(span.links)
    return isSpan && isIdentified && isWhole && entry.at > 0 ? entry : undefined
  } catch {
    return undefined
  }
}

/** The span as it was, for an exporter of either OpenTelemetry line. */
function revive(
  { span, context, traceState }: OutboxEntry,
  resource: FinishedSpan['resource'],
): FinishedSpan {
  const state = traceState && { traceState: { serialize: () => traceState } }
  return {
    ...span,
    resource,
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    spanContext: () => ({ ...context, ...state }) as ReturnType<FinishedSpan['spanContext']>,
  }
}
