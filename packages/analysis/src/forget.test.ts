import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Engine } from './engine'
import { forget } from './forget'
import type { SpanRow } from './testing'
import { alias, emptyTables, enter, exposure, openTestEngine, outcome, runId, span } from './testing'

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
beforeEach(() => emptyTables(engine))
afterAll(() => engine.close())

const T = Date.UTC(2026, 5, 15)
const run = (name: string) => runId(T, name)

/** Everything that a page and a server say of a person's run, so that each table has rows of it. */
function visitOf(name: string, subject: string): SpanRow[] {
  const page = { 'throughline.page.id': `page-${name}`, 'throughline.event.seq': 1 }
  const own = run(name)
  const trace = `${name}0`.padEnd(32, '0')
  return [
    enter(own, 'cart', T, { subject, attributes: page, trace }),
    exposure(own, 'a', T + 1, subject),
    outcome(own, T + 2, 'converted', { source: 'server', attributes: { 'throughline.subject.id': subject } }),
    span('exception', T + 3, { run: own, step: 'cart', attributes: { 'exception.message': 'no', ...page } }),
    span('browser.web_vital', T + 4, {
      run: own,
      attributes: { 'browser.web_vital.name': 'lcp', 'browser.web_vital.value': 1200 },
    }),
    span('GET /cart', T + 5, { run: own, kind: 'Server', trace }),
    // What another service records of the request: it names neither run nor subject.
    span('SELECT', T + 6, { run: '', kind: 'Client', service: 'database', trace }),
    span('throughline.delivery', T + 7, {
      run: '',
      attributes: { ...page, 'throughline.delivery.emitted': 2 },
    }),
  ]
}

const logOf = (name: string, attributes: object) => ({
  Timestamp: T * 1e6,
  TraceId: `${name}0`.padEnd(32, '0'),
  Body: `of ${name}`,
  LogAttributes: attributes,
})

/** In which columns of which tables a text is, wherever it may be in them. */
async function placesOf(text: string): Promise<string[]> {
  const columns = await engine.query<{ table: string; name: string }>(
    `SELECT table, name FROM system.columns WHERE database = currentDatabase()
    AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')`,
  )
  const found: string[] = []
  for (const { table, name } of columns) {
    const [row] = await engine.query<{ n: number }>(
      `SELECT count() AS n FROM ${table} WHERE position(toString(\`${name}\`), {text:String}) > 0`,
      { text },
    )
    if (row!.n > 0) found.push(`${table}.${name}`)
  }
  return found
}

/** The tables that have rows at all, which are those that the test is about. */
async function filled(): Promise<string[]> {
  const tables = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0
    AND engine LIKE '%MergeTree' ORDER BY name`,
  )
  return tables.map(({ name }) => name)
}

const linked = () => [
  ...visitOf('before', 'anon-1'),
  ...visitOf('after', 'ada@shop.test'),
  alias(run('after'), 'anon-1', 'ada@shop.test', T + 9, { source: 'server' }),
  ...visitOf('other', 'bob'),
]

const ADA = ['ada@shop.test', 'anon-1', run('before'), run('after'), 'page-before', 'page-after', 'of before']

test.each(['ada@shop.test', 'anon-1'])(
  'nothing of %s is left in any column of any table',
  // Every column is looked at, several times.
  { timeout: 120_000 },
  async (subject) => {
    await engine.insert('otel_traces', linked())
    await engine.insert('otel_logs', [
      logOf('after', { 'throughline.run.id': run('after'), 'throughline.subject.id': 'ada@shop.test' }),
      logOf('before', {}),
      logOf('other', { 'throughline.run.id': run('other') }),
    ])
    const tables = await filled()
    const [all] = await engine.query<{ n: number }>(
      `SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
    )
    // A table that this test does not fill could not show that it is cleaned. Marks are of nobody.
    expect([...tables, 'throughline_schema', 'throughline_marks'].length).toBe(all!.n)
    for (const id of ADA) expect(await placesOf(id), id).not.toEqual([])
    const others = await Promise.all(['bob', run('other'), 'page-other', 'of other'].map(placesOf))

    const { names, runs, tables: erased } = await forget(engine, { subject })
    expect([[...names].sort(), runs]).toEqual([['ada@shop.test', 'anon-1'], 2])
    expect(erased.map(({ table }) => table).sort()).toEqual(tables)
    expect(erased.find(({ table }) => table === 'otel_traces')!.rows).toBe(17)
    for (const id of ADA) expect(await placesOf(id), id).toEqual([])
    expect(await Promise.all(['bob', run('other'), 'page-other', 'of other'].map(placesOf))).toEqual(others)
    await expect(forget(engine, { subject })).rejects.toThrow(`nothing is stored of subject ${subject}`)
  },
)

test('of a run alone, the person’s other runs stay', async () => {
  await engine.insert('otel_traces', linked())
  const { names, runs } = await forget(engine, { run: run('after') })
  expect([names, runs]).toEqual([[], 1])
  expect(await placesOf(run('after'))).toEqual([])
  expect(await placesOf(run('before'))).toContain('throughline_visits.run_id')
  await expect(forget(engine, { run: run('after') })).rejects.toThrow('nothing is stored of run')
  await expect(forget(engine, { run: "' OR 1" })).rejects.toThrow('is no run id')
})

test('whatever a browser claims, somebody else’s runs stay', async () => {
  const shared = 'a'.repeat(32)
  await engine.insert('otel_traces', [
    ...linked(),
    // An alias that does not count: the browser’s run and session have never seen bob.
    enter(run('evil'), 'cart', T, { subject: 'mallory', trace: shared }),
    alias(run('evil'), 'bob', 'mallory', T + 10),
    // A trace that holds runs of two people.
    span('GET /', T + 11, { run: run('other'), kind: 'Server', trace: shared }),
    // Nobody’s: outside of any run, page and trace.
    span('job', T + 12, { run: '', kind: 'Server', trace: '' }),
  ])
  expect((await forget(engine, { subject: 'mallory' })).names).toEqual(['mallory'])
  expect(await placesOf('mallory')).toEqual([])
  expect(
    await engine.query(
      "SELECT SpanName FROM otel_traces WHERE SpanName IN ('GET /', 'job') ORDER BY SpanName",
    ),
  ).toEqual([{ SpanName: 'GET /' }, { SpanName: 'job' }])
  expect(await placesOf('bob')).toContain('throughline_visits.subject')
})

test('of a browser that claims to be somebody, its own runs alone', async () => {
  await engine.insert('otel_traces', [
    ...linked(),
    enter(run('evil'), 'cart', T, { subject: 'mallory' }),
    alias(run('evil'), 'mallory', 'bob', T + 10),
  ])
  expect((await forget(engine, { subject: 'mallory' })).names).toEqual(['mallory'])
  expect(await placesOf(run('evil'))).toEqual([])
  expect(await placesOf(run('other'))).toContain('throughline_visits.run_id')
})

test('ids are text, whatever is in them', async () => {
  const odd = String.raw`o'brien\ {runs} {table} ${'$&'} '); DROP`
  await engine.insert('otel_traces', [
    enter(run('odd'), 'cart', T, { subject: odd }),
    ...visitOf('other', 'bob'),
  ])
  expect((await forget(engine, { subject: odd })).runs).toBe(1)
  expect(await placesOf(run('odd'))).toEqual([])
  expect(await placesOf('bob')).not.toEqual([])
})

test('more runs than a statement holds are erased', async () => {
  const runs = Array.from({ length: 1200 }, (_, at) => run(`many-${at}`))
  await engine.insert(
    'otel_traces',
    runs.map((one) => enter(one, 'cart', T, { subject: 'many' })),
  )
  expect(await forget(engine, { subject: 'many' })).toMatchObject({ runs: 1200 })
  expect(await filled()).not.toContain('throughline_visits')
})

test('on a cluster, the tables of every shard are cleaned', async () => {
  await engine.insert('otel_traces', linked())
  const [database] = await engine.query<{ name: string }>('SELECT currentDatabase() AS name')
  const commands: string[] = []
  await forget(
    {
      ...engine,
      shards: { cluster: 'three', own: database!.name, all: '', beside: '', each: (query) => query('') },
      async command(sql) {
        commands.push(sql)
      },
    },
    { subject: 'ada@shop.test' },
  )
  const own = await filled()
  expect(
    commands.map((sql) => /^ALTER TABLE \w+\.(\w+) ON CLUSTER 'three' DELETE/.exec(sql)?.[1]).sort(),
  ).toEqual(own)
  expect(commands.every((sql) => sql.endsWith('SETTINGS mutations_sync = 2'))).toBe(true)
  // Those by which names and runs are found again, should it stop half-way, are the last.
  expect(commands.at(-2)).toContain('throughline_aliases')
  expect(commands.at(-1)).toContain('throughline_subjects')
})
