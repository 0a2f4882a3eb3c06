import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Engine } from './engine'
import { dropOlder, keepOnServer } from './keep'
import { alias, emptyTables, enter, exposure, openTestEngine, outcome, runId, span } from './testing'

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
beforeEach(() => emptyTables(engine))
afterAll(() => engine.close())

const DAY = 864e5
const now = Date.UTC(2026, 5, 15)
const at = (days: number) => now - days * DAY

const count = async (table: string) =>
  (await engine.query<{ n: number }>(`SELECT count() AS n FROM ${table} FINAL`))[0]!.n
const spans = async () => (await engine.query<{ n: number }>('SELECT count() AS n FROM otel_traces'))[0]!.n

test('what is older goes, what is younger stays', async () => {
  for (const days of [95, 89]) {
    const run = runId(at(days), `${days}`)
    await engine.insert('otel_traces', [
      enter(run, 'cart', at(days)),
      exposure(run, 'a', at(days)),
      outcome(run, at(days), 'converted'),
      span('throughline.delivery', at(days), {
        run,
        attributes: { 'throughline.page.id': randomUUID(), 'throughline.delivery.emitted': 1 },
      }),
    ])
  }
  await engine.insert('otel_logs', [{ Timestamp: at(95) * 1e6 }, { Timestamp: at(89) * 1e6 }])
  await dropOlder(engine, 90, now)
  const tables = [
    'throughline_visits',
    'throughline_exposures',
    'throughline_outcomes',
    'throughline_deliveries',
  ]
  expect(await Promise.all(tables.map(count))).toEqual([1, 1, 1, 1])
  expect(await spans()).toBe(4)
  expect(await engine.query('SELECT count() AS n FROM otel_logs')).toEqual([{ n: 1 }])
})

test('a run that is still active keeps its beginning', async () => {
  const run = runId(at(100), 'long')
  await engine.insert('otel_traces', [enter(run, 'cart', at(100)), enter(run, 'payment', at(80))])
  await engine.insert('otel_traces', [enter(runId(at(100), 'short'), 'cart', at(100))])
  await dropOlder(engine, 90, now)
  expect(
    await engine.query('SELECT toString(run_id) AS run, step FROM throughline_visits FINAL ORDER BY entered'),
  ).toEqual([
    { run, step: 'cart' },
    { run, step: 'payment' },
  ])
})

test('any event of a run keeps it: an outcome alone, or a server’s call', async () => {
  const paid = runId(at(100), 'paid')
  const called = runId(at(100), 'called')
  await engine.insert('otel_traces', [
    enter(paid, 'cart', at(100), { subject: 'ada' }),
    outcome(paid, at(89), 'converted', { source: 'server' }),
    enter(called, 'cart', at(100), { subject: 'bob' }),
    span('GET /', at(89), { run: called, kind: 'Server' }),
    enter(runId(at(100), 'gone'), 'cart', at(100), { subject: 'eve' }),
  ])
  await dropOlder(engine, 90, now)
  expect(await count('throughline_visits')).toBe(2)
  // Nor are names of people kept for longer.
  const subjects = await engine.query<{ subject: string }>(
    'SELECT DISTINCT subject FROM throughline_subjects ORDER BY subject',
  )
  expect(subjects.map(({ subject }) => subject)).toEqual(['ada', 'bob'])
})

test('an alias is kept as long as its run', async () => {
  const young = runId(at(80), 'young')
  const old = runId(at(100), 'old')
  await engine.insert('otel_traces', [
    enter(old, 'cart', at(100), { subject: 'a1' }),
    alias(old, 'a1', 'ada', at(100)),
    enter(young, 'cart', at(80), { subject: 'b1' }),
    alias(young, 'b1', 'bob', at(80)),
  ])
  await dropOlder(engine, 90, now)
  expect(await engine.query('SELECT known FROM throughline_aliases')).toEqual([{ known: 'bob' }])
})

test('a server drops old spans by itself; what was derived from them is deleted by the run', async () => {
  const run = runId(at(100), 'long')
  await engine.insert('otel_traces', [enter(run, 'cart', at(100)), enter(run, 'payment', at(80))])
  await engine.insert('otel_traces', [enter(runId(at(100), 'short'), 'cart', at(100))])
  await keepOnServer(engine, 90, now)
  expect(await count('throughline_visits')).toBe(2)
  const ttl = await engine.query<{ name: string; has: number }>(
    `SELECT name, position(create_table_query, 'toIntervalDay(90)') > 0 AS has FROM system.tables
    WHERE database = currentDatabase() AND position(create_table_query, ' TTL ') > 0 ORDER BY name`,
  )
  expect(ttl).toEqual([
    { name: 'otel_logs', has: 1 },
    { name: 'otel_traces', has: 1 },
  ])
})
