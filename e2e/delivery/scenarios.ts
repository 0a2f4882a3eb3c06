import type { BrowserContext, Page } from 'playwright-core'
import type { Site } from './site.ts'

/** What happens to a page after its events; what it returns is the page that is still there. */
export interface Scenario {
  readonly name: string
  /** Events in one go. */
  readonly events: number
  /** How often it is tried, each on a page of its own. */
  readonly trials: number
  run(page: Page, emit: () => Promise<unknown>, context: BrowserContext, site: Site): Promise<unknown>
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const ways: Record<string, (page: Page, site: Site) => Promise<unknown>> = {
  navigation: (page, site) => page.goto(`${site.url}/elsewhere`),
  'click on a link': async (page, site) => {
    await page.evaluate(
      (to) => Object.assign(document.createElement('a'), { href: to }).click(),
      `${site.url}/elsewhere`,
    )
    await page.waitForURL('**/elsewhere')
  },
  reload: (page) => page.reload(),
  "the page's own reload": async (page) => {
    const reloaded = page.waitForEvent('load')
    await page.evaluate(() => location.reload()).catch(() => {})
    await reloaded
  },
  close: (page) => page.close({ runBeforeUnload: false }),
  'back/forward cache': async (page, site) => {
    await page.evaluate(() =>
      addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted })),
    )
    await page.goto(`${site.url}/elsewhere`)
    await page.evaluate(() => history.back())
    // A page that was loaded anew would not know.
    await page.waitForFunction('window.persisted')
  },
  'renderer kill': async (page) => {
    const session = await page.context().newCDPSession(page)
    await Promise.race([session.send('Page.crash').catch(() => {}), wait(500)])
    await page.close()
  },
}

/** Every way for a page to go away, 0, 50 and 500 ms after its events; then what an endpoint and a network can do. */
export const scenarios: readonly Scenario[] = [
  ...Object.entries(ways).flatMap(([way, leave]) =>
    [0, 50, 500].map((delay) => ({
      name: `${way}, ${delay} ms after`,
      events: 5,
      trials: 4,
      async run(page: Page, emit: () => Promise<unknown>, _context: BrowserContext, site: Site) {
        await emit()
        if (delay > 0) await wait(delay)
        await leave(page, site)
      },
    })),
  ),
  {
    name: 'endpoint down for 10 s',
    events: 5,
    trials: 1,
    async run(_page, emit, _context, site) {
      site.isUp = false
      await emit()
      await wait(10_000)
      site.isUp = true
      await wait(25_000)
    },
  },
  {
    name: 'offline, then reload',
    events: 5,
    trials: 2,
    async run(page, emit, context) {
      await context.setOffline(true)
      await emit()
      await wait(1500)
      await page.reload().catch(() => {})
      await context.setOffline(false)
      await page.close()
    },
  },
  {
    name: 'burst of 500, then navigation',
    events: 500,
    trials: 1,
    async run(page, emit, _context, site) {
      await emit()
      await page.goto(`${site.url}/elsewhere`)
    },
  },
]
