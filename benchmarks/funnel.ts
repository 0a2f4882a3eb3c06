// How long a funnel takes over 1 and 10 million enters in the embedded engine, beside windowFunnel over the same
// enters: reading visits, putting runs in order, folding and counting them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '@throughline/analysis'
import { analyse, applySchema, openStore } from '@throughline/analysis'
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

/** Seconds until the funnel of a report is counted. */
async function funnelTime(engine: Engine): Promise<number> {
  let spent = 0
  let counted = false
  const watched: Engine = {
    ...engine,
    async query<Row>(sql: string, params = {}) {
      const before = performance.now()
      const rows = await engine.query<Row>(sql, params)
      if (!counted) spent += performance.now() - before
      if (sql.includes('AS furthest')) counted = true
      return rows
    },
  }
  await analyse(
    watched,
    { journeys: [checkout], hypotheses: [] },
    { now: new Date(START + 2 * DAYS * 864e5) },
  )
  return spent / 1000
}

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!

async function measure(enters: number): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-funnel-'))
  const engine = await openStore(folder)
  try {
    await applySchema(engine)
    await engine.command(fill(enters / 5))
    await merged(engine)
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let round = 0; round < 3; round++) {
      const before = performance.now()
      await engine.query(WINDOW_FUNNEL)
      theirs.push((performance.now() - before) / 1000)
      ours.push(await funnelTime(engine))
    }
    const ratio = median(ours) / median(theirs)
    const what = `funnel over ${enters / 1e6} M enters (median of 3)`
    return [
      { measure: what, value: `${median(ours).toFixed(2)} s`, target: '(no target)', met: true },
      {
        measure: `${what}, windowFunnel = 1`,
        value: `${ratio.toFixed(1)} ×`,
        target: '≤ 1 ×',
        met: ratio <= 1,
      },
    ]
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const name = 'funnel'

export async function run(): Promise<Measurement[]> {
  return [...(await measure(1e6)), ...(await measure(1e7))]
}

if (import.meta.main) console.table(await run())
