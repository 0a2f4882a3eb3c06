// What the cases of every framework need: a browser, a site of the built application, and what arrived from it.
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../../scripts/chromium.ts'
import type { Arrived, Site } from '../page-life/site.ts'
import { openSite } from '../page-life/site.ts'
import { fixture } from './prepare.ts'

/** Opens a page of a visitor of its own, in a browser that lives as long as the tests around the call. */
export type Open = () => Promise<Page>

export function openBrowser(): Open {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  })
  afterAll(() => browser?.close())
  return async () => (await browser.newContext()).newPage()
}

/** A site for the tests around the call; `site()` once they run. */
export function siteOf(start: () => Promise<Site>): () => Site {
  let site: Site
  beforeAll(async () => {
    site = await start()
  })
  afterAll(() => site?.close())
  return () => site
}

/** One script in an empty page, whatever its path. */
export const bundled = (name: string, script: string, { production = true } = {}): Promise<Site> =>
  openSite({
    script: `${fixture(name)}/${script}`,
    production,
    page: () =>
      `<!doctype html><title>${name}</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/app.js"></script>`,
  })

/**
 * What happened, and on which step, in order of pages and on each; vitals and what is ready at its own pace left out.
 */
export function road(spans: readonly Arrived[]): string[] {
  const happened = spans.filter(({ name }) => /step\.(enter|leave)$|run\.end$|^exception$/.test(name))
  const pageOf = ({ attributes }: Arrived) => `${attributes['throughline.page.id']}`
  const began = new Map<string, number>()
  for (const span of happened)
    began.set(pageOf(span), Math.min(span.end, began.get(pageOf(span)) ?? span.end))
  const seq = ({ attributes }: Arrived) => Number(attributes['throughline.event.seq'])
  return happened
    .sort((a, b) => began.get(pageOf(a))! - began.get(pageOf(b))! || seq(a) - seq(b))
    .map(({ name, attributes }) => {
      const { 'exception.message': message, 'throughline.error.handled': isHandled } = attributes
      const attempt = attributes['throughline.step.attempt']
      const what =
        message === undefined
          ? name.replace(/.*\./, '')
          : `${isHandled ? 'handled' : 'uncaught'} "${message}"`
      return `${what} ${attributes['throughline.step.name']} ${attempt}`
    })
}

/** On pages that a server has rendered: whether what is on them answers to clicks already. */
export const HYDRATED = {
  react:
    "Object.keys(document.querySelector('a, button') ?? {}).some((key) => key.startsWith('__reactProps'))",
  svelteKit: "history.scrollRestoration === 'manual'",
}

/**
 * What a visitor does on a page, and the road that was recorded of it by the time that the page has been left.
 *
 * @param ready when they begin: by default once the first step is entered
 */
export async function visit(
  open: Open,
  site: Site,
  url: string,
  act: (page: Page) => Promise<void>,
  ready = "sessionStorage.getItem('throughline')",
): Promise<string[]> {
  const before = new Set(site.spans().map(({ spanId }) => spanId))
  const page = await open()
  let loads = 0
  page.on('domcontentloaded', () => {
    if (page.url().startsWith('http')) loads++
  })
  try {
    await page.goto(url)
    await page.waitForFunction(ready)
    await act(page)
    await page.goto('about:blank')
    const fresh = () => site.spans().filter(({ spanId }) => !before.has(spanId))
    await vi.waitFor(
      () => {
        const accounts = fresh().filter(({ name }) => name === 'throughline.delivery')
        const pages = new Set(accounts.map(({ attributes }) => attributes['throughline.page.id']))
        if (pages.size < loads) throw new Error(`${pages.size} of ${loads} pages have reported yet`)
      },
      { timeout: 30_000 },
    )
    return road(fresh())
  } finally {
    await page.context().close()
  }
}
