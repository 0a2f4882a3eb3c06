import { execFile } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { JourneyResult } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { knownSteps } from '../collector-config/parts.ts'
import { hypotheses, journeys } from '../examples/shop/journeys.ts'
import { startDev, writeAlerts } from '../scripts/shop.ts'
import { expandPrometheus, panelQueries } from './backends/grafana.ts'
import type { Program } from './backends/programs.ts'
import { startJaeger, startOpenSearch, startPrometheus } from './backends/programs.ts'
import { startGateway } from './collector/gateway.ts'
import { replay } from './collector/recorder.ts'
import { recordShop } from './shop-recording.ts'

// A shop's telemetry goes through the real gateway into Jaeger and Prometheus, set up as their pages in docs/backends
// say, and into `throughline dev`. What the pages ask is compared with the report.

const VISITORS = 300

const folder = mkdtempSync(join(tmpdir(), 'throughline-backends-'))
const running: { stop(): Promise<void> | void }[] = []
afterAll(async () => {
  for (const program of running.reverse()) await program.stop()
  rmSync(folder, { recursive: true, force: true })
})

const page = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../docs/backends/${name}.md`, import.meta.url)), 'utf8')
/** The blocks of a page in one language. */
const blocks = (name: string, language: string) =>
  page(name)
    .split(`\`\`\`${language}\n`)
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf('```')))

let ours: JourneyResult
let jaeger: Program
let prometheus: Program
/** What is stored of events. */
let events: { name: string; trace: string; span: string; attributes: Record<string, string> }[]

beforeAll(async () => {
  const collector = await buildCollector()
  if (!collector) throw new Error(NO_GO)
  const started = await startJaeger()
  jaeger = started
  running.push(jaeger)
  const backend = join(folder, 'backend.yaml')
  const [exporter] = blocks('jaeger', 'yaml')
  const pipelines = blocks('README', 'yaml').find((block) => block.startsWith('service:'))!
  writeFileSync(
    backend,
    `${exporter!.replace('http://jaeger:4318', started.otlp)}${pipelines.replaceAll('clickhouse, ', '')}`,
  )
  const steps = join(folder, 'steps.yaml')
  writeFileSync(
    steps,
    knownSteps(journeys.flatMap(({ name, steps }) => steps.map((step) => `${name}/${step.name}`))),
  )
  // Nothing is sent to ClickHouse, logs alone would be.
  const gateway = await startGateway(collector, join(folder, 'queue'), 'http://127.0.0.1:9', {}, [
    backend,
    steps,
  ])
  running.push(gateway)

  const data = join(folder, 'prometheus')
  mkdirSync(data)
  await writeAlerts(join(data, 'throughline-alerts'))
  const [scrape] = blocks('prometheus', 'yaml')
  prometheus = await startPrometheus(
    data,
    scrape!
      .replace('127.0.0.1:9464', new URL(gateway.metricsUrl).host)
      .replace('127.0.0.1:8888', new URL(gateway.telemetryUrl).host),
  )
  running.push(prometheus)

  const { browsers, servers } = await recordShop(VISITORS, running)
  await replay(browsers, gateway.publicUrl)
  await replay(servers, gateway.internalUrl)
  const own = join(folder, 'dev')
  const dev = await startDev({ port: 0, data: own })
  await replay(browsers, dev.url)
  await replay(servers, dev.url)
  await dev.stop()
  const engine = await openEngine({ folder: own })
  const until = new Date(Date.now() + 2 * journeys[0]!.within)
  ours = (await analyse(engine, { journeys, hypotheses }, { until })).journeys[0]!
  events = await engine.query(
    `SELECT SpanName AS name, TraceId AS trace, SpanId AS span, SpanAttributes AS attributes
     FROM otel_traces WHERE SpanAttributes['throughline.event.id'] != ''`,
  )
  await engine.close()
  expect(ours.runs).toBe(VISITORS)
})

/** Runs a command line of the page on Jaeger, as it stands there but for the address. */
async function askJaeger(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    command.replaceAll('http://jaeger:16686', jaeger.url),
  ])
  return stdout.trim()
}

it('Jaeger: counts who came to each step, and who met an error', async () => {
  const [reached, errors] = blocks('jaeger', 'sh')
  for (const { name, reached: runs } of ours.steps)
    await expect
      .poll(() => askJaeger(reached!.replace('"payment"', `"${name}"`)), { timeout: 60_000 })
      .toBe(String(runs))
  const counted = (await askJaeger(errors!)).split('\n').map((line) => Number(/^ *(\d+)/.exec(line)![1]))
  const met = ours.errors.reduce((sum, { occurrences }) => sum + occurrences, 0)
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(met)
})

/** What Prometheus answers now, by a label. */
async function queryPrometheus(query: string, label = ''): Promise<Record<string, number>> {
  const response = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`)
  if (!response.ok) throw new Error(`${query}\n${await response.text()}`)
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  return Object.fromEntries(data.result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]))
}

/**
 * The sum of a counter of the page since the collector began, by a label; `increase` needs a sample before the first.
 */
const askPrometheus = (query: string, label: string) =>
  queryPrometheus(query.replaceAll('increase(', '(').replaceAll('[1d]', ''), label)

it('Prometheus: counts visits and errors by step, and how many visits were usable in time', async () => {
  const [enters, , ready, errors] = blocks('prometheus', 'promql')
  const visits = Object.fromEntries(
    ours.steps.map(({ name, reached, attempts }) => [name, Math.round(reached * attempts.mean)]),
  )
  await expect
    .poll(() => askPrometheus(enters!, 'throughline_step_name'), { timeout: 60_000 })
    .toMatchObject(visits)

  const payment = ours.latency.find(({ step, measure }) => step === 'payment' && measure === 'ready')!
  const measured = payment.buckets.filter(({ from }) => from !== null)
  const count = (of: typeof measured) => of.reduce((sum, bucket) => sum + bucket.visits, 0)
  const share = count(measured.filter(({ slow }) => !slow)) / count(measured)
  expect((await askPrometheus(ready!, ''))['']).toBeCloseTo(share, 10)

  const met = Object.values(await askPrometheus(errors!, 'throughline_step_name'))
  expect(met.reduce((sum, count) => sum + count, 0)).toBe(
    ours.errors.reduce((sum, { occurrences }) => sum + occurrences, 0),
  )
})

/** Spans under the names of Elastic's OpenTelemetry mapping: texts are keywords, and numbers are numbers. */
const MAPPING = {
  dynamic_templates: [
    { texts: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 1024 } } },
  ],
  properties: { 'attributes.throughline.step.ready_ms': { type: 'double' } },
}

/** The names of what a terms aggregation found, each with its number of runs. */
interface Buckets {
  buckets: {
    key: string
    runs: { value: number }
    step: Buckets
    variant: Buckets
  }[]
}

it('OpenSearch: counts who came to each step, compares slow runs with others, and who met which error', async () => {
  const data = join(folder, 'opensearch')
  mkdirSync(data)
  const search = await startOpenSearch(data)
  running.push(search)
  const ask = async (path: string, body: string, method = 'POST') => {
    const type = path.includes('_bulk') ? 'application/x-ndjson' : 'application/json'
    const response = await fetch(search.url + path, { method, body, headers: { 'content-type': type } })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return response.json()
  }
  await ask('/traces-shop', JSON.stringify({ mappings: MAPPING }), 'PUT')
  const ours_ = /^(throughline\.|exception\.)/
  const documents = events.map(({ attributes, ...span }) => {
    const kept = Object.entries(attributes).filter(([key]) => ours_.test(key))
    return { ...span, attributes: Object.fromEntries(kept) }
  })
  // Twice, as at-least-once delivery may: no answer changes.
  for (const lines of [documents, documents]) {
    const body = lines.map((document) => `{"index":{}}\n${JSON.stringify(document)}\n`).join('')
    expect((await ask('/traces-shop/_bulk?refresh=true', body)).errors).toBe(false)
  }

  const [reached, slow, errors] = blocks('elastic', 'json')
  const find = async (query: string) => (await ask('/traces-*/_search', query)).aggregations
  const steps: Buckets = (await find(reached!)).step
  expect(Object.fromEntries(steps.buckets.map(({ key, runs }) => [key, runs.value]))).toEqual(
    Object.fromEntries(ours.steps.map(({ name, reached: runs }) => [name, runs])),
  )

  const payment = ours.latency.find(({ step, measure }) => step === 'payment' && measure === 'ready')!
  const sum = (isSlow: boolean, of: 'visits' | 'conversions') =>
    payment.buckets
      .filter((bucket) => bucket.slow === isSlow && bucket.from !== null)
      .reduce((total, bucket) => total + bucket[of], 0)
  for (const [isSlow, query] of [
    [true, slow!],
    [false, slow!.replace('params.ready > 2000', 'params.ready <= 2000')],
  ] as const) {
    const { slow: found } = await find(query)
    expect([found.count, found.sum]).toEqual([sum(isSlow, 'visits'), sum(isSlow, 'conversions')])
  }

  const met: { error: Buckets } = await find(errors!)
  const runs = met.error.buckets.map(({ key, step }) => [
    key,
    step.buckets
      .flatMap(({ variant }) => variant.buckets)
      .reduce((total, { runs: { value } }) => total + value, 0),
  ])
  expect(Object.fromEntries(runs)).toEqual(
    Object.fromEntries(ours.errors.map(({ key, runs: number }) => [key, number])),
  )
})

it("Grafana on Prometheus: every panel's query has an answer", async () => {
  const queries = panelQueries(join(folder, 'prometheus', 'throughline-alerts'), 'prometheus')
  const unanswered = async () => {
    const silent: string[] = []
    for (const { panel, step, query } of queries)
      if (Object.keys(await queryPrometheus(expandPrometheus(query, '1h', '10m'))).length === 0)
        silent.push(step ? `${panel} (${step})` : panel)
    return silent
  }
  // Some are of rules, which are evaluated each minute.
  await expect.poll(unanswered, { timeout: 120_000, interval: 5000 }).toEqual([
    // The log records of the shop have nowhere to go, but are not given up.
    'Spans and log records given up',
    // Nothing is declared of these.
    ...['cart', 'shipping', 'confirmation'].map((step) => `Usable after (${step})`),
  ])
  const enters = queries.find(({ panel }) => panel === 'Visits to each step')!
  const visits = await queryPrometheus(expandPrometheus(enters.query, '1h', '1m'), 'throughline_step_name')
  // `increase` estimates what lies before the first sample and after the last.
  for (const { name, reached, attempts } of ours.steps)
    expect(Math.abs(visits[name]! / (reached * attempts.mean) - 1), name).toBeLessThan(0.1)
})

it("Grafana: reads every dashboard with its own types, which refuse what they don't know", async () => {
  const made = join(folder, 'prometheus', 'throughline-alerts')
  const files = globSync('*.json', { cwd: made }).map((file) => join(made, file))
  expect(files.length).toBeGreaterThan(5)
  const go = (args: readonly string[]) =>
    promisify(execFile)('go', ['run', '.', ...args], {
      cwd: fileURLToPath(new URL('./backends/grafana', import.meta.url)),
    })
  await go(files)
  const wrong = join(folder, 'wrong.json')
  const dashboard = JSON.parse(readFileSync(files[0]!, 'utf8'))
  dashboard.panels.find(({ type }: { type: string }) => type !== 'row').gridPos = { left: 1 }
  writeFileSync(wrong, JSON.stringify(dashboard))
  await expect(go([wrong])).rejects.toMatchObject({ stdout: expect.stringContaining('gridPos') })
})

it('Prometheus: evaluates the rules without an error, and no alert fires for what was declared and kept', async () => {
  const rules = async () => {
    const response = await fetch(`${prometheus.url}/api/v1/rules`)
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string; state?: string }[] }[] }
    }
    return data.groups.flatMap((group) => group.rules)
  }
  await expect
    .poll(async () => (await rules()).every(({ health }) => health !== 'unknown'), { timeout: 120_000 })
    .toBe(true)
  const evaluated = await rules()
  expect(evaluated.length).toBeGreaterThan(15)
  expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([])
  const lost = evaluated.filter(({ name }) => /Lost|Down|Queue|Silent/.test(name))
  expect(lost.map(({ state }) => state)).toEqual(['inactive', 'inactive', 'inactive', 'inactive'])
})
