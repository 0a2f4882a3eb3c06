import { readdirSync, readFileSync } from 'node:fs'
import { defineHypothesis, defineJourney } from '@throughline/core'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { analyse } from './ask/analyse'
import type { Engine } from './engine'
import type { Result } from './result'
import { renderCsv } from './show/csv'
import { judge } from './show/fail-on'
import { cut, empty, extreme, full } from './show/fixture'
import { renderHtml } from './show/html'
import { renderTerminal } from './show/terminal'
import { renderFindings } from './show/terminal/findings'
import { createInk } from './show/terminal/ink'
import { emptyTables, enter, exposure, openTestEngine, outcome, runId, span } from './testing'

// The published schema says what `report --json` writes; here it is held against results of every kind.

const text = readFileSync(new URL('../schema/result.json', import.meta.url), 'utf8')

/** The schema as published lets readers meet fields that are newer than it; the test lets none be unknown. */
const strict = JSON.parse(
  text.replaceAll('"type": "object",', '"type": "object", "additionalProperties": false,'),
)
const matches = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(strict)

/** What does not match, where. */
function faults(result: unknown): string[] {
  matches(JSON.parse(JSON.stringify(result)))
  return (matches.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
  ready: { cart: { p75: 1000 } },
})
const onePage = defineHypothesis('one-page', {
  statement: 'One page converts more',
  journey: checkout,
  from: 'cart',
  variants: ['control', 'one'],
  expect: { metric: 'conversion', relative: 0.1 },
  guardrails: [
    { metric: 'ready', step: 'cart', p75AtMost: 900 },
    { metric: 'errors', relativeAtMost: 0.05 },
  ],
})
const definitions = { journeys: [checkout], hypotheses: [onePage] }
const T = Date.UTC(2026, 10, 20, 12)
const now = new Date(T + 240 * 3_600_000)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())

/** Every third converts; there are errors, requests, scores and vitals. */
const visits = (count: number) =>
  Array.from({ length: count }, (_, at) => {
    const run = runId(T + at, `${at}`)
    const about = { run, step: 'cart' }
    return [
      enter(run, 'cart', T + at, { subject: `s${at}` }),
      exposure(run, at % 2 ? 'one' : 'control', T + at + 1, `s${at}`),
      span('throughline.step.ready', T + at, {
        ...about,
        attributes: { 'throughline.step.ready_ms': 400 + ((at * 37) % 1600) },
      }),
      span('GET /cart', T + at + 5, {
        ...about,
        kind: 'Server',
        duration: 50 + (at % 9) * 40,
        status: at % 7 ? 'Unset' : 'Error',
      }),
      ...(at % 5
        ? []
        : [
            span('exception', T + at + 10, {
              ...about,
              attributes: { 'exception.type': 'E', 'exception.stacktrace': 'at x' },
            }),
          ]),
      ...(at % 4
        ? []
        : [
            span('throughline.satisfaction', T + at + 11, {
              ...about,
              attributes: { 'throughline.satisfaction.score': at % 6, 'throughline.satisfaction.scale': 5 },
            }),
          ]),
      ...(at % 3
        ? []
        : [
            enter(run, 'payment', T + at + 20),
            outcome(run, T + at + 30, 'converted', { value: 10, currency: 'EUR' }),
          ]),
    ]
  }).flat()

it.each([
  ['nothing', 0],
  ['one run', 1],
  ['some runs', 120],
])('describes a real result of %s', async (_, count) => {
  await emptyTables(engine)
  if (count) await engine.insert('otel_traces', visits(count))
  for (const by of ['run', 'subject'] as const)
    expect(faults(await analyse(engine, definitions, { now, by }))).toEqual([])
})

it('describes the results that the views are tested with, and no other object', () => {
  expect(faults(full)).toEqual([])
  expect(faults(empty)).toEqual([])
  expect(faults({})).not.toEqual([])
  expect(faults({ ...full, unit: 'visit' })).toEqual([expect.stringContaining('/unit')])
  expect(faults({ ...full, journeys: [{ ...full.journeys[0], runs: 'many' }] })).toEqual([
    '/journeys/0/runs must be number',
  ])
  expect(faults({ ...full, more: 1 })).toEqual([expect.stringContaining('additional properties')])
})

describe('results of earlier releases', () => {
  const folder = new URL('./show/fixture/released/', import.meta.url)
  const released = readdirSync(folder)
  it.each(released)('%s is still shown', (file) => {
    const old: Result = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    const terminal = renderTerminal(old, { color: false, width: 100 })
    for (const shown of [terminal, renderHtml(old), renderCsv(old)]) {
      expect(shown).toContain('checkout')
      expect(shown).not.toMatch(/NaN|\[object|(?<!properties.of.)undefined/)
    }
    expect(terminal).toContain('27.5 % converted')
    expect(renderFindings(old, createInk(false, 100))).toContain('findings change how')
    expect(judge(old, ['refuted', 'readiness']).code).toBe(1)
  })
  it('there is one', () => expect(released.length).toBeGreaterThan(0))
})

describe('CSV', () => {
  const rows = (csv: string) => csv.trimEnd().split('\r\n')
  it('gives each figure a line of nine cells', () => {
    const lines = rows(renderCsv(full))
    expect(lines).toContain('funnel,checkout,1,payment,,left,1883,,')
    expect(lines).toContain('funnel,checkout,1,payment,error,left because,512,,')
    expect(
      lines.filter((line) => line.startsWith('hypotheses,checkout,,,one-page-payment,')).length,
    ).toBeGreaterThan(0)
  })
  it('has the parts of a breakdown, with what costs conversions in each', () => {
    const lines = rows(renderCsv(cut))
    expect(lines).toContain('breakdown,checkout,1,,browser=Chrome,runs,8000,,')
    expect(lines).toContain('breakdown,checkout,1,,browser=unknown,conversions,37,,')
    expect(lines).toContain(
      'breakdown,checkout,1,payment,browser=Firefox,adjusted odds when slow: ready,0.6,0.5,0.7',
    )
    expect(lines).toContain(
      'breakdown,checkout,1,payment,browser=Firefox,lost to error: =TypeError: x,33,24,42',
    )
  })
  it('quotes what is hostile, and lets no text be a formula', () => {
    const csv = renderCsv({
      ...extreme,
      journeys: [{ ...extreme.journeys[0]!, name: '=cmd|"/c calc"!A1', errors: [] }],
    })
    expect(csv).toContain(`"'=cmd|""/c calc""!A1"`)
    expect(csv).not.toMatch(/(^|,|\n)"?[=@]/)
    expect(csv).not.toMatch(/NaN|Infinity/)
  })
})

describe('judge', () => {
  it.each([
    ['refuted', /is refuted/],
    ['invalid', /is invalid/],
    ['readiness', /payment of checkout is slower than its target/],
    ['guardrail', /is violated by/],
  ] as const)('stops at %s, and says why', (failure, why) => {
    const hypotheses = [...full.hypotheses, { ...full.hypotheses[0]!, verdict: 'refuted' as const }]
    const { code, reasons } = judge({ ...full, hypotheses }, [failure])
    expect(code).toBe(1)
    expect(reasons.join('\n')).toMatch(why)
  })
  it('stops at nothing that was not asked for, and tells that there are no data', () => {
    expect(judge(full, [])).toEqual({ code: 0, reasons: [] })
    expect(judge(empty, []).code).toBe(2)
    expect(
      judge(
        {
          ...full,
          trust: { ...full.trust, notes: [{ level: 'warning', kind: 'loss-by-variant', text: 'lost' }] },
        },
        ['loss'],
      ),
    ).toEqual({ code: 1, reasons: ['lost'] })
  })
})
