// What a page pays on a slow device: one visit in Chromium with the CPU throttled four times, bare, with plain
// OpenTelemetry put together by hand, and with Throughline. Rounds alternate; a cost is what a visit took beyond the bare
// one of its round, and figures are medians with the least and the most beside them.
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import { openSite, WAYS, type Way } from './page-cost/site.ts'
import { type Cost, visit } from './page-cost/visit.ts'
import type { Measurement } from './run.ts'

const ROUNDS = 9

type Round = Record<Way, Cost>

const sorted = (values: number[]) => values.toSorted((a, b) => a - b)
const median = (values: number[]) => sorted(values)[values.length >> 1]!

async function play(): Promise<Round[]> {
  const site = await openSite()
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  const rounds: Round[] = []
  try {
    // The first visit of a browser pays for more than its page.
    await visit(browser, site, 'throughline')
    for (let round = 0; round < ROUNDS; round++) {
      const costs: Partial<Round> = {}
      // Each way is first, second and last equally often.
      for (let index = 0; index < WAYS.length; index++) {
        const way = WAYS[(index + round) % WAYS.length]!
        costs[way] = await visit(browser, site, way)
      }
      rounds.push(costs as Round)
    }
  } finally {
    await browser.close()
    await site.close()
  }
  return rounds
}

const ROWS: [name: keyof Cost, label: string, unit: number, digits: number][] = [
  ['start', 'main thread until 1 s after load, ms', 1, 0],
  ['visit', 'main thread over the visit, ms', 1, 0],
  ['script', 'of it script, ms', 1, 0],
  ['heap', 'heap after collection, kB', 1000, 0],
  ['requests', 'requests', 1, 0],
  ['bytes', 'sent, kB', 1000, 1],
  ['longTasks', 'tasks over 50 ms', 1, 0],
  ['blocking', 'blocking listeners', 1, 0],
]

function printTable(rounds: Round[]) {
  const cells = (label: string, ...texts: string[]) =>
    console.log(`  ${label.padEnd(40)}${texts.map((text) => text.padStart(24)).join('')}`)
  cells('', 'bare', 'plain OTel adds', 'Throughline adds')
  for (const [name, label, unit, digits] of ROWS) {
    const shown = (values: number[]) => {
      const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map((value) =>
        (value / unit).toFixed(digits),
      )
      return `${middle} (${least} to ${most})`
    }
    const added = (way: Way) => rounds.map((round) => round[way][name] - round.bare[name])
    cells(
      label,
      shown(rounds.map(({ bare }) => bare[name])),
      shown(added('plain')),
      shown(added('throughline')),
    )
  }
}

export async function run(): Promise<Measurement[]> {
  const rounds = await play()
  printTable(rounds)
  const added = (way: Way, name: keyof Cost) =>
    median(rounds.map((round) => round[way][name] - round.bare[name]))
  const beside = (measure: string, name: keyof Cost): Measurement => {
    const ratio = added('throughline', name) / added('plain', name)
    return { measure, value: `${ratio.toFixed(2)}×`, target: '≤ 1×', met: ratio <= 1 }
  }
  const none = (measure: string, value: number, unit: string, most: number): Measurement => ({
    measure,
    value: `${value.toFixed(0)}${unit}`,
    target: most ? `≤ ${most}${unit}` : 'none',
    met: value <= most,
  })
  return [
    beside(`main thread until loaded / plain OpenTelemetry (median of ${ROUNDS})`, 'start'),
    beside('main thread over the visit / plain OpenTelemetry', 'visit'),
    beside('heap / plain OpenTelemetry', 'heap'),
    none(
      "Throughline's longest task in a slow frame",
      median(rounds.map((r) => r.throughline.longestOwn)),
      ' ms',
      50,
    ),
    none('tasks over 50 ms that it adds', added('throughline', 'longTasks'), '', 0),
    none('blocking listeners that it adds', added('throughline', 'blocking'), '', 0),
  ]
}

if (import.meta.main) console.table(await run())
