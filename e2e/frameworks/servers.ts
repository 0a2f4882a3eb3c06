// What the cases of servers need: a sink for their spans, and the application behind a port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { header, members, runId } from '../../packages/node/src/testing.ts'
import type { Service } from '../../scripts/processes.ts'
import { startService } from '../../scripts/processes.ts'

export interface Span {
  readonly name: string
  readonly traceId: string
  readonly kind: number
  readonly attributes: Record<string, unknown>
}
interface OtlpSpan extends Omit<Span, 'attributes'> {
  readonly attributes: { key: string; value: Record<string, unknown> }[]
}

/** An application that is running. */
export interface Application {
  readonly url: string
  /** What has arrived of it since the test began. */
  named(name: string): Span[]
  spans(): Span[]
}

/**
 * Starts an application for the tests around the call; its exporter sends to a sink.
 *
 * @param prepare builds it: its folder, what Node is given, and what its environment has besides
 */
export function serverOf(
  name: string,
  prepare: () => { folder: string; args: string[]; env?: Record<string, string> },
): Application {
  const spans: Span[] = []
  const sink = createServer(async (request, response) => {
    for (const { scopeSpans } of JSON.parse(await text(request)).resourceSpans)
      for (const { spans: some } of scopeSpans as { spans: OtlpSpan[] }[])
        for (const span of some) {
          const pairs = span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])
          spans.push({ ...span, attributes: Object.fromEntries(pairs) })
        }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  let service: Service
  beforeAll(async () => {
    const { folder, args, env } = prepare()
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
    service = await startService(name, args, {
      cwd: folder,
      env: {
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        NEXT_TELEMETRY_DISABLED: '1',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        ...env,
      },
    })
  })
  afterAll(async () => {
    await service?.stop()
    await new Promise((resolve) => sink.close(resolve).closeAllConnections())
  })
  beforeEach(() => void spans.splice(0))
  return {
    get url() {
      return service.url
    },
    spans: () => spans,
    named: (name) => spans.filter((span) => span.name === name),
  }
}

export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

/** What a browser on the payment step sends; the journey of these applications has no shipping, and no hypothesis. */
export function headersOf(run: string): Record<string, string> {
  const { 'throughline.hypothesis.one-page-payment': _, ...rest } = members(run)
  const baggage = header({ ...rest, 'throughline.step.index': '1' })
  return { baggage, traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }
}

/** What everything is stamped with that belongs to it. */
export const payment = (run: string) => ({ 'throughline.run.id': run, 'throughline.step.name': 'payment' })

export const postJson = (
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

export const untilOne = (find: () => Span[]) => expect.poll(() => find().length, { timeout: 30_000 }).toBe(1)

/** Requests with journeys and one without, all at once: each is answered with its own. */
export async function expectKeptApart(url: string): Promise<void> {
  const ask = async (headers = {}) => (await (await postJson(url, {}, headers)).json()).run
  const runs = Array.from({ length: 10 }, () => runId())
  expect(await Promise.all([...runs.map((run) => ask(headersOf(run))), ask()])).toEqual([...runs, null])
}
