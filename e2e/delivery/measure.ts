import type { Browser } from 'playwright-core'
import type { Scenario } from './scenarios.ts'
import { openSite } from './site.ts'

export interface Delivered {
  readonly scenario: string
  readonly emitted: number
  /** Distinct events that arrived. */
  readonly delivered: number
  /** Arrivals beyond the first, and how many of all arrivals said that an earlier attempt may have arrived. */
  readonly duplicates: number
  readonly resent: number
  /** Arrivals beyond the first that did not say so. */
  readonly unmarked: number
}

/** Long enough for a next page to send what the one before left: it leaves alone what another tab may be sending. */
const RECOVERY = 13_000

/** Plays a scenario on a site of its own, opens the site once more, and counts what has arrived. */
export async function measure(browser: Browser, page: string, scenario: Scenario): Promise<Delivered> {
  const site = await openSite(page)
  let next = 0
  try {
    const context = await browser.newContext()
    for (let trial = 0; trial < scenario.trials; trial++) {
      const tab = await context.newPage()
      await tab.goto(site.url)
      const numbers = Array.from({ length: scenario.events }, () => next++)
      await scenario.run(
        tab,
        () => tab.evaluate((sent) => (window as unknown as { emit(n: number[]): void }).emit(sent), numbers),
        context,
        site,
      )
      await tab.close().catch(() => {})
    }
    const later = await context.newPage()
    await later.goto(site.url)
    await later.waitForTimeout(RECOVERY)
    await context.close()
  } finally {
    await site.close()
  }
  const arrivals = [...site.arrived.values()].reduce((sum, count) => sum + count, 0)
  return {
    scenario: scenario.name,
    emitted: next,
    delivered: site.arrived.size,
    duplicates: arrivals - site.arrived.size,
    resent: site.resent,
    unmarked: site.unmarked,
  }
}
