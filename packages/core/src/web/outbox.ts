import type { SpanContext } from '@opentelemetry/api'
import { createTraceState } from '@opentelemetry/api'
import type { StateStorage } from '../tracker'
import type { FinishedSpan } from './delivery'

const PREFIX = 'throughline.out.'
const MOST = 600
const BYTES = 1_000_000
const OLDEST = 7 * 864e5

/** All that an event span needs to be sent again by another page, as the same span. */
interface Entry {
  readonly at: number
  readonly page: string
  readonly span: Omit<FinishedSpan, 'spanContext' | 'resource'>
  readonly context: StoredContext
  readonly parent?: StoredContext | undefined
  readonly resource: FinishedSpan['resource']['attributes']
}

/** A span context without its methods, which do not survive storage. */
interface StoredContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly state?: string | undefined
}

const store = ({ traceId, spanId, traceFlags, traceState }: SpanContext): StoredContext => ({
  ...{ traceId, spanId, traceFlags },
  state: traceState?.serialize(),
})

const revive = ({ state, ...context }: StoredContext): SpanContext =>
  state ? { ...context, traceState: createTraceState(state) } : context

/** `localStorage`, or what stands in for it. */
export interface OutboxStorage extends StateStorage {
  readonly length: number
  key(index: number): string | null
}

/** Journey events on their way: written before they are sent, removed when they arrived, one key for each. */
export interface Outbox {
  put(id: string, span: FinishedSpan): void
  remove(id: string): void
  /** What pages that are gone left behind; entries that are too old are removed. */
  left(): { id: string; span: FinishedSpan }[]
  clear(): void
}

/** @param page the id of this page: what it wrote itself is not left behind */
export function createOutbox(storage: OutboxStorage, page: string): Outbox {
  let count = 0
  let bytes = 0

  /** Storage may be full or denied at any time: the events then live in memory alone. */
  function attempt<T>(fn: () => T, otherwise: T): T {
    try {
      return fn()
    } catch {
      return otherwise
    }
  }

  const keys = () =>
    Array.from({ length: storage.length }, (_, i) => storage.key(i)!).filter((key) => key?.startsWith(PREFIX))

  return {
    put(id, span) {
      attempt(() => {
        const { name, kind, startTime, endTime, status, attributes, events, duration } = span
        const { instrumentationScope, parentSpanContext: parent } = span
        const links = span.links.map((link) => ({ context: store(link.context) }))
        const kept = { name, kind, startTime, endTime, status, attributes, links, events, duration }
        const entry: Entry = {
          at: Date.now(),
          page,
          span: { ...kept, instrumentationScope, ended: true, ...NOTHING_DROPPED },
          context: store(span.spanContext()),
          parent: parent && store(parent),
          resource: span.resource.attributes,
        }
        const text = JSON.stringify(entry)
        if (count >= MOST || bytes + text.length > BYTES) return
        storage.setItem(PREFIX + id, text)
        count++
        bytes += text.length
      }, undefined)
    },
    remove(id) {
      attempt(() => {
        const length = storage.getItem(PREFIX + id)?.length ?? 0
        if (length) count--
        bytes -= length
        storage.removeItem(PREFIX + id)
      }, undefined)
    },
    left: () =>
      attempt(
        () =>
          keys().flatMap((key) => {
            const revived = attempt(() => {
              const {
                at,
                page: from,
                span,
                context,
                parent,
                resource,
              }: Entry = JSON.parse(storage.getItem(key)!)
              const age = Date.now() - at
              if (age > OLDEST || !context.traceId) throw 0
              // A page that is still alive, in another tab, sends its own.
              if (from === page || age < 1e4) return []
              const revived = {
                ...span,
                ...(parent && { parentSpanContext: revive(parent) }),
                spanContext: () => revive(context),
                resource: asResource(resource),
              }
              return [{ id: key.slice(PREFIX.length), span: revived }]
            }, undefined)
            if (!revived) storage.removeItem(key)
            return revived ?? []
          }),
        [],
      ),
    clear() {
      attempt(() => {
        for (const key of keys()) storage.removeItem(key)
      }, undefined)
    },
  }
}

const NOTHING_DROPPED = { droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 }

/** A Resource of either line, by structure. */
export function asResource(attributes: FinishedSpan['resource']['attributes']): FinishedSpan['resource'] {
  const resource: FinishedSpan['resource'] = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  }
  return resource
}
