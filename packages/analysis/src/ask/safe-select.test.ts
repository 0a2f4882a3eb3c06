import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../engine'
import { enter, openTestEngine, runId } from '../testing'
import { safeSelect } from './safe-select'

const T = Date.UTC(2026, 10, 20, 12)
let engine: Engine
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-sql-'))
  writeFileSync(join(folder, 'secret.csv'), '1,secret\n')
  engine = await openTestEngine()
  await engine.insert(
    'otel_traces',
    [0, 1, 2, 3].map((at) => enter(runId(T + at, `${at}`), at % 2 ? 'cart' : 'pay', T + at)),
  )
  await engine.command('CREATE TABLE private (a String) ENGINE = Memory')
  await engine.command(`INSERT INTO private VALUES ('secret')`)
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

it.each([
  [
    'SELECT step, count() AS visits FROM throughline_visits GROUP BY step ORDER BY step',
    [
      { step: 'cart', visits: 2 },
      { step: 'pay', visits: 2 },
    ],
  ],
  [
    `WITH c AS (SELECT step, run_id FROM throughline_visits) SELECT count() AS n FROM c JOIN throughline_visits AS v USING (run_id) WHERE c.step = 'pay'`,
    [{ n: 2 }],
  ],
  [
    `SELECT count() AS n FROM otel_traces WHERE SpanAttributes['throughline.step.name'] IN (SELECT step FROM throughline_visits) -- all`,
    [{ n: 4 }],
  ],
  [
    `SELECT quantileExact(0.5)(attempt) AS q, uniqExactIf(run_id, step = 'pay') AS u, arrayMap(x -> x + 1, [1, 2]) AS a FROM throughline_visits FINAL`,
    [{ q: 1, u: 2, a: [2, 3] }],
  ],
  [
    `SELECT step, row_number() OVER (PARTITION BY step ORDER BY entered) AS n FROM throughline_visits ORDER BY entered LIMIT 1`,
    [{ step: 'pay', n: 1 }],
  ],
  ['SELECT 1 AS x UNION ALL SELECT 1', [{ x: 1 }, { x: 1 }]],
  [
    `SELECT CASE WHEN 1 THEN 'a; DROP TABLE otel_traces' ELSE 'b' END AS text, toStartOfHour(toDateTime(0, 'UTC')) + INTERVAL 1 DAY AS day`,
    [{ text: 'a; DROP TABLE otel_traces', day: '1970-01-02 00:00:00' }],
  ],
])('answers %s', async (sql, rows) => {
  expect(await safeSelect(engine, sql)).toEqual({ rows, more: false })
})

it.each([
  [`SELECT * FROM file('%/secret.csv')`, 'table function "file"'],
  [`SELECT file('%/secret.csv')`, 'function "file"'],
  [
    `SELECT 1 FROM throughline_visits, file('%/secret.csv', CSV, 'a UInt8, b String')`,
    'table function "file"',
  ],
  [`SELECT * FROM (SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a String'))`, 'table function "url"'],
  [`SELECT * FROM remote('127.0.0.1', system.one)`, 'is not permitted'],
  [`SELECT * FROM s3('http://127.0.0.1:1/b/k', CSV, 'a String')`, 'table function "s3"'],
  [`SELECT * FROM executable('id', CSV, 'a String')`, 'table function "executable"'],
  [`SELECT * FROM numbers(10)`, 'table function "numbers"'],
  [`SELECT * FROM merge('throughline', '.*')`, 'table function "merge"'],
  [`SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')`, 'table function "mysql"'],
  [`SELECT * FROM view(SELECT 1)`, 'is not permitted'],
  [`SELECT * FROM loop('throughline', 'private')`, 'table function "loop"'],
  [`SELECT * FROM system.tables`, 'system.tables'],
  [`SELECT * FROM "SYSTEM".tables`, 'SYSTEM.tables'],
  [`SELECT 1 IN system.users`, 'system.users'],
  [`SELECT * FROM information_schema.tables`, 'information_schema.tables'],
  [`SELECT * FROM default.private`, 'another database'],
  [`SELECT * FROM private`, 'the table "private"'],
  [`SELECT 'secret' IN private`, 'the table "private"'],
  [`SELECT 1 FROM throughline_visits WHERE 'x' IN (SELECT a FROM private)`, 'the table "private"'],
  [`SELECT (SELECT any(a) FROM private) AS x`, 'the table "private"'],
  [`WITH 'private AS (SELECT' AS x SELECT a FROM private`, 'the table "private"'],
  [
    `SELECT * FROM (WITH private AS (SELECT 1) SELECT * FROM private) AS a, private AS b`,
    'the table "private"',
  ],
  [`SELECT dictGet('d', 'a', 1)`, 'function "dictGet"'],
  [`SELECT joinGet('private', 'a', 1)`, 'function "joinGet"'],
  [`SELECT getSetting('max_threads')`, 'function "getSetting"'],
  [`SELECT currentUser(), hostName()`, 'function "currentUser"'],
  [`SELECT sleep(3)`, 'function "sleep"'],
  [`SELECT sleepEachRow(3) FROM throughline_visits`, 'function "sleepEachRow"'],
  [`SELECT * APPLY(sleepEachRow) FROM throughline_visits`, 'ColumnsApplyTransformer'],
  [`SELECT catboostEvaluate('/x', 1)`, 'function "catboostEvaluate"'],
  [`SELECT 1 INTO OUTFILE '%/out.csv'`, 'without FORMAT or INTO'],
  [`SELECT 1 FORMAT CSV`, 'without FORMAT or INTO'],
  [`SELECT 1 SETTINGS max_execution_time = 0`, 'SETTINGS'],
  [`SELECT * FROM (SELECT 1 SETTINGS readonly = 0)`, 'SETTINGS'],
  [`SELECT 1; DROP TABLE otel_traces`, 'cannot be read'],
  [`SELECT {x:String}`, 'cannot be planned'],
  [`INSERT INTO private VALUES ('x')`, 'is not permitted'],
  [`INSERT INTO FUNCTION file('%/out.csv') SELECT 1`, 'is not permitted'],
  [`DROP TABLE otel_traces`, 'is not permitted'],
  [`ALTER TABLE otel_traces DELETE WHERE 1`, 'is not permitted'],
  [`SET readonly = 0`, 'is not permitted'],
  [`SHOW TABLES`, 'is not permitted'],
  [`DESCRIBE TABLE private`, 'is not permitted'],
  [`EXPLAIN SELECT 1`, 'is not permitted'],
  [`CREATE TABLE x ENGINE = Memory AS SELECT 1`, 'is not permitted'],
  [`SYSTEM SHUTDOWN`, 'is not permitted'],
  [`KILL QUERY WHERE 1`, 'is not permitted'],
  [`SELECT FROM WHERE`, 'cannot be'],
  [``, 'cannot be read'],
])('refuses %s', async (sql, why) => {
  const text = sql.replaceAll('%', folder)
  const refused = await safeSelect(engine, text).then(
    ({ rows }) => JSON.stringify(rows),
    (error: Error) => error,
  )
  expect(refused).toBeInstanceOf(Error)
  const { name, message } = refused as Error
  expect(name).toBe('Advice')
  expect(message).toMatch(/^the query cannot be|a query is one SELECT/)
  if (why !== 'is not permitted') expect(message).toContain(why)
  expect(message).not.toContain('secret\n')
  expect(readdirSync(folder)).toEqual(['secret.csv'])
  expect((await engine.query<{ n: number }>('SELECT count() AS n FROM otel_traces'))[0]!.n).toBe(4)
})

it('bounds rows, and says that there are more', async () => {
  const all = 'SELECT run_id FROM throughline_visits ORDER BY entered'
  expect(await safeSelect(engine, all, { limit: 3 })).toMatchObject({ rows: [{}, {}, {}], more: true })
  expect((await safeSelect(engine, `${all} LIMIT 2`, { limit: 3 })).rows).toHaveLength(2)
  const union = 'SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 3'
  expect(await safeSelect(engine, union, { limit: 2 })).toMatchObject({ rows: [{}, {}], more: true })
})

it('bounds memory', async () => {
  const big = 'SELECT arrayMap(x -> toString(x), range(1000000000)) AS a'
  await expect(safeSelect(engine, big)).rejects.toThrow('the query')
})

it('takes any text for one query or none', async () => {
  const pieces = [
    'SELECT 1',
    ';',
    '--',
    '/*',
    '*/',
    `'`,
    '`',
    '"',
    '\\',
    '\n',
    'FORMAT CSV',
    'SETTINGS readonly=0',
    'DROP TABLE otel_traces',
    'FROM private',
    '(',
    ')',
    'UNION ALL',
    '\u0000',
    '{x:String}',
    '?',
  ]
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 6 }), async (words) => {
      const result = await safeSelect(engine, words.join(' ')).catch((error: Error) => error)
      if (result instanceof Error) expect(result.name).toBe('Advice')
      else expect(JSON.stringify(result.rows)).not.toContain('secret')
    }),
    { numRuns: 60, seed: 15 },
  )
  expect((await engine.query<{ n: number }>('SELECT count() AS n FROM otel_traces'))[0]!.n).toBe(4)
}, 120_000)
