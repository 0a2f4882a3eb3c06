// What the cases of servers need: a sink for their spans, and the application behind a port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { header, members, runId } from '../../packages/node/src/testing.ts'
import type { Service } from '../../scripts/processes.ts'
import type { Site } from '../page-life/site.ts'
import { start } from './prepare.ts'

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

/** How an application is started. */
export interface Start {
  /** Builds it, with what it will be told as it starts, and says where it is. */
  readonly build: (env: Record<string, string>) => string
  /** The script that starts it. */
  readonly script?: string
  /** For the tool of that script. */
  readonly args?: readonly string[]
  /** What its pages send goes there. */
  readonly pages?: () => Site
  /** Whether it takes any port when it is told 0, and says which. */
  readonly takesAny?: boolean
  /** What it is told besides. */
  readonly env?: () => Record<string, string>
}

/** A port for tools that take none for "any", or that want to know their own origin. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts what is told its port: a port that was free a moment ago, and another one if it has been taken since. */
async function startOnFree(begin: (port: number) => Promise<Service>, tries = 3): Promise<Service> {
  try {
    return await begin(await freePort())
  } catch (error) {
    if (tries > 1 && /EADDRINUSE|already in use/i.test(`${error}`)) return startOnFree(begin, tries - 1)
    throw error
  }
}

/** Starts an application for the tests around the call; its server's exporter sends to a sink of its own. */
export function appOf({ build, script = 'start', args = [], pages, takesAny, env }: Start): Application {
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
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
    const told = (port: number) => ({
      HOST: '127.0.0.1',
      PORT: `${port}`,
      ORIGIN: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...(pages && { THROUGHLINE_URL: `${pages().url}/otlp` }),
      ...env?.(),
    })
    const begin = (port: number) => start(build(told(port)), [script, ...args], told(port))
    service = await (takesAny ? begin(0) : startOnFree(begin))
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

/** Orders with journeys and one without, all at once: each confirms the run that it came with, and its own worth. */
export async function expectKeptApart(app: Application, path: string): Promise<void> {
  const runs = Array.from({ length: 9 }, () => runId())
  const asked = [undefined, ...runs].map((run, quantity) =>
    postJson(app.url + path, { quantity }, run === undefined ? {} : headersOf(run)),
  )
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 201))
  const charged = () => app.named('charge')
  await expect.poll(() => charged().length, { timeout: 30_000 }).toBe(asked.length)
  expect(charged().filter(({ attributes }) => 'throughline.run.id' in attributes)).toHaveLength(runs.length)
  const ends = () => app.named('throughline.run.end')
  await expect.poll(() => ends().length, { timeout: 30_000 }).toBe(runs.length)
  const worth = ends().map(({ attributes }) => [
    attributes['throughline.run.id'],
    attributes['throughline.conversion.value'],
  ])
  expect(Object.fromEntries(worth)).toEqual(Object.fromEntries(runs.map((run, at) => [run, 40 * (at + 1)])))
}
