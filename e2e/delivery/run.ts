// Prints which share of numbered events arrives when pages go away, beside OpenTelemetry alone, how many arrive
// again, and whether these say so: `npm run delivery`.
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../../scripts/chromium.ts'
import { measure } from './measure.ts'
import { scenarios } from './scenarios.ts'

const AT_ONCE = 6

// Playwright turns the back/forward cache off.
const ignoreDefaultArgs = ['--disable-back-forward-cache']
const browser = await chromium.launch({
  executablePath: await chromiumPath(),
  args: CHROMIUM_FLAGS,
  ignoreDefaultArgs,
})
const rows: string[] = []
const left = scenarios.map((scenario, index) => ({ scenario, index }))

async function worker() {
  for (let job = left.shift(); job; job = left.shift()) {
    const { scenario, index } = job
    const [ours, plain] = [
      await measure(browser, 'throughline', scenario),
      await measure(browser, 'plain', scenario),
    ]
    const share = ({ delivered, emitted }: typeof ours) => (delivered / emitted).toFixed(2).padStart(5)
    const again = ({ duplicates, resent, unmarked }: typeof ours) =>
      `(+${duplicates} again, ${resent} say so, ${unmarked} do not)`.padEnd(36)
    rows[index] =
      `${scenario.name.padEnd(32)} ${share(ours)} of ${`${ours.emitted}`.padEnd(4)} ${again(ours)} ${share(plain)}`
    console.error(`${rows.filter(Boolean).length}/${scenarios.length} ${scenario.name}`)
  }
}

console.log(
  `${'the page goes away by'.padEnd(32)} Throughline                                        OpenTelemetry alone`,
)
await Promise.all(Array.from({ length: AT_ONCE }, worker))
await browser.close()
for (const row of rows) console.log(row)
