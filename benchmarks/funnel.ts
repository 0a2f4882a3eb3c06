// How long a funnel alone takes over 1 and 10 million enters in the embedded engine, beside windowFunnel over the same
// enters; and what it takes where nearly every run says how it ended, and one in fifty goes the long way.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '@throughline/analysis'
import { applySchema, countFunnel, openStore } from '@throughline/analysis'
import { defineJourney } from '@throughline/core'
import type { Measurement } from './run.ts'

const START = Date.UTC(2026, 10, 1)
const DAYS = 10
const STEPS = ['product', 'cart', 'shipping', 'payment', 'confirmation']
const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '2h',
})

/** Runs of one to nine enters, five on average, half a minute to one and a half apart. */
const fill = (runs: number) => `
  INSERT INTO throughline_visits (journey, day, run_id, visit, version, step, attempt, entered, number, subject, ready_ms, left)
  SELECT
    'checkout', toDate(at, 'UTC'),
    toUUID(concat(substring(began, 1, 8), '-', substring(began, 9, 4), '-7', substring(chance, 1, 3), '-8', substring(chance, 4, 3), '-', substring(chance, 7, 12))),
    cityHash64(number, enter), '1', ${JSON.stringify(STEPS).replaceAll('"', "'")}[least(enter, 5)], 1,
    toUnixTimestamp64Micro(toDateTime64(at, 6, 'UTC')) + enter * 30000000 + cityHash64(number, enter) % 60000000,
    enter, toString(number % 1000000), inf, 9223372036854775807
  FROM (
    SELECT
      number,
      toDateTime64(${START / 1000}, 3, 'UTC') + toIntervalMillisecond(cityHash64(number + 7) % ${DAYS * 86_400_000}) AS at,
      lower(hex(toUInt64(toUnixTimestamp64Milli(at)))) AS began,
      lower(hex(sipHash128(number))) AS chance,
      arrayJoin(range(1, 2 + cityHash64(number) % 9)) AS enter
    FROM numbers(${runs}))`

const WINDOW_FUNNEL = `
  SELECT level, count()
  FROM (
    SELECT run_id, windowFunnel(7200000000)(toUInt64(entered), step = 'product', step = 'cart', step = 'payment', step = 'confirmation') AS level
    FROM throughline_visits
    GROUP BY run_id)
  GROUP BY level`

/**
 * Rows that come over days lie in few parts when somebody asks; after a bulk load the engine is busy with that for a
 * while.
 */
async function merged(engine: Engine): Promise<void> {
  for (let quiet = 0; quiet < 10; await sleep(100)) {
    const [merges] = await engine.query<{ n: number }>('SELECT count() AS n FROM system.merges')
    quiet = merges!.n === 0 ? quiet + 1 : 0
  }
}

/**
 * Browsers say of all runs how they ended; servers say of one in 25 that they converted, half of which no step shows.
 */
const OUTCOMES = `
  INSERT INTO throughline_outcomes (journey, day, run_id, server, outcome, fact, date, worth, visit)
  SELECT
    journey, day, run_id, server,
    if(server OR countIf(step = 'confirmation') > 0, 'converted', 'abandoned'),
    cityHash64(run_id, server), max(entered) + 1000000, (max(entered) + 1000000, 40., 'EUR'), 0
  FROM throughline_visits
  ARRAY JOIN [true, false] AS server
  WHERE NOT server OR cityHash64(run_id) % 25 = 0
  GROUP BY journey, day, run_id, server`

interface Cost {
  /** Seconds. */
  readonly time: number
  readonly processor: number
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = { time: performance.now(), processor: process.cpuUsage() }
  await work()
  const { user, system } = process.cpuUsage(before.processor)
  return { time: (performance.now() - before.time) / 1000, processor: (user + system) / 1e6 }
}

const median = (costs: readonly Cost[]): Cost =>
  [...costs].sort((a, b) => a.processor - b.processor)[Math.floor(costs.length / 2)]!

/** Both, in turns. */
async function compare(engine: Engine): Promise<{ ours: Cost; theirs: Cost }> {
  const [ours, theirs]: [Cost[], Cost[]] = [[], []]
  const now = new Date(START + 2 * DAYS * 864e5)
  for (let round = 0; round < 5; round++) {
    theirs.push(await costOf(() => engine.query(WINDOW_FUNNEL)))
    ours.push(await costOf(() => countFunnel(engine, checkout, { now })))
  }
  return { ours: median(ours), theirs: median(theirs) }
}

const seconds = ({ time, processor }: Cost) => `${time.toFixed(2)} s (${processor.toFixed(2)} s)`

async function measure(enters: number): Promise<{ ours: Cost; rows: Measurement[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-funnel-'))
  const engine = await openStore(folder)
  try {
    await applySchema(engine)
    await engine.command(fill(enters / 5))
    await merged(engine)
    const { ours, theirs } = await compare(engine)
    await engine.command(OUTCOMES)
    await merged(engine)
    const ended = await compare(engine)
    const what = `funnel alone over ${enters / 1e6} M enters`
    const ratio = ours.processor / theirs.processor
    return {
      ours,
      rows: [
        { measure: `${what} (processor time; median of 5)`, value: seconds(ours) },
        { measure: 'windowFunnel over the same enters', value: seconds(theirs) },
        {
          measure: `${what}, windowFunnel = 1 (processor time)`,
          value: `${ratio.toFixed(2)} ×`,
          // Of fewer, planning is most of it.
          ...(enters > 1e6 && { target: '≤ 1 ×', met: ratio <= 1 }),
        },
        {
          measure: '″ where runs say how they ended, and one in fifty goes the long way',
          value: `${(ended.ours.processor / ended.theirs.processor).toFixed(2)} ×`,
        },
      ],
    }
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const name = 'funnel'

export async function run(): Promise<Measurement[]> {
  const [one, ten] = [await measure(1e6), await measure(1e7)]
  const growth = ten.ours.processor / one.ours.processor
  return [
    ...one.rows,
    ...ten.rows,
    {
      measure: 'growth of the funnel alone from 1 to 10 M enters (processor time)',
      value: `${growth.toFixed(1)} ×`,
      target: '≤ 10 ×',
      met: growth <= 10,
    },
  ]
}

if (import.meta.main) console.table(await run())
