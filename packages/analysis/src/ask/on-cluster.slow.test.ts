import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineHypothesis } from '@throughline/core'
import { Session } from 'chdb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rounded } from '../../../../e2e/rounded'
import { browsers, recordedAt, servers } from '../../../../e2e/version-1/recording'
import type { Engine, QueryParams, Shards } from '../engine'
import { decode } from '../receive/decode'
import { checkout } from '../reference/definitions'
import type { LatencyResult, LostConversions } from '../result'
import { schemaStatements } from '../schema'
import type { SpanRow } from '../testing'
import {
  alias,
  asVersion2,
  enter,
  exposure,
  keepTemporary,
  outcome,
  randomFrom,
  runId,
  span,
} from '../testing'
import { analyse } from './analyse'
import { withEndpointCauses } from './endpoint-causes'
import { openVisits } from './first-visits'
import { funnel } from './funnel'
import { remember } from './gathering'
import { cellsOf } from './hours'
import { openJourney, select } from './journey-scope'
import type { EndpointRow } from './lost-conversions'
import { marksIn } from './marks'
import { shardsOf, splitSource } from './on-cluster'
import { costsOf } from './part-costs'
import { breakDown, trendOf } from './parts'
import { slowName } from './ranking'
import { rounded as roundedValue } from './rounded'
import { withSlowCauses } from './slow-causes'
import type { Report } from './tables'
import { openReport } from './tables'
import { parseWhere, whereParams } from './where'

// Every question of a report, planned on a cluster of three shards, and asked of three databases that hold what the
// shards of a cluster would. One shard is this process, which no server listens for: the other two are never
// connected to, so a plan is all that is to be had of them.

/** Nothing is kept between questions here, so each is planned and computed anew: ten minutes on a quiet machine. */
const PATIENCE = 3_600_000

const folder = mkdtempSync(join(tmpdir(), 'throughline-cluster-'))
const DATABASES = ['s1', 's2', 's3']

const CONFIG = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers>
    <three>
      <shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
      <shard><replica><host>127.0.0.2</host><port>9102</port></replica></shard>
      <shard><replica><host>127.0.0.3</host><port>9103</port></replica></shard>
    </three>
  </remote_servers>
</clickhouse>`

const STEPS = ['product', 'cart', 'shipping', 'payment', 'confirmation']
const onePagePayment = defineHypothesis('one-page-payment', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  from: 'shipping',
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: +0.1 },
  guardrails: [
    { metric: 'inp', step: 'payment', p75AtMost: 200 },
    { metric: 'errors', relativeAtMost: 0.05 },
  ],
  flag: 'one-page-payment',
})
const definitions = {
  journeys: [checkout],
  hypotheses: [onePagePayment],
  dimensions: { plan: 'app.plan' },
}

/** Runs of people who come several times, under two names, and so on several shards. */
function people(): SpanRow[] {
  const random = randomFrom(16)
  const rows = Array.from({ length: 150 }, (_, number) => {
    const start = recordedAt.getTime() - 36e5 + number * 1000
    const run = runId(start, `p${number}`)
    const subject = `s${number % 50}${number < 75 ? '' : '-known'}`
    const reached = 1 + Math.floor(random() * STEPS.length)
    return [
      ...STEPS.slice(0, reached).flatMap((step, index) => [
        enter(run, step, start + index * 60_000, {
          subject,
          resource: {
            'telemetry.sdk.language': 'webjs',
            'user_agent.name': ['Firefox', 'Chrome', 'Safari', ''][number % 4],
            'service.version': `2.${number % 2}.0`,
          },
          attributes: { 'app.plan': ['free', 'paid', undefined][number % 3] },
        }),
        span('throughline.step.ready', start + index * 60_000, {
          run,
          step,
          attributes: { 'throughline.step.ready_ms': Math.floor(random() * 4000) },
        }),
        ...(random() < 0.2
          ? [span('exception', start + index * 60_000, { run, step, attributes: { 'exception.type': 'E' } })]
          : []),
        span(`GET /${step}`, start + index * 60_000 + 5, {
          run,
          step,
          kind: 'Server',
          duration: Math.floor(random() * 900),
          status: random() < 0.1 ? 'Error' : 'Unset',
          attributes: { 'http.route': `/${step}`, 'http.request.method': 'GET' },
        }),
      ]),
      ...(reached > 2
        ? [exposure(run, number % 2 ? 'control' : 'one-page', start + 120_000, subject, 'one-page-payment')]
        : []),
      ...(reached === 5
        ? [outcome(run, start + 250_000, 'converted', { source: 'server', value: 7, currency: 'EUR' })]
        : []),
      ...(number >= 75 && number < 100
        ? [alias(run, `s${number % 50}`, `s${number % 50}-known`, start, { source: 'server' })]
        : []),
    ]
  })
  const mark = span('throughline.mark', recordedAt.getTime() - 36e5 + 30_000, {
    run: '',
    source: 'server',
    attributes: {
      'throughline.mark.kind': 'incident',
      'throughline.mark.label': 'card provider down',
      'throughline.mark.end': recordedAt.getTime() - 36e5 + 90_000,
    },
  })
  return asVersion2([...rows.flat(), mark], STEPS)
}

let session: Session
const run = (sql: string) => session.query(sql)
const bound = (sql: string, params: QueryParams = {}) => session.queryBind(sql, params, 'JSONEachRow')
const parse = <Row>(text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row)

/** An engine on one of the databases that are here; `hear` is told each question. */
const engineOn = (shards?: Shards, hear: (sql: string, params?: QueryParams) => void = () => {}): Engine => ({
  shards,
  async query<Row>(sql: string, params?: QueryParams) {
    hear(sql, params)
    return parse<Row>(bound(sql, params))
  },
  command: async () => {},
  insert: async () => {},
  close: async () => {},
})

beforeAll(async () => {
  // The engine reads its configuration from the folder that the process is in.
  process.chdir(folder)
  writeFileSync(join(folder, 'config.xml'), CONFIG)
  session = new Session(join(folder, 'db'))
  for (const database of ['one', 'merged', 'planned', ...DATABASES])
    run(`CREATE DATABASE ${database} ENGINE = Atomic`)
  for (const database of ['one', ...DATABASES]) {
    run(`USE ${database}`)
    for (const statement of schemaStatements()) run(statement)
  }
  const tables = parse<{ name: string }>(
    bound(
      `SELECT name FROM system.tables WHERE database = 'one' AND engine LIKE '%MergeTree'
         AND (name LIKE 'throughline\\_%' OR name = 'otel_traces')`,
    ),
  )
  for (const { name } of tables) {
    run(`CREATE TABLE merged.${name} AS one.${name} ENGINE = Merge(REGEXP('^s[123]$'), '^${name}$')`)
    run(`CREATE TABLE planned.${name} AS one.${name} ENGINE = Distributed('three', 's1', '${name}')`)
  }

  run('USE one')
  for (const { path, headers, body } of [...browsers, ...servers]) {
    if (path !== '/v1/traces') continue
    const isPublic = 'origin' in headers
    const options = {
      table: 'otel_traces',
      isProtobuf: false,
      isGzip: false,
      isPublic,
      now: recordedAt.getTime(),
    } as const
    await session.insert({
      table: 'otel_traces',
      values: decode(Buffer.from(body), options).lines,
      format: 'JSONEachRow',
    })
  }
  const values = Buffer.from(
    people()
      .map((row) => JSON.stringify(row))
      .join('\n'),
  )
  await session.insert({ table: 'otel_traces', values, format: 'JSONEachRow' })
  // As the sharding key of the cluster's otel_traces has it.
  DATABASES.forEach((database, shard) => {
    run(`INSERT INTO ${database}.otel_traces SELECT * FROM one.otel_traces
      WHERE cityHash64(if(SpanAttributes['throughline.run.id'] != '', SpanAttributes['throughline.run.id'], TraceId)) % 3 = ${shard}`)
  })
})
afterAll(() => {
  session.close()
  process.chdir(tmpdir())
  rmSync(folder, { recursive: true, force: true })
})

/**
 * Three databases whose rows are put together as a cluster does. What a question reads of each is computed once, as
 * many questions read the same.
 */
function threeDatabases() {
  const kept = new Map<string, string>()
  return (params: QueryParams = {}): Shards => ({
    cluster: 'three',
    own: 'merged',
    all: 'merged',
    beside: 'merged',
    each(query) {
      const text = DATABASES.map((database) => `SELECT * FROM (${query(database)})`).join(' UNION ALL ')
      const key = text + JSON.stringify(params)
      const name = kept.get(key) ?? `kept_${kept.size}_${Date.now()}`
      if (!kept.has(key))
        session.queryBind(`CREATE TEMPORARY TABLE ${name} AS ${text}`, params, 'JSONEachRow')
      kept.set(key, name)
      return name
    },
  })
}
const cluster = shardsOf('three', 'planned', 's1')

/** Plans each question on the cluster, and answers it from the three databases. */
function parted() {
  const together = threeDatabases()
  const queries: ((database: string) => string)[] = []
  const plans: { sql: string; plan: string[] }[] = []
  const shards: Shards = {
    cluster: 'three',
    own: 'BESIDE',
    all: 'ALL_SHARDS',
    beside: 'BESIDE',
    each: (query) => `EACH_${queries.push(query) - 1}`,
  }
  const write = (sql: string, as: Shards): string =>
    sql
      .replaceAll('ALL_SHARDS', as.all)
      .replaceAll('BESIDE', as.beside)
      .replaceAll(/EACH_(\d+)/g, (_, number) =>
        as.each((database) => write(queries[Number(number)]!(database), as)),
      )
  const engine: Engine = {
    ...engineOn(),
    shards,
    async query<Row>(sql: string, params?: QueryParams) {
      const planned = write(sql, cluster)
      const settings = "SETTINGS distributed_product_mode = 'global', skip_unavailable_shards = 1"
      // A step names in full what it filters by, so a plan may be longer than a string can be: only its steps are read.
      const steps = bound(
        `SELECT extract(explain, '(ReadFromRemote|[A-Za-z]*Aggregat(?:ing|ed)[A-Za-z]*)') AS step
         FROM (EXPLAIN actions = 0, description = 0 ${planned} ${settings}) WHERE step != '' LIMIT 1 BY step`,
        params,
      )
      const plan = parse<{ step: string }>(steps).map(({ step }) => step)
      plans.push({ sql: planned, plan })
      return parse<Row>(bound(write(sql, together(params)), params))
    },
  }
  return { engine, plans }
}

const now = new Date(recordedAt.getTime() + 2 * checkout.within)

it('holds runs on every shard', () => {
  const counts = DATABASES.map(
    (database) =>
      parse<{ n: number }>(
        bound(`SELECT uniqExact(run_id)::UInt32 AS n FROM ${database}.throughline_visits`),
      )[0]!.n,
  )
  expect(Math.min(...counts)).toBeGreaterThan(50)
})

/** What was asked of shards is planned on theirs. */
function checkPlans(plans: ReturnType<typeof parted>['plans']) {
  for (const { sql, plan } of plans) {
    expect(plan, sql).toContain('ReadFromRemote')
    // What is about runs is aggregated where they are; states of aggregates are all that comes from there.
    if (splitSource(sql).source === 'cluster')
      expect(
        plan.find((step) => step !== 'ReadFromRemote'),
        sql,
      ).toBe('MergingAggregated')
  }
}

describe.each(['run', 'subject'] as const)('a report by %s', { timeout: PATIENCE }, (by) => {
  it('has the same figures where the data lies on three shards', async () => {
    run('USE one')
    const alone = rounded(
      await analyse({ ...engineOn(), keeper: keepTemporary(engineOn()) }, definitions, {
        now,
        until: now,
        by,
      }),
    )
    expect(alone.journeys[0]!.conversions).toBeGreaterThan(50)
    expect(alone.journeys[0]!.errors.length).toBeGreaterThan(0)
    expect(alone.journeys[0]!.endpoints.length).toBeGreaterThan(0)
    const { engine, plans } = parted()
    expect(rounded(await analyse(engine, definitions, { now, until: now, by }))).toEqual(alone)
    expect(plans.length).toBeGreaterThan(15)
    checkPlans(plans)
  })
})

/** Runs that a cut selects. */
async function selected(report: Report) {
  const everything = report.scope({ synthetic: 'exclude' })
  await everything.keep('links')
  await everything.keep('machines')
  const shared = { links: everything.textOf('links'), machines: everything.textOf('machines') }
  const where = parseWhere(['browser=Firefox', 'browser=Chrome', 'plan=paid', 'plan='], definitions)
  const window = { since: recordedAt.getTime() - 864e5, until: now.getTime(), now: now.getTime() }
  const params = { synthetic: 'exclude', only: '', ...whereParams(where, ['plan'], definitions) }
  const places = { from: window.since, asOf: window.until, shared }
  const all = await openJourney(report, params, checkout, window, places)
  return { everything, all, scope: await select(all, 'run', where), window }
}

/** What cuts ask, without the questions that every report has. */
async function cutsOf(engine: Engine) {
  const report = await openReport(engine)
  const { everything, all, scope, window } = await selected(report)
  const edges = [window.since, recordedAt.getTime() - 36e5 + 60_000]
  const cells = await cellsOf(scope, 'run')
  const whole = await funnel(scope, checkout, 'run')
  const visits = openVisits(all, remember(report))
  const costs = (shown: readonly string[]) =>
    costsOf(scope, visits, { wants: () => true, step: undefined }, whole, shown)
  const found = {
    breakdown: await breakDown(scope, checkout, 'run', 'plan', costs),
    trend: await trendOf(scope, checkout, 'run', edges, window.until),
    cells: cells.map((cell) => ({ ...cell, worth: [...cell.worth] })),
    marks: await marksIn(everything, ['checkout'], window),
  }
  await report.close()
  return roundedValue(found)
}

it('cuts have the same figures without temporary tables, and on three shards', {
  timeout: PATIENCE,
}, async () => {
  run('USE one')
  const alone = await cutsOf({ ...engineOn(), keeper: keepTemporary(engineOn()) })
  expect(alone.breakdown.parts.map(({ label }) => label).sort()).toEqual(['', 'paid'])
  expect(alone.trend.every(({ runs }) => runs > 5)).toBe(true)
  expect(new Set(alone.marks.map(({ kind }) => kind))).toEqual(new Set(['incident', 'release']))
  expect(await cutsOf(engineOn())).toEqual(alone)
  const { engine, plans } = parted()
  expect(await cutsOf(engine)).toEqual(alone)
  checkPlans(plans)
})

/** Where a slow step and endpoints come from, as if they surely cost something. */
async function causesOf(engine: Engine) {
  const report = await openReport(engine)
  const { scope } = await selected(report)
  await scope.keep('steps')
  const step = { step: 'payment', measure: 'ready', navigationType: null, threshold: { slowFrom: 2000 } }
  const certain = { ...slowName(step as LatencyResult), certain: true }
  const [service, endpoint] = ['shop-web', 'GET /payment']
  const endpoints = ['failing-endpoint', 'slow-endpoint'].map((kind) => ({ kind, service, key: endpoint }))
  const found = [
    ...(await withSlowCauses(scope, [step as LatencyResult], [certain])),
    ...(await withEndpointCauses(scope, endpoints as LostConversions[], [
      { service, endpoint, median: 200 } as EndpointRow,
    ])),
  ]
  await report.close()
  return found.map(({ cause }) => cause)
}

it('says alike where problems come from', { timeout: PATIENCE }, async () => {
  run('USE one')
  const alone = await causesOf({ ...engineOn(), keeper: keepTemporary(engineOn()) })
  for (const cause of alone) {
    expect(cause!.browsers).toEqual(['Chrome', 'Firefox'])
    expect(cause!.examples.length).toBeGreaterThan(1)
    for (const { trace } of cause!.examples) expect(trace).toMatch(/^\w{32}$/)
  }
  expect(alone).toHaveLength(3)
  const { engine, plans } = parted()
  expect(await causesOf(engine)).toEqual(alone)
  checkPlans(plans)
})
