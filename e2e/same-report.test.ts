import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { hypotheses, journeys } from '../examples/shop/journeys.ts'
import type { Service } from '../scripts/processes.ts'
import { startDev } from '../scripts/shop.ts'
import { createSchema, startBridge, tablesOf } from './collector/bridge-process.ts'
import { startGateway } from './collector/gateway.ts'
import { replay } from './collector/recorder.ts'
import { rounded } from './rounded.ts'
import { recordShop } from './shop-recording.ts'
import {
  browsers as oldBrowsers,
  servers as oldServers,
  recordedAt,
  reportOfThen,
} from './version-1/recording.ts'

// The shop's telemetry, recorded once, goes both roads: into `throughline dev`, and through the real collector into
// ClickHouse's interface, each time beside what the release before version 2 of the wire contract sent. What is
// stored, and the report on it, must be the same.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)
if (!collector) console.log(`skipped the comparison with the collector: ${NO_GO}`)

const VISITORS = 120
const services: { stop(): Promise<void> | void }[] = []
const folder = mkdtempSync(join(tmpdir(), 'throughline-roads-'))

/**
 * Every column of every span, in an order that does not hang on how they came, but for what the gateway takes out of
 * URLs.
 */
const SPANS = `
  SELECT * REPLACE (
    mapSort(ResourceAttributes) AS ResourceAttributes,
    mapSort(mapFilter((key, value) -> key != 'url.query', SpanAttributes)) AS SpanAttributes
  )
  FROM otel_traces ORDER BY TraceId, SpanId`

const count = async (engine: Engine) =>
  (await engine.query<{ n: number }>('SELECT count() AS n FROM otel_traces'))[0]!.n

describe.skipIf(!collector)('the two roads', () => {
  let dev: Engine
  let cluster: Engine

  beforeAll(async () => {
    const { browsers, servers } = await recordShop(VISITORS, services)

    const data = join(folder, 'dev')
    const earlier = await startDev({ port: 0, data, asOf: recordedAt.toISOString() })
    await replay(oldBrowsers, earlier.url)
    await replay(oldServers, earlier.url)
    await earlier.stop()
    const local = await startDev({ port: 0, data })
    services.push(local)
    await replay(browsers, local.url)
    await replay(servers, local.url)
    dev = await openEngine({ folder: data })

    const bridge: Service = await startBridge(join(folder, 'clickhouse'))
    services.push(bridge)
    await createSchema(bridge)
    const gateway = await startGateway(collector!, join(folder, 'queue'), bridge.url, {
      THROUGHLINE_OLDEST_SPAN: '876000h',
      THROUGHLINE_OLDEST_RUN_MS: String(100 * 365 * 864e5),
    })
    services.push(gateway)
    await replay(oldBrowsers, gateway.publicUrl)
    for (const request of oldServers)
      await replay([request], 'origin' in request.headers ? gateway.publicUrl : gateway.internalUrl)
    await replay(browsers, gateway.publicUrl)
    await replay(servers, gateway.internalUrl)
    cluster = await openEngine({ url: tablesOf(bridge) })
    const sent = await count(dev)
    await vi.waitFor(async () => expect(await count(cluster)).toBe(sent), { timeout: 60_000, interval: 200 })
  })

  afterAll(async () => {
    await dev?.close()
    await cluster?.close()
    for (const service of services.reverse()) await service.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('store the same spans', async () => {
    const stored = await dev.query(SPANS)
    expect(stored.length).toBeGreaterThan(VISITORS * 10)
    expect(await cluster.query(SPANS)).toEqual(stored)
  })

  it('lead to the same report', async () => {
    const now = new Date()
    // As of when nobody who was here can still convert, so that every part of the report has something to say.
    const until = new Date(now.getTime() + 2 * journeys[0]!.within)
    const report = await analyse(dev, { journeys, hypotheses }, { now, until })
    const then = reportOfThen().journeys[0]!
    const between = { now, since: new Date(recordedAt.getTime() + 1), until }
    const [today] = (await analyse(dev, { journeys, hypotheses: [] }, between)).journeys
    expect(today).toMatchObject({ runs: VISITORS })
    expect(today!.conversions).toBeGreaterThan(0)
    expect(report.journeys[0]).toMatchObject({
      runs: then.runs + VISITORS,
      conversions: then.conversions + today!.conversions,
    })
    expect(rounded(await analyse(cluster, { journeys, hypotheses }, { now, until }))).toEqual(rounded(report))
  })
})
