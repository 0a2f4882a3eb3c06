import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Attributes } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { Engine } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import { baggageOf, createTracker } from '@throughline/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { startService } from '../scripts/processes.ts'
import { startDev } from '../scripts/shop.ts'
import { createSchema, startBridge, tablesOf } from './collector/bridge-process.ts'
import { startGateway } from './collector/gateway.ts'
import type { Given } from './collector/spans.ts'
import { send, spans, strings } from './collector/spans.ts'
import { checkout, definitions, onePagePayment } from './other-languages/journeys.ts'
import { buildPython, NoPython } from './other-languages/python.ts'

// A browser, a Python service with OpenTelemetry's own baggage span processor, our Node server behind it: what is
// stamped, and what hostile baggage cannot do, on both roads into the tables.

const python = await buildPython().catch((error) => {
  if (process.env.CI || !(error instanceof NoPython)) throw error
  console.log(`skipped the service in Python: ${error.message}`)
  return undefined
})
const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where telemetry goes, and what is there. */
interface Road {
  readonly publicUrl: string
  readonly internalUrl: string
  readonly engine: Engine
}

/** What is still to be stopped, in order. */
const running: (() => Promise<void>)[] = []
const folder = mkdtempSync(join(tmpdir(), 'throughline-languages-'))
afterAll(async () => {
  for (const stop of running.reverse()) await stop()
  rmSync(folder, { recursive: true, force: true })
})

async function openDev(): Promise<Road> {
  const data = join(folder, 'dev')
  const config = at('./other-languages/throughline.config.ts')
  const { url, stop } = await startDev({ port: 0, data, config })
  running.push(stop)
  const engine = await openEngine({ folder: data })
  running.push(() => engine.close())
  return { publicUrl: url, internalUrl: url, engine }
}

async function openGateway(): Promise<Road> {
  const bridge = await startBridge(join(folder, 'clickhouse'))
  running.push(bridge.stop)
  await createSchema(bridge)
  const engine = await openEngine({ url: tablesOf(bridge) })
  running.push(() => engine.close())
  const gateway = await startGateway(collector!, join(folder, 'queue'), bridge.url)
  running.push(gateway.stop)
  return { ...gateway, engine }
}

/** A browser on the payment step: what it sends with its requests, and what it has to report. */
function browse() {
  const tracker = createTracker({ ...definitions, subject: 'somebody' })
  const events: Given[] = []
  tracker.subscribe(({ name, time, attributes }) => {
    events.push({ name, time, attributes })
  })
  tracker.assign(onePagePayment, 'one-page')
  tracker.enter(checkout, 'cart')
  tracker.enter(checkout, 'payment')
  const visit = tracker.current()!
  return { events, context: visit.attributes, baggage: baggageOf(visit, tracker.others(visit)) }
}

const headerOf = (members: Record<string, string>) =>
  Object.entries(members)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',')

const HOSTILE = {
  'throughline.event.source': 'server',
  'throughline.event.id': '0123456789abcdef0123456789abcdef',
  'throughline.run.outcome': 'converted',
  'throughline.run.outcome_at': '1',
  'throughline.run.end_reason': 'because',
  'throughline.conversion.value': '1000000',
  'throughline.conversion.currency': 'EUR',
}
/** Shows which services stamp what they were told not to. */
const MARKER = { 'throughline.marker': 'seen' }

describe.skipIf(!python).each([
  ['throughline dev', openDev],
  ['the gateway', openGateway],
] as const)('a service in Python, into %s', (name, open) => {
  const isSkipped = name === 'the gateway' && !collector
  let road: Road
  /** By what they stamp. */
  const urls: Record<string, string> = {}

  beforeAll(async () => {
    if (isSkipped) return
    road = await open()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: road.internalUrl }
    const node = await startService(
      'the Node server',
      ['--import', at('./other-languages/telemetry.ts'), at('./other-languages/server.ts')],
      { env: { ...env, OTEL_SERVICE_NAME: 'orders' } },
    )
    running.push(node.stop)
    for (const stamps of ['documented', 'bare']) {
      const service = await startService(
        `the service in Python (${stamps})`,
        [at('./other-languages/python/service.py'), node.url, stamps],
        { command: python!, env: { ...env, OTEL_SERVICE_NAME: stamps } },
      )
      running.push(service.stop)
      urls[stamps] = service.url
    }
  })

  async function post(stamps: string, path: string, members: Record<string, string>) {
    const response = await fetch(urls[stamps]! + path, {
      method: 'POST',
      headers: { baggage: headerOf(members) },
    })
    expect([response.status, await response.text()]).toEqual([200, 'ok'])
  }

  const fromBrowser = (events: readonly Given[]) =>
    send(
      new OTLPTraceExporter({
        url: `${road.publicUrl}/v1/traces`,
        headers: { origin: 'http://localhost:5173' },
      }),
      spans('browser', events),
    )

  /** The attributes of a service's spans, with their names in front, once there are so many. */
  async function stored(service: string, count: number) {
    const rows = () =>
      road.engine.query<{ name: string; attributes: Record<string, string> }>(
        `SELECT SpanName AS name, SpanAttributes AS attributes FROM otel_traces
         WHERE ServiceName = {service:String} ORDER BY name LIMIT 1 BY SpanId`,
        { service },
      )
    await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(count)
    return rows()
  }

  /** What the report says, but for its endpoints: those requests did happen. */
  async function figures() {
    const { journeys, hypotheses } = await analyse(road.engine, definitions, { now: new Date() })
    return { journeys: journeys.map((journey) => ({ ...journey, endpoints: [] })), hypotheses }
  }

  it.skipIf(isSkipped)('is tagged through its baggage, and hands it on', async () => {
    const { events, context, baggage } = browse()
    await fromBrowser(events)
    await post('documented', '/orders', baggage)
    expect(context).toMatchObject({
      'throughline.visit.id': expect.stringMatching(/^[\da-f]{32}$/),
      'throughline.visit.index': 2,
      'throughline.step.name': 'payment',
      'throughline.hypothesis.one-page-payment': 'one-page',
    })
    expect(await stored('documented', 3)).toEqual(
      ['POST', 'POST /orders', 'reserve'].map((name) => ({ name, attributes: strings(context) })),
    )
    const onNode = (await stored('orders', 3)).map(({ name, attributes }) => ({ name, ...attributes }))
    const expected = strings(context)
    expect(onNode).toEqual(
      ['POST', 'query', 'throughline.run.end'].map((name) => expect.objectContaining({ name, ...expected })),
    )
    expect((await figures()).journeys[0]).toMatchObject({
      runs: 1,
      conversions: 1,
      value: [{ currency: 'EUR', amount: 40 }],
    })
  })

  it.skipIf(isSkipped)('is no way into the report for hostile baggage, whatever it stamps', async () => {
    const { events, context, baggage } = browse()
    await fromBrowser(events)
    await stored('browser', 2 * events.length)
    const before = await figures()
    expect(before.journeys[0]).toMatchObject({ runs: 2, conversions: 1 })

    await post('documented', '/look', { ...baggage, ...HOSTILE, ...MARKER })
    await post('bare', '/look', { ...baggage, ...HOSTILE, ...MARKER })
    await stored('orders', 3 + 2 * 2)
    const careful = (await stored('documented', 6)).filter(({ name }) => name !== 'POST /orders')
    const careless = await stored('bare', 3)
    // It did stamp what it was sent, and would have stamped the rest.
    const of = (attributes: Attributes) => strings({ ...context, ...attributes })
    expect(careless.map(({ attributes }) => attributes)).toEqual([of(MARKER), of(MARKER), of(MARKER)])
    expect(careful.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain('throughline.marker')
    expect(await figures()).toEqual(before)
  })
})

it('stamps by the predicate that the documents give', () => {
  const predicate = String.raw`^throughline\.(journey|run\.id|step|visit|hypothesis)`
  for (const file of ['./other-languages/python/service.py', '../README.md', '../docs/attributes.md'])
    expect(readFileSync(at(file), 'utf8'), file).toContain(predicate)
})
