// How long the funnel query takes over 1 and 10 million step events in the embedded engine.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '@throughline/analysis'
import { applySchema, openStore } from '@throughline/analysis'
import type { Measurement } from './run.ts'

const FUNNEL = readFileSync(new URL('../packages/analysis/sql/queries/funnel.sql', import.meta.url), 'utf8')
const START = Date.UTC(2026, 10, 1)
const DAYS = 10
const STEPS = ['product', 'cart', 'shipping', 'payment', 'confirmation']

/** Runs of one to nine enters, five on average: half a minute to one and a half apart, so that some come out of order. */
const fill = (runs: number) => `
  INSERT INTO throughline_steps (journey, kind, day, run_id, time, event, version, step, attempt, subject)
  SELECT
    'checkout', 'enter', toDate(at, 'UTC'),
    toUUID(concat(substring(began, 1, 8), '-', substring(began, 9, 4), '-7', substring(chance, 1, 3), '-8', substring(chance, 4, 3), '-', substring(chance, 7, 12))),
    at + toIntervalMillisecond(enter * 30000 + cityHash64(number, enter) % 60000),
    cityHash64(number, enter), '1', ${JSON.stringify(STEPS).replaceAll('"', "'")}[least(enter, 5)], 1, toString(number % 1000000)
  FROM (
    SELECT
      number,
      toDateTime64(${START / 1000}, 3, 'UTC') + toIntervalMillisecond(cityHash64(number + 7) % ${DAYS * 86_400_000}) AS at,
      lower(hex(toUInt64(toUnixTimestamp64Milli(at)))) AS began,
      lower(hex(sipHash128(number))) AS chance,
      arrayJoin(range(1, 2 + cityHash64(number) % 9)) AS enter
    FROM numbers(${runs}))`

/** Rows that come over days lie in few parts when somebody asks; after a bulk load the engine is busy with that for a while. */
async function merged(engine: Engine): Promise<void> {
  for (let quiet = 0; quiet < 10; await sleep(100)) {
    const [merges] = await engine.query<{ n: number }>('SELECT count() AS n FROM system.merges')
    quiet = merges!.n === 0 ? quiet + 1 : 0
  }
}

async function measure(events: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-funnel-'))
  const engine = await openStore(folder)
  try {
    await applySchema(engine)
    await engine.command(fill(events / 5))
    await merged(engine)
    const times: number[] = []
    for (let round = 0; round < 7; round++) {
      const before = performance.now()
      await engine.query(FUNNEL, {
        journey: 'checkout',
        version: '1',
        steps: STEPS,
        // Shipping is optional.
        previous: [1, 2, 3, 3, 5],
        converts: 5,
        within: 7_200_000,
        since: START,
        until: START + (DAYS + 1) * 86_400_000,
      })
      times.push(performance.now() - before)
    }
    const seconds = times.sort((a, b) => a - b)[3]! / 1000
    return {
      measure: `funnel over ${events / 1e6} M step events (median of 7)`,
      value: `${seconds.toFixed(2)} s`,
      target: '≤ 1 s',
      met: seconds <= 1,
    }
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const name = 'funnel'

export async function run(): Promise<Measurement[]> {
  return [await measure(1e6), await measure(1e7)]
}

if (import.meta.main) console.table(await run())
