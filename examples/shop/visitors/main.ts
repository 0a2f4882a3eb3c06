import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { crowd } from './browser.ts'
import { truthOf } from './expected.ts'
import { sendPeople } from './people.ts'
import { CROWD, person, plan } from './truth.ts'
import { visit } from './visitor.ts'

// Sends the visitors: node visitors/main.ts --shop URL --otlp URL [--visitors N] [--truth FILE] [--browsers]
// `--browsers` adds a few people in a real Chromium.

const { values } = parseArgs({
  options: {
    shop: { type: 'string' },
    otlp: { type: 'string' },
    visitors: { type: 'string', default: String(CROWD.visitors) },
    truth: { type: 'string' },
    browsers: { type: 'boolean', default: false },
  },
})
/** Real browsers are slow to start: a few are enough to see them in the report. */
const PEOPLE = 4

const visitors = Number(values.visitors)
if (!values.shop || !values.otlp || !Number.isInteger(visitors) || visitors < 1)
  throw new Error('say where to go: --shop URL --otlp URL, and how many: --visitors N')

const { browse, close, lost } = crowd(values.shop, values.otlp)
const arrive = Math.min(CROWD.arrive, visitors * 20)
const started = performance.now()
let here = 0
let gone = 0
let bought = 0

const report = () => {
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const line = `  ${seconds} s: ${gone} visitors have left, ${here} are in the shop, ${bought} bought something`
  process.stdout.write(process.stdout.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
}
const ticker = setInterval(report, process.stdout.isTTY ? 250 : 10_000)

/** One visitor, from the door to the door. */
async function come(index: number) {
  const who = person(CROWD.seed, index)
  const planned = plan(who)
  here++
  await visit(who, planned, browse(who))
  here--
  gone++
  if (planned.converts) bought++
}

const visits: Promise<void>[] = []
for (let index = 0; index < visitors; index++) {
  const due = started + (index / visitors) * arrive
  // Where the machine is busy, the door closes for a while: a queue inside would be measured as a slow shop.
  while (performance.now() < due || here >= CROWD.atOnce) await sleep(5)
  visits.push(come(index))
}
await Promise.all(visits)
clearInterval(ticker)
report()
if (process.stdout.isTTY) process.stdout.write('\n')
await close()
if (lost() > 0) throw new Error(`${lost()} batches of the visitors' telemetry were not taken`)
if (values.browsers)
  try {
    await sendPeople(values.shop, PEOPLE)
    console.log(`  and ${PEOPLE} in a real Chromium`)
  } catch (error) {
    const [reason] = (error as Error).message.split('\n')
    console.log(`  none in a real Chromium (install one, or set CHROME_PATH, to have them too): ${reason}`)
  }
if (values.truth) writeFileSync(values.truth, `${JSON.stringify(truthOf(CROWD.seed, visitors), null, 2)}\n`)
