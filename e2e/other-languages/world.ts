// What lies around the service in another language: a browser before it, our Node server behind it, and two roads for
// the telemetry of all three.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { Engine } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import { baggageOf, createTracker } from '@throughline/core'
import { expect } from 'vitest'
import { startService } from '../../scripts/processes.ts'
import { startDev } from '../../scripts/shop.ts'
import { createSchema, startBridge, tablesOf } from '../collector/bridge-process.ts'
import { startGateway } from '../collector/gateway.ts'
import type { Given } from '../collector/spans.ts'
import { send, spans } from '../collector/spans.ts'
import { checkout, definitions, onePagePayment } from './journeys.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where telemetry goes, and what is there. */
export interface Road {
  readonly publicUrl: string
  readonly internalUrl: string
  readonly engine: Engine
}

/** Opens roads and services; `stop` ends all of them. */
export function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-languages-'))
  const running: (() => Promise<void>)[] = []
  return {
    async openDev(): Promise<Road> {
      const data = mkdtempSync(join(folder, 'dev-'))
      const { url, stop } = await startDev({ port: 0, data, config: at('./throughline.config.ts') })
      running.push(stop)
      const engine = await openEngine({ folder: data })
      running.push(() => engine.close())
      return { publicUrl: url, internalUrl: url, engine }
    },

    async openGateway(collector: string): Promise<Road> {
      const bridge = await startBridge(join(folder, 'clickhouse'))
      running.push(bridge.stop)
      await createSchema(bridge)
      const engine = await openEngine({ url: tablesOf(bridge) })
      running.push(() => engine.close())
      const gateway = await startGateway(collector, join(folder, 'queue'), bridge.url)
      running.push(gateway.stop)
      return { ...gateway, engine }
    },

    /** Starts the Node server; its address. */
    startNode: (road: Road) =>
      start('orders', road, {
        args: ['--import', at('./telemetry.ts'), at('./server.ts')],
      }),

    start,

    async stop() {
      for (const stop of running.reverse()) await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }

  /** Starts a service that prints its address, and sends its spans along the road under its name; its address. */
  async function start(
    name: string,
    { internalUrl }: Road,
    { command = process.execPath, args }: { readonly command?: string; readonly args: readonly string[] },
  ): Promise<string> {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: internalUrl, OTEL_SERVICE_NAME: name }
    const service = await startService(`the service "${name}"`, args, { command, env })
    running.push(service.stop)
    return service.url
  }
}

/** A browser on the payment step: what it sends with its requests, and what it has to report. */
export function browse() {
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

/** Sends what a browser has to report. */
export const report = ({ publicUrl }: Road, events: readonly Given[]) =>
  send(
    new OTLPTraceExporter({ url: `${publicUrl}/v1/traces`, headers: { origin: 'http://localhost:5173' } }),
    spans('browser', events),
  )

const headerOf = (members: Record<string, string>) =>
  Object.entries(members)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',')

/** Asks a service as a browser does, with baggage. */
export async function post(url: string, members: Record<string, string>): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { baggage: headerOf(members) } })
  expect([response.status, await response.text()]).toEqual([200, 'ok'])
}

/** The attributes of a service's spans, with their names in front, once there are so many. */
export async function stored({ engine }: Road, service: string, count: number) {
  const rows = () =>
    engine.query<{ name: string; attributes: Record<string, string> }>(
      `SELECT SpanName AS name, SpanAttributes AS attributes FROM otel_traces
       WHERE ServiceName = {service:String} ORDER BY name LIMIT 1 BY SpanId`,
      { service },
    )
  await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(count)
  return rows()
}

/** What the report says, but for its endpoints and their rank: those requests did happen. */
export async function figures({ engine }: Road) {
  const { journeys, hypotheses } = await analyse(engine, definitions, { now: new Date() })
  return { journeys: journeys.map((journey) => ({ ...journey, endpoints: [], ranking: null })), hypotheses }
}

/** What an attacker would put into baggage. */
export const HOSTILE = {
  'throughline.event.source': 'server',
  'throughline.event.id': '0123456789abcdef0123456789abcdef',
  'throughline.run.outcome': 'converted',
  'throughline.run.outcome_at': '1',
  'throughline.run.end_reason': 'because',
  'throughline.conversion.value': '1000000',
  'throughline.conversion.currency': 'EUR',
}
/** Shows which services stamp what they were told not to. */
export const MARKER = { 'throughline.marker': 'seen' }
