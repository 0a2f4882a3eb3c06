// What a page pays on a slow device: one visit in Chromium with the CPU throttled four times, bare, with plain
// OpenTelemetry put together by hand, with Throughline, and with Throughline compiled while it loads. Rounds alternate;
// figures are medians with their quartiles, and a cost is what the median visit took beyond the median bare one:
// single visits differ by more than a set-up costs.
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import { openSite, WAYS, type Way } from './page-cost/site.ts'
import { type Cost, visit } from './page-cost/visit.ts'
import type { Measurement } from './run.ts'

const ROUNDS = 7

type Round = Record<Way, Cost>

const sorted = (values: number[]) => values.toSorted((a, b) => a - b)
/** The value below which a share of the values lies; a median is half. */
const quantile = (values: number[], share = 0.5) => sorted(values)[Math.round((values.length - 1) * share)]!

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
  ['startScript', 'of it script, ms', 1, 0],
  ['visit', 'main thread over the visit, ms', 1, 0],
  ['script', 'of it script, ms', 1, 0],
  ['heap', 'heap after collection, kB', 1000, 0],
  ['requests', 'requests', 1, 0],
  ['bytes', 'sent, kB', 1000, 1],
  ['longTasks', 'tasks over 50 ms', 1, 0],
  ['longestOwn', 'longest script of the set-up, ms', 1, 0],
  ['blocking', 'blocking listeners', 1, 0],
]

function printTable(rounds: Round[]) {
  const cells = (label: string, ...texts: string[]) =>
    console.log(`  ${label.padEnd(40)}${texts.map((text) => text.padStart(24)).join('')}`)
  cells('', 'bare', 'plain OTel adds', 'Throughline adds', 'compiled ahead adds')
  for (const [name, label, unit, digits] of ROWS) {
    const cell = (way: Way) => {
      const values = rounds.map((round) => round[way][name])
      const base = way === 'bare' ? 0 : quantile(rounds.map(({ bare }) => bare[name]))
      const [low, middle, high] = [0.25, 0.5, 0.75].map((share) =>
        ((quantile(values, share) - base) / unit).toFixed(digits),
      )
      return `${middle} (${low} to ${high})`
    }
    cells(label, ...WAYS.map(cell))
  }
}

export async function run(): Promise<Measurement[]> {
  const rounds = await play()
  printTable(rounds)
  const of = (way: Way, name: keyof Cost) => quantile(rounds.map((round) => round[way][name]))
  const row = (measure: string, value: number, most: number, unit = ''): Measurement => ({
    measure,
    value: `${value.toFixed(0)}${unit}`,
    target: `≤ ${most.toFixed(0)}${unit}`,
    met: value <= most,
  })
  const times = (name: keyof Cost) => {
    const bare = of('bare', name)
    return (of('throughline', name) - bare) / (of('plain', name) - bare)
  }
  return [
    // The aim is 1.4; to be seen until it is reached.
    { measure: 'script over a visit, times plain OpenTelemetry', value: times('script').toFixed(2) },
    {
      measure: 'sent, times plain OpenTelemetry',
      value: times('bytes').toFixed(2),
      target: '≤ 1.00',
      met: times('bytes') <= 1,
    },
    row('longest script of the set-up in a slow frame', of('throughline', 'longestOwn'), 50, ' ms'),
    row(
      'tasks over 50 ms, beside plain OpenTelemetry',
      of('throughline', 'longTasks'),
      of('plain', 'longTasks'),
    ),
    row('blocking listeners, beside the page alone', of('throughline', 'blocking'), of('bare', 'blocking')),
  ]
}

if (import.meta.main) console.table(await run())
