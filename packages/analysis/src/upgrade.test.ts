import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { rounded } from '../../../e2e/rounded'
import { analyse } from './ask/analyse'
import type { Engine } from './engine'
import { checkout, onePageOf } from './reference/definitions'
import { T, worldOf } from './reference/world'
import type { Result } from './result'
import { applySchema, checkSchema } from './schema'
import { openChdb } from './store/chdb'
import type { SpanRow } from './testing'
import { enter, openTestEngine, runId, span } from './testing'

// Stores of schema version 2 that are brought up to date, against one of today that took the same spans.

const DAY = 864e5
const onePage = onePageOf(checkout)
const definitions = { journeys: [checkout], hypotheses: [onePage] }
const now = new Date(T + 6 * DAY)

/** What random runs do, three days long, and what they do not: requests, vitals, accounts of pages. */
function spans(seed: number): SpanRow[] {
  const { runs, rows } = worldOf(300, seed, (id) => id)
  return runs.reduce<SpanRow[]>(
    (all, { id, journey, version, began }, number) => {
      const about = { run: id, journey, version, step: 'cart' }
      all.push(
        span('GET /cart', began + 100, {
          ...about,
          kind: 'Server',
          source: 'server',
          status: number % 5 ? 'Unset' : 'Error',
          duration: number,
          attributes: { 'http.route': '/cart' },
        }),
        span('browser.web_vital', began + 200, {
          ...about,
          attributes: {
            'browser.web_vital.name': 'lcp',
            'browser.web_vital.id': `${seed} ${number}`,
            'browser.web_vital.value': number * 20,
            'browser.web_vital.navigation_type': 'navigate',
          },
        }),
        span('throughline.delivery', began + 300, {
          ...about,
          attributes: {
            'throughline.page.id': `${seed} ${number}`,
            'throughline.delivery.emitted': 3,
            'throughline.delivery.delivered': 2,
            'throughline.delivery.refused': 1,
          },
        }),
      )
      return all
    },
    [...rows],
  )
}

/** What version 2 did not know of: crawlers, clocks that are ahead, why events were refused, ids in messages. */
function unknownThen(): SpanRow[] {
  const at = T + 2 * DAY
  const [crawler, ahead, failing] = ['crawler', 'ahead', 'failing'].map((name) => runId(at, name))
  return [
    enter(crawler!, 'product', at, { resource: { 'user_agent.synthetic.type': 'bot' } }),
    enter(ahead!, 'product', at, { attributes: { 'throughline.event.ahead_ms': 7_200_000 } }),
    span('throughline.delivery', at, {
      run: '',
      attributes: {
        'throughline.page.id': 'refused',
        'throughline.delivery.emitted': 4,
        'throughline.delivery.refused': 4,
        'throughline.delivery.refused_for': '{"too old":4}',
        'throughline.error.ignored': 5,
      },
    }),
    enter(failing!, 'product', at),
    ...[1, 2].map((number) =>
      span('exception', at + number, {
        run: failing!,
        step: 'product',
        attributes: { 'exception.type': 'Error', 'exception.message': `no order 123456${number}` },
      }),
    ),
  ]
}

async function report(engine: Engine): Promise<Result> {
  const result = await analyse(engine, definitions, { now, since: new Date(T - DAY), until: now })
  // How often spans arrived, and in which traces, only they tell.
  const notes = result.trust.notes.filter(({ kind }) => kind !== 'duplicates')
  const journeys = JSON.parse(JSON.stringify(result.journeys, (key, value) => (key === 'trace' ? '' : value)))
  return rounded({ ...result, journeys, trust: { ...result.trust, notes } })
}

/** How many rows each table has, whatever was sent twice. */
async function counts(engine: Engine) {
  const tables = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'throughline\\_%' AND engine LIKE '%MergeTree'
       AND name != 'throughline_schema' ORDER BY name`,
  )
  const found: [string, number][] = []
  for (const { name } of tables) {
    const [row] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${name} FINAL`)
    found.push([name, row!.n])
  }
  return found
}

/** What a store of today has of spans. */
async function today(rows: readonly SpanRow[]) {
  const engine = await openTestEngine()
  await engine.insert('otel_traces', rows)
  const found = { report: await report(engine), counts: await counts(engine) }
  await engine.close()
  return found
}

const folder = mkdtempSync(join(tmpdir(), 'throughline-upgrade-'))
let store: Engine | undefined
afterEach(() => store?.close())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A store as version 2 made it, with these spans. */
async function openVersion2(rows: readonly SpanRow[]): Promise<Engine> {
  const opened = openChdb(mkdtempSync(join(folder, 'store-')))
  store = opened
  const schema = readFileSync(new URL('../../../e2e/version-2/schema.sql', import.meta.url), 'utf8')
  for (const statement of schema.split(/;\s*$/m)) if (statement.trim()) await opened.command(statement)
  await opened.command('INSERT INTO throughline_schema (version) VALUES (2)')
  await opened.insert('otel_traces', rows)
  return opened
}

it('answers as if it had always been of today’s version', { timeout: 120_000 }, async () => {
  const rows = [...spans(3), ...unknownThen()]
  const expected = await today(rows)
  const [checkoutThen] = expected.report.journeys
  expect(checkoutThen!.conversions).toBeGreaterThan(20)
  expect(checkoutThen!.endpoints.length).toBeGreaterThan(0)
  expect(checkoutThen!.errors.length).toBeGreaterThan(2)
  expect(expected.report.synthetic.runs).toBe(1)
  expect(expected.report.trust).toMatchObject({ clocksAhead: { runs: 1 }, delivery: { errorsIgnored: 5 } })

  const old = await openVersion2(rows)
  await expect(checkSchema(old, 'run it')).rejects.toThrow('run it')
  for (const _ of ['once', 'again']) {
    await applySchema(old)
    await checkSchema(old, 'run it')
    expect(await report(old)).toEqual(expected.report)
    expect(await counts(old)).toEqual(expected.counts)
  }
})

it('keeps what was right of days whose spans are gone', { timeout: 120_000 }, async () => {
  const rows = spans(4)
  const expected = await today(rows)
  const old = await openVersion2(rows)
  const days = await old.query<{ day: string }>(
    'SELECT DISTINCT toString(toDate(Timestamp)) AS day FROM otel_traces ORDER BY day',
  )
  expect(days.length).toBeGreaterThan(3)
  for (const { day } of days.slice(0, 2)) await old.command(`ALTER TABLE otel_traces DROP PARTITION '${day}'`)
  await applySchema(old)
  expect(await report(old)).toEqual(expected.report)
  expect(await counts(old)).toEqual(expected.counts)
})

it('takes spans meanwhile: none is missing, none is counted twice', { timeout: 120_000 }, async () => {
  const rows = [...spans(5), ...unknownThen()]
  const expected = await today(rows)
  const before = rows.filter((_, at) => at % 2)
  const after = rows.filter((_, at) => at % 2 === 0)
  const old = await openVersion2(before)
  let [steps, days] = [0, 0]
  await applySchema({
    ...old,
    // Between any two steps some arrive, of all days, and some for the second time.
    async command(sql) {
      const some = (list: readonly SpanRow[], every: number) =>
        list.filter((_, at) => at % every === steps % every)
      await old.insert('otel_traces', [...some(after, 20), ...some(before, 50)])
      steps++
      if (sql.startsWith('INSERT INTO throughline_events')) days++
      await old.command(sql)
    },
  })
  expect(days).toBeGreaterThan(3)
  expect(steps).toBeGreaterThan(20)
  expect(await report(old)).toEqual(expected.report)
  expect(await counts(old)).toEqual(expected.counts)
})
