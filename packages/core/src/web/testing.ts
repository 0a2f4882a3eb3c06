import { checkout, onePage, signup } from '../testing'
import { startThroughline } from './index'
import type { ReadyMadeOptions, Throughline } from './options'

/** A span as it arrived, its attributes as plain values. */
export interface Arrived {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly flags?: number
  readonly traceState?: string
  readonly links?: { traceId: string; spanId: string }[]
  readonly attributes: Record<string, unknown>
  readonly resource: Record<string, unknown>
}

interface KeyValue {
  key: string
  value: Record<string, unknown>
}

const plain = (attributes: KeyValue[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** A test's own OTLP endpoint in the test server (`otlpSink`). */
export function createSink() {
  const endpoint = `/sink/${crypto.randomUUID()}`
  const bodies = async (): Promise<{ body: string; headers: Record<string, string> }[]> =>
    (await fetch(endpoint)).json()
  return {
    endpoint,
    bodies,
    /** What it answers from now on. */
    answer: (status: number, retryAfter = '', more = '') =>
      fetch(`${endpoint}/answer?status=${status}&retry-after=${retryAfter}&${more}`),
    /** Every span that arrived, in order, duplicates and all. */
    async spans(name?: string): Promise<Arrived[]> {
      const spans = (await bodies()).flatMap(({ body }) =>
        JSON.parse(body).resourceSpans.flatMap(
          ({
            resource,
            scopeSpans,
          }: {
            resource: { attributes: KeyValue[] }
            scopeSpans: { spans: never[] }[]
          }) =>
            scopeSpans.flatMap(({ spans }) =>
              spans.map((span: { attributes: KeyValue[] }) => ({
                ...span,
                attributes: plain(span.attributes),
                resource: plain(resource.attributes),
              })),
            ),
        ),
      )
      return spans.filter((span: Arrived) => !name || span.name === name)
    },
  }
}

const started: Throughline[] = []

/** `startThroughline` with the test journeys, stopped by `stopAll`. */
export function start(options: Partial<ReadyMadeOptions> & Pick<ReadyMadeOptions, 'endpoint'>): Throughline {
  const throughline = startThroughline({
    serviceName: 'test-web',
    journeys: [checkout, signup],
    hypotheses: [onePage],
    ...options,
  })
  started.push(throughline)
  return throughline
}

/** After each test: stops what was started and empties the storages. */
export async function stopAll() {
  for (const throughline of started.splice(0)) await throughline.stop()
  localStorage.clear()
  sessionStorage.clear()
}
