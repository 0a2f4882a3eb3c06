import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { SpanRow } from '../testing'
import { emptyTables, enter, exposure, openTestEngine, outcome, runId, span } from '../testing'

// Delivery is at least once, in any order, and the engine merges when it likes: the same spans give the same tables.

const T = Date.UTC(2026, 10, 20, 23, 59)
const STEPS = ['cart', 'payment', 'confirmation']

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())

const id = (number: number) => number.toString(16).padStart(32, '0')

/** A span of either version about one of few visits, so that spans meet. */
const spanOf = fc
  .record({
    run: fc.nat({ max: 4 }),
    visit: fc.nat({ max: 3 }),
    what: fc.constantFrom('enter', 'ready', 'leave', 'outcome', 'exposure', 'vital', 'error', 'page', 'call'),
    version: fc.constantFrom(1, 2),
    time: fc.nat({ max: 200_000 }),
    value: fc.nat({ max: 5 }),
    server: fc.boolean(),
  })
  .map(({ run, visit, what, version, time, value, server }): SpanRow => {
    const name = runId(T, `r${run}`)
    const step = STEPS[visit % 3]!
    const source = server ? 'server' : 'browser'
    const named =
      version === 2 ? { 'throughline.visit.id': id(visit), 'throughline.visit.index': visit + 1 } : {}
    const about = { run: name, step, attempt: 1 + (visit % 2) }
    const attributes = (more: Record<string, string | number>) => ({ ...named, ...more })
    const at = T + time
    if (what === 'enter')
      return enter(name, step, at, {
        source,
        attributes: attributes({ 'throughline.event.id': id(visit), 'throughline.subject.id': `s${value}` }),
      })
    if (what === 'ready')
      return span('throughline.step.ready', at, {
        ...about,
        attributes: attributes({ 'throughline.step.ready_ms': value }),
      })
    if (what === 'leave')
      return span('throughline.step.leave', at, {
        ...about,
        duration: value * 1000,
        attributes: attributes({ 'throughline.step.outcome': value % 2 ? 'completed' : 'returned' }),
      })
    if (what === 'outcome')
      return outcome(name, at, value % 2 ? 'converted' : 'failed', {
        source,
        ...(value > 2 ? { value, currency: 'EUR' } : {}),
        attributes: attributes({ 'throughline.event.id': id(visit) }),
      })
    if (what === 'exposure') return exposure(name, value % 2 ? 'control' : 'one-page', at, `s${value}`)
    if (what === 'vital')
      return span('browser.web_vital', at, {
        ...about,
        attributes: attributes({
          'browser.web_vital.name': 'lcp',
          'browser.web_vital.value': value,
          'browser.web_vital.id': `v${visit}`,
        }),
      })
    if (what === 'error')
      return span('exception', at, { ...about, attributes: attributes({ 'exception.type': `E${value}` }) })
    if (what === 'call')
      return span('GET /', at, { ...about, source, kind: 'Server', attributes: attributes({}) })
    return span('throughline.step.enter', at, {
      ...about,
      attributes: attributes({ 'throughline.page.id': `p${run}`, 'throughline.event.seq': value + 1 }),
    })
  })

/** Every table, merged, with sets in an order of their own. */
async function contents() {
  const tables = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'throughline_')
      AND engine IN ('AggregatingMergeTree', 'ReplacingMergeTree') ORDER BY name`,
  )
  const all: Record<string, object[]> = {}
  for (const { name } of tables)
    all[name] = (await engine.query<Record<string, unknown>>(`SELECT * FROM ${name} FINAL ORDER BY ALL`)).map(
      (row) => ({
        ...row,
        ...Object.fromEntries(
          ['numbers', 'places', 'variants'].flatMap((set) =>
            row[set] ? [[set, [...(row[set] as (string | number)[])].sort()]] : [],
          ),
        ),
      }),
    )
  return all
}

it('gives equal tables for any order, repetition, division into inserts and merge', async () => {
  const cases = fc.sample(
    fc.record({
      spans: fc.array(spanOf, { minLength: 1, maxLength: 120 }),
      seed: fc.nat(),
      size: fc.integer({ min: 1, max: 60 }),
      optimize: fc.boolean(),
    }),
    { numRuns: 12, seed: 14 },
  )
  for (const { spans, seed, size, optimize } of cases) {
    await emptyTables(engine)
    await engine.insert('otel_traces', spans)
    const once = await contents()
    await emptyTables(engine)
    const again = fc.sample(fc.shuffledSubarray([...spans, ...spans], { minLength: spans.length * 2 }), {
      numRuns: 1,
      seed,
    })[0]!
    for (let from = 0; from < again.length; from += size)
      await engine.insert('otel_traces', again.slice(from, from + size))
    if (optimize) for (const name of Object.keys(once)) await engine.command(`OPTIMIZE TABLE ${name} FINAL`)
    expect(await contents()).toEqual(once)
  }
})
