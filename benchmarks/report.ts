// How long the whole report takes in the embedded engine, how much memory and processor time, and what another cut of
// it then costs `throughline dev`. `node benchmarks/report.ts 2000000` takes another number of runs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '@throughline/analysis'
import { analyse, applySchema, openStore, startDev } from '@throughline/analysis'
import { defineHypothesis, defineJourney } from '@throughline/core'
import type { Measurement } from './run.ts'

const START = Date.UTC(2026, 10, 1)
const DAYS = 14

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '2h',
  ready: { product: { p75: 1500 }, payment: { p75: 2000 } },
})
const onePage = defineHypothesis('one-page', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  from: 'cart',
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
  guardrails: [
    { metric: 'inp', step: 'payment', p75AtMost: 200 },
    { metric: 'errors', relativeAtMost: 0.05 },
  ],
})

/**
 * The statements that make `runs` runs of three visits on average, with all that their pages and servers report. Spans
 * arrive as time goes by, so each day's are inserted before the next.
 */
export function statements(runs: number): string[] {
  const [prepare, ...rest] = readFileSync(new URL('report.sql', import.meta.url), 'utf8')
    .replaceAll('{runs}', String(runs))
    .replaceAll('{start}', String(START))
    .replaceAll('{days}', String(DAYS))
    .split(/;\s*$/m)
    .filter((statement) => statement.trim() !== '')
  const days = Array.from({ length: DAYS }, (_, day) =>
    new Date(START + day * 864e5).toISOString().slice(0, 10),
  )
  const inserts = days.flatMap((day) =>
    rest
      .filter((statement) => statement.includes('INSERT'))
      .map((statement) =>
        statement.replace(
          'FROM bench_visits',
          `FROM (SELECT * FROM bench_visits WHERE day = '${day}') AS bench_visits`,
        ),
      ),
  )
  return [prepare!, ...inserts, rest.at(-1)!]
}

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

interface Cost {
  /** Seconds. */
  readonly time: number
  readonly processor: number
  /** GB above what was there before. */
  readonly memory: number
}

/** Runs something, and watches what it takes. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = { time: performance.now(), processor: process.cpuUsage(), memory: process.memoryUsage.rss() }
  let most = before.memory
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  await work()
  clearInterval(watch)
  const { user, system } = process.cpuUsage(before.processor)
  return {
    time: (performance.now() - before.time) / 1000,
    processor: (user + system) / 1e6,
    memory: (most - before.memory) / 2 ** 30,
  }
}

const median = (costs: readonly Cost[]): Cost =>
  [...costs].sort((a, b) => a.time - b.time)[Math.floor(costs.length / 2)]!

/** Cuts that people look at one after the other. */
const CUTS = [
  'by=browser',
  'every=day',
  'against=2.1',
  'where=browser=Safari',
  'where=browser=Chrome',
  'step=payment',
]
/** What a change of cut may take, in seconds. */
const CHANGE = 3

/** Asks a `throughline dev` on the data for a report, then for other cuts of it. */
async function measureCuts(data: string, runs: number): Promise<Measurement[]> {
  const definitions = { journeys: [checkout], hypotheses: [onePage] }
  const dev = await startDev({ port: 0, host: '127.0.0.1', data, definitions })
  const ask = (cut: string) => async () => {
    const since = new Date(START).toISOString()
    const answer = await fetch(`${dev.url}/api/result?since=${since}&${cut}`)
    if (!answer.ok) throw new Error(await answer.text())
    await answer.text()
  }
  try {
    await ask('')()
    const found: Measurement[] = []
    for (const cut of CUTS) {
      const { processor } = await costOf(ask(cut))
      found.push({
        measure: `then ${cut}, ${runs.toLocaleString('en')} runs: processor time`,
        value: `${processor.toFixed(2)} s`,
        target: `≤ ${2 * CHANGE} s`,
        met: processor <= 2 * CHANGE,
      })
    }
    return found
  } finally {
    await dev.close()
  }
}

async function measure(runs: number, target: { time: number; memory: number }): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-report-'))
  const engine = await openStore(folder)
  try {
    await applySchema(engine)
    for (const statement of statements(runs)) await engine.command(statement)
    await merged(engine)
    const costs: Cost[] = []
    const options = { now: new Date(START + (DAYS + 1) * 864e5) }
    const asked = process.env.THROUGHLINE_QUERIES ? watched(engine) : engine
    for (let round = 0; round < 3; round++)
      costs.push(await costOf(() => analyse(asked, { journeys: [checkout], hypotheses: [onePage] }, options)))
    await engine.close()
    const cost = median(costs)
    const what = `whole report, ${runs.toLocaleString('en')} runs (median of 3)`
    return [
      {
        measure: what,
        value: `${cost.time.toFixed(2)} s`,
        target: `≤ ${target.time} s`,
        met: cost.time <= target.time,
      },
      {
        measure: `${what}: processor time`,
        value: `${cost.processor.toFixed(2)} s`,
        target: `≤ ${2 * target.time} s`,
        met: cost.processor <= 2 * target.time,
      },
      {
        measure: `${what}: memory`,
        value: `${Math.max(...costs.map(({ memory }) => memory)).toFixed(2)} GB`,
        target: `≤ ${target.memory} GB`,
        met: costs.every(({ memory }) => memory <= target.memory),
      },
      ...(runs > 1e6 ? [] : await measureCuts(folder, runs)),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Prints what each query takes. */
const watched = (engine: Engine): Engine => ({
  ...engine,
  async query<Row>(sql: string, params = {}) {
    const before = { time: performance.now(), processor: process.cpuUsage() }
    const rows = await engine.query<Row>(sql, params)
    const { user, system } = process.cpuUsage(before.processor)
    const spent = `${Math.round(performance.now() - before.time)} ms, ${Math.round((user + system) / 1e3)} of processor`
    console.log(`    ${spent.padEnd(32)} ${sql.trim().replaceAll(/\s+/g, ' ').slice(0, 90)}`)
    return rows
  },
})

export const name = 'report'

export async function run(): Promise<Measurement[]> {
  return measure(400_000, { time: 4, memory: 2 })
}

if (import.meta.main) {
  const runs = Number(process.argv[2] ?? 400_000)
  console.table(await measure(runs, runs > 1e6 ? { time: 20, memory: 6 } : { time: 4, memory: 2 }))
}
