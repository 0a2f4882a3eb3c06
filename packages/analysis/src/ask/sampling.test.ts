import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { Result } from '../result'
import type { SpanRow } from '../testing'
import { emptyTables, openTestEngine } from '../testing'
import { analyse } from './analyse'
import { checkout, crowd, now } from './crowd-testing'

// A sample of runs, drawn by servers, by the collector, or by both. The collector's rule is written out here: it keeps
// runs by their last digits, and of others what failed or took half a second. `e2e/collector-sampling.test.ts` holds
// the real one to it.

const digitsOf = (row: SpanRow) => row.SpanAttributes['throughline.run.id']!.replaceAll('-', '').slice(-14)
const isEvent = (row: SpanRow) => row.SpanAttributes['throughline.event.id'] !== undefined
const isRemarkable = (row: SpanRow) =>
  row.Duration >= 5e8 || row.SpanAttributes['http.response.status_code']!.startsWith('5')

/** What servers send that keep the runs from these digits on. */
const byServers = (rows: readonly SpanRow[], from: string): SpanRow[] =>
  rows.flatMap((row) => {
    if (isEvent(row)) return [row]
    return digitsOf(row) < from ? [] : [{ ...row, TraceState: `vendor=1,ot=th:${from};rv:${digitsOf(row)}` }]
  })

/** What is stored behind a collector that keeps the runs from these digits on. */
const byCollector = (rows: readonly SpanRow[], from: string): SpanRow[] =>
  rows.flatMap((row) => {
    if (isEvent(row)) return [row]
    if (!isRemarkable(row) && digitsOf(row) < from) return []
    const [before = '0'] = /(?<=th:)[0-9a-f]+/.exec(row.TraceState) ?? []
    const th = isRemarkable(row) || before > from ? before : from
    return [
      {
        ...row,
        TraceState: `ot=th:${th}`,
        SpanAttributes: { ...row.SpanAttributes, 'throughline.run.threshold': from },
      },
    ]
  })

let engine: Engine
let rows: SpanRow[]
let all: Result
const analysed = async (given: readonly SpanRow[]) => {
  await engine.insert('otel_traces', given)
  return analyse(engine, { journeys: [checkout], hypotheses: [] }, { now })
}
beforeAll(async () => {
  engine = await openTestEngine()
  rows = crowd()
  all = await analysed(rows)
})
beforeEach(() => emptyTables(engine))
afterAll(() => engine.close())

const endpointsOf = ({ journeys }: Result) =>
  new Map(journeys[0]!.endpoints.map((one) => [`${one.kind} ${one.key}`, one]))
const notesOf = ({ trust }: Result) =>
  trust.notes.filter(({ kind }) => kind === 'sampling').map(({ text }) => text)

describe.each<[string, number, (rows: readonly SpanRow[]) => SpanRow[]]>([
  ['servers', 1 / 4, (given) => byServers(given, 'c')],
  ['the collector', 1 / 4, (given) => byCollector(given, 'c')],
  ['servers, and more by the collector', 1 / 4, (given) => byCollector(byServers(given, '8'), 'c')],
  ['the collector, and more by servers', 1 / 8, (given) => byCollector(byServers(given, 'e'), 'c')],
])('a sample drawn by %s', (_, share, draw) => {
  let sampled: Result
  beforeEach(async () => {
    sampled = await analysed(draw(rows))
  })

  it('says the same of all that event spans tell, and agrees about endpoints within its intervals', () => {
    const ofEvents = ({ journeys }: Result) => {
      const { endpoints, ranking, steps, ...journey } = journeys[0]!
      return { ...journey, steps: steps.map(({ leftBecause, ...step }) => step) }
    }
    expect(ofEvents(sampled)).toEqual(ofEvents(all))
    const [some, whole] = [endpointsOf(sampled), endpointsOf(all)]
    expect([...some.keys()].sort()).toEqual(['failing-endpoint POST /orders', 'slow-endpoint POST /search'])
    expect([...some.keys()].sort()).toEqual([...whole.keys()].sort())
    for (const [key, { lost, recovered, runs, converted }] of some) {
      const known = whole.get(key)!
      for (const [estimate, value] of [
        [lost, known.lost.value],
        [recovered, known.recovered.value],
      ] as const) {
        expect(estimate.low).toBeLessThan(value)
        expect(estimate.high).toBeGreaterThan(value)
      }
      // Wider by the square root of what is left out, as the sample is smaller.
      const width = (lost.high - lost.low) / (known.lost.high - known.lost.low)
      expect(width).toBeGreaterThan(0.7 / Math.sqrt(share))
      expect(width).toBeLessThan(1.4 / Math.sqrt(share))
      // Four standard deviations of a share.
      const error = 4 * Math.sqrt((1 - share) / share / known.runs)
      expect(Math.abs(runs / known.runs - 1)).toBeLessThan(error)
      expect(Math.abs(converted / known.converted - 1)).toBeLessThan(error * 1.5)
    }
    expect(notesOf(sampled)[0]).toMatch(
      / requests are stored, which stand for .*: 100 % of them were sampled/,
    )
  })
})

it('knows of every run whose request failed, and says what is beside the sample', async () => {
  const drawn = byCollector(rows, 'c')
  const sampled = await analysed(drawn)
  const failed = (result: Result) =>
    result.journeys[0]!.steps.map(({ leftBecause }) =>
      leftBecause!.find((one) => one.reason === 'failing-request'),
    )
  expect(failed(sampled)).toEqual(failed(all))
  expect(failed(all).filter(Boolean)).toHaveLength(1)
  const beside = drawn.filter((row) => !isEvent(row) && digitsOf(row) < 'c').length
  expect(beside).toBeGreaterThan(500)
  expect(notesOf(sampled)[1]).toBe(
    `${beside.toLocaleString('en')} requests that failed or took long are of runs that the collector left out: what endpoints cost is told without them.`,
  )
})

it('takes the first call of a run that is left out for its first only where nobody says otherwise', async () => {
  const unsaid = byCollector(rows, 'c').map((row) => {
    const { 'throughline.run.threshold': _, ...own } = row.SpanAttributes
    return { ...row, SpanAttributes: own }
  })
  const misled = endpointsOf(await analysed(unsaid)).get('slow-endpoint POST /search')
  const { runs } = endpointsOf(all).get('slow-endpoint POST /search')!
  expect(misled ? Math.abs(misled.runs / runs - 1) : 1).toBeGreaterThan(0.5)
})

it('drops thresholds that are none', async () => {
  const odd = ['', 'C', 'x', '0'.repeat(15), '<b>'].map((threshold, at) => ({
    ...rows.find((row) => !isEvent(row))!,
    SpanId: `${at}`,
    SpanAttributes: {
      ...rows.find((row) => !isEvent(row))!.SpanAttributes,
      'throughline.run.threshold': threshold,
    },
  }))
  await engine.insert('otel_traces', odd)
  expect(await engine.query('SELECT DISTINCT weight FROM throughline_calls')).toEqual([{ weight: 1 }])
})
