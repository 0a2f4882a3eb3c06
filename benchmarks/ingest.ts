// What the views cost: processor time of inserts into the collector's table with all views, against the same spans into
// the same table without any, merges included. They take turns in one process. 40,000 spans are what `throughline dev`
// inserts at once under full load, 5,000 what it inserts when so many come in a second.
//
// Before visits had a row of their own, `dev` inserted 12,500 spans at once, each for 1.5 times what it costs without
// views in inserts of 40,000. The target keeps 0.95 of that rate.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '@throughline/analysis'
import { applySchema, openStore } from '@throughline/analysis'
import type { Measurement } from './run.ts'

const ROUNDS = 6
const STEPS = ['product', 'cart', 'payment']
const RESOURCE = {
  'service.name': 'shop-web',
  'service.version': '2.4.1',
  'telemetry.sdk.language': 'webjs',
  'browser.mobile': 'false',
  'browser.platform': 'Windows',
  'browser.language': 'de',
  'network.connection.type': 'wifi',
  'user_agent.original':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex')

type Attributes = Record<string, string>

/** The spans of a run that a page reports: three visits, and what is said once of each run. */
function spansOfRun(at: number): string[] {
  const began = at.toString(16).padStart(12, '0')
  const page = hex(8)
  const about: Attributes = {
    'throughline.journey.name': 'checkout',
    'throughline.journey.version': '1',
    'throughline.run.id': `${began.slice(0, 8)}-${began.slice(8)}-7abc-8def-${hex(6)}`,
    'throughline.step.attempt': '1',
    'throughline.subject.id': hex(8),
    'throughline.hypothesis.one-page': 'control',
  }
  const lines: string[] = []
  function add(name: string, attributes: Attributes, kind = 'Internal') {
    const row = {
      Timestamp: String((at + lines.length * 100) * 1_000_000),
      TraceId: hex(16),
      SpanId: hex(8),
      SpanName: name,
      SpanKind: kind,
      ServiceName: 'shop-web',
      ResourceAttributes: RESOURCE,
      SpanAttributes: { ...about, ...attributes },
      Duration: 25_000_000,
      StatusCode: 'Unset',
    }
    lines.push(JSON.stringify(row))
  }
  for (const [index, step] of STEPS.entries()) {
    const visit = hex(16)
    const visited = { 'throughline.step.name': step, 'throughline.visit.id': visit }
    const event = (name: string, attributes: Attributes, id = hex(16)) =>
      add(name, {
        ...visited,
        'throughline.event.id': id,
        'throughline.event.seq': String(lines.length + 1),
        'throughline.event.source': 'browser',
        'throughline.page.id': page,
        ...attributes,
      })
    event('throughline.step.enter', { 'throughline.visit.index': String(index + 1) }, visit)
    event('throughline.step.ready', { 'throughline.step.ready_ms': '900' })
    for (const vital of ['lcp', 'fcp', 'ttfb', 'cls', 'inp'])
      event('browser.web_vital', {
        'browser.web_vital.name': vital,
        'browser.web_vital.value': '123.4',
        'browser.web_vital.id': hex(8),
      })
    for (const route of ['/api/prices', '/api/stock'])
      add('GET', { ...visited, 'http.request.method': 'GET', 'http.route': route }, 'Client')
    event('throughline.step.leave', { 'throughline.step.outcome': 'completed' })
  }
  const once = { 'throughline.event.id': hex(16), 'throughline.page.id': page }
  add('throughline.exposure', { ...once, 'throughline.exposure.hypothesis': 'one-page' })
  add('throughline.run.end', { ...once, 'throughline.run.outcome': 'converted' })
  add('throughline.delivery', { ...once, 'throughline.delivery.emitted': '27' })
  return lines
}

function linesOf(spans: number): Buffer {
  const lines: string[] = []
  while (lines.length < spans) lines.push(...spansOfRun(Date.now() - lines.length))
  return Buffer.from(lines.slice(0, spans).join('\n'))
}

async function merged(store: Store): Promise<void> {
  for (let quiet = 0; quiet < 3; await sleep(50)) {
    const [merges] = await store.query<{ n: number }>('SELECT count() AS n FROM system.merges')
    quiet = merges!.n === 0 ? quiet + 1 : 0
  }
}

/** Processor time of an insert and what it makes the engine merge, in ms. */
async function cost(store: Store, database: string, lines: Buffer): Promise<number> {
  await store.command(`USE ${database}`)
  const before = process.cpuUsage()
  await store.append('otel_traces', lines)
  await merged(store)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

export async function run(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-ingest-'))
  const store = await openStore(folder)
  try {
    await applySchema(store)
    await store.command('CREATE DATABASE bare')
    await store.command('CREATE TABLE bare.otel_traces AS throughline.otel_traces')
    const perSpan = new Map<string, number>()
    for (const spans of [5_000, 40_000]) {
      const costs: Record<string, number[]> = { bare: [], throughline: [] }
      for (let round = 0; round <= ROUNDS; round++) {
        const lines = linesOf(spans)
        for (const [database, taken] of Object.entries(costs)) {
          const ms = await cost(store, database, lines)
          // The first round warms both up.
          if (round > 0) taken.push(ms)
        }
      }
      for (const [database, taken] of Object.entries(costs))
        perSpan.set(`${database} ${spans}`, (sum(taken) * 1000) / ROUNDS / spans)
    }
    const of = (key: string) => perSpan.get(key)!
    const ratio = of('throughline 40000') / of('bare 40000')
    return [
      {
        measure: 'views / none, inserts of 5,000 spans',
        value: `${(of('throughline 5000') / of('bare 5000')).toFixed(2)}×`,
      },
      {
        measure: `views / none, 40,000 (${of('throughline 40000').toFixed(0)} µs a span)`,
        value: `${ratio.toFixed(2)}×`,
        target: '≤ 1.6×',
        met: ratio <= 1.6,
      },
    ]
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) console.table(await run())
