// What a page goes through in a real browser: which step its vitals land on, and whether its run goes on.
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Arrived, Site } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'

let browser: Browser
let site: Site
let page: Page

beforeAll(async () => {
  // Playwright turns the back/forward cache off.
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: CHROMIUM_FLAGS,
    ignoreDefaultArgs,
  })
})
afterAll(() => browser?.close())

beforeEach(async () => {
  site = await openSite()
  page = await (await browser.newContext()).newPage()
  return async () => {
    await page.context().close()
    await site.close()
  }
})

const stepOf = ({ attributes }: Arrived) => attributes['throughline.step.name']
const enters = () => site.spans('throughline.step.enter')
const vital = (name: string, step: string) =>
  site
    .spans('browser.web_vital')
    .filter((span) => span.attributes['browser.web_vital.name'] === name && stepOf(span) === step)
const navigationTypes = (spans: Arrived[]) =>
  spans.map(({ attributes }) => attributes['browser.web_vital.navigation_type'])
/** The page is gone, and what it sent on its way has arrived. */
async function leave(expected: () => void) {
  await page.goto('about:blank')
  await vi.waitFor(expected, { timeout: 10_000 })
}
const entered = (count: number) => vi.waitFor(() => expect(enters()).toHaveLength(count), { timeout: 10_000 })
const runs = () => new Set(enters().map(({ attributes }) => attributes['throughline.run.id']))

describe('vitals', () => {
  it('of a soft navigation land on the step that it led to, its interaction on the step before', async () => {
    await page.goto(`${site.url}/?step=product`)
    await entered(1)
    await page.click('[data-to=cart]')
    await entered(2)
    // The browser's own soft-navigation entry comes once it has painted.
    await vi.waitFor(() => expect(vital('fcp', 'cart')).toHaveLength(1), { timeout: 10_000 })
    await leave(() => expect(vital('lcp', 'cart')).toHaveLength(1))
    expect(navigationTypes(vital('lcp', 'product'))).toEqual(['navigate'])
    expect(navigationTypes(vital('lcp', 'cart'))).toEqual(['soft-navigation'])
    const [inp] = vital('inp', 'product')
    expect(Number(inp!.attributes['browser.web_vital.value'])).toBeGreaterThanOrEqual(56)
    expect(inp!.attributes['throughline.web_vital.script']).toBe(`${site.url}/stdin.js`)
    expect(vital('inp', 'cart')).toEqual([])
    expect(vital('ttfb', 'cart')).toEqual([])
    const [, cart] = enters()
    expect(cart!.attributes['throughline.step.start']).toBe('soft-navigation')
    const [left] = site.spans('throughline.step.leave')
    expect(left!.end).toBe(cart!.start)
  })

  it.each([
    ['slow', 'loads its data before it changes the URL'],
    ['replace', 'replaces the URL once its data is there'],
  ])(
    'of a soft navigation (%s) that %s land on the step that it led to, which begins with the click',
    async (button) => {
      await page.goto(`${site.url}/?step=product`)
      await entered(1)
      await page.click(`text=${button}`)
      await entered(2)
      await vi.waitFor(() => expect(vital('fcp', 'cart')).toHaveLength(1), { timeout: 10_000 })
      await leave(() => expect(vital('lcp', 'cart')).toHaveLength(1))
      expect(navigationTypes(vital('lcp', 'product'))).toEqual(['navigate'])
      const [, cart] = enters()
      expect(cart!.attributes['throughline.step.start']).toBe('soft-navigation')
      // It begins where the browser's own entry does.
      expect(Math.abs(vital('fcp', 'cart')[0]!.start - cart!.start)).toBeLessThan(600)
    },
  )

  it('of a soft navigation whose step is entered before the URL changes land on that step; the next begins by itself', async () => {
    await page.goto(`${site.url}/?step=product`)
    await entered(1)
    await page.click('text=first')
    await entered(2)
    await vi.waitFor(() => expect(vital('fcp', 'cart')).toHaveLength(1), { timeout: 10_000 })
    await page.evaluate(() =>
      document.querySelector('select')!.dispatchEvent(new Event('change', { bubbles: true })),
    )
    await entered(3)
    const [, cart, product] = enters()
    expect(product!.attributes['throughline.step.start']).toBe('call')
    expect(product!.start).toBeGreaterThan(cart!.start)
  })

  it('of a load whose router redirects as it starts land on the first step, which begins with the load', async () => {
    await page.goto(`${site.url}/?step=product&push&wait=500`)
    await entered(1)
    await vi.waitFor(() => expect(vital('fcp', 'product')).toHaveLength(1), { timeout: 10_000 })
    const [product] = enters()
    expect(product!.attributes['throughline.step.start']).toBe('navigation')
    expect(vital('ttfb', 'product')[0]!.start).toBe(product!.start)
    await leave(() => expect(navigationTypes(vital('lcp', 'product'))).toEqual(['navigate']))
  })

  it('of steps that change no URL are one INP and one first interaction for each', async () => {
    await page.goto(`${site.url}/?step=product`)
    await entered(1)
    await page.click('text=next')
    await entered(2)
    await page.click('text=last')
    await entered(3)
    await leave(() => {
      for (const step of ['product', 'cart']) {
        const inp = vital('inp', step).map(({ attributes }) => attributes)
        expect([...new Set(inp.map((one) => one['browser.web_vital.id']))]).toHaveLength(1)
        expect(Number(inp[0]!['browser.web_vital.value'])).toBeGreaterThanOrEqual(56)
        const [first, ...more] = site
          .spans('throughline.first_interaction')
          .filter(({ attributes }) => attributes['throughline.step.name'] === step)
        expect(more).toEqual([])
        expect(Number(first!.attributes['throughline.first_interaction.duration_ms'])).toBeGreaterThanOrEqual(
          56,
        )
      }
    })
    expect(vital('inp', 'payment')).toEqual([])
  })

  it('of a page that is slow to start land on its own step, and of a reload on the same again', async () => {
    await page.goto(`${site.url}/?step=product`)
    await entered(1)
    await page.goto(`${site.url}/?step=payment&wait=1200`)
    await entered(2)
    await page.reload()
    await vi.waitFor(() => expect(vital('fcp', 'payment')).toHaveLength(2), { timeout: 10_000 })
    for (const name of ['ttfb', 'fcp']) {
      expect(navigationTypes(vital(name, 'payment'))).toEqual(['navigate', 'reload'])
      expect(vital(name, 'product')).toHaveLength(1)
    }
    expect(enters()).toHaveLength(2)
    const [, payment] = enters()
    // Back-dated to the navigation: over a second before the page called enter.
    const [first] = vital('fcp', 'payment')
    expect(first!.start).toBe(payment!.start)
    expect(payment!.attributes['throughline.step.start']).toBe('navigation')
  })

  it('of a page from the back/forward cache land on the step that is entered again', async () => {
    await page.goto(`${site.url}/?step=product`)
    await entered(1)
    await page.goto(`${site.url}/?step=cart`)
    await entered(2)
    await page.evaluate(() => history.back())
    await entered(3)
    const [, , again] = enters()
    expect(again!.attributes).toMatchObject({
      'throughline.step.name': 'product',
      'throughline.step.attempt': 2,
    })
    await leave(() =>
      expect(navigationTypes(vital('lcp', 'product')).sort()).toEqual(['back-forward-cache', 'navigate']),
    )
    const lcp = vital('lcp', 'product').map(({ attributes }) => [
      attributes['browser.web_vital.navigation_type'],
      attributes['throughline.step.attempt'],
    ])
    expect(lcp.sort()).toEqual([
      ['back-forward-cache', 2],
      ['navigate', 1],
    ])
    expect(runs().size).toBe(1)
  })
})

describe('a run', () => {
  it('goes on over other origins and redirects', async () => {
    await page.goto(`${site.url}/?step=product`)
    await entered(1)
    await page.goto(site.url.replace('127.0.0.1', 'localhost'))
    await page.goto(`${site.url}/away`)
    await entered(2)
    expect(runs().size).toBe(1)
    const [left] = site.spans('throughline.step.leave')
    expect(left!.attributes['throughline.step.outcome']).toBe('completed')
  })

  it('is not shared with a tab that a script opened', async () => {
    await page.goto(`${site.url}/?step=product`)
    await entered(1)
    await page.evaluate((url) => void window.open(url), `${site.url}/?step=cart`)
    await entered(2)
    expect(runs().size).toBe(2)
  })
})

describe('a page that never gets the code that loads later', () => {
  it('sends its steps, and of its errors what can be read without', async () => {
    await page.route(/\/later-/, (route) => route.abort())
    await page.goto(`${site.url}/?step=product`)
    await page.waitForFunction(() => sessionStorage.getItem('throughline'))
    await page.evaluate(() =>
      setTimeout(() => {
        throw new TypeError('no account of someone@example.com')
      }),
    )
    const errors = () => site.spans('exception')
    await leave(() => expect(errors()).toHaveLength(1))
    expect(errors()[0]!.attributes).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'no account of *',
      'throughline.step.name': 'product',
    })
    expect(enters()).toHaveLength(1)
  })
})

describe("a provider of the host's own, which delivers by itself", () => {
  it('gets what becomes final as each page goes away, and how many events it emitted', async () => {
    const script = fileURLToPath(new URL('./page-life/own-provider.ts', import.meta.url))
    const html = (await (await fetch(site.url)).text()).replace('stdin.js', 'own-provider.js')
    const own = await openSite({ script, page: () => html })
    try {
      // Pages that are left for another, and pages whose tab is closed. Nobody closes a tab within a millisecond of
      // leaving its page: Chromium then takes along what it has not sent yet.
      const pages = 24
      for (let i = 0; i < pages; i += 2) {
        for (const tab of [page, await page.context().newPage()]) {
          await tab.goto(own.url)
          await tab.waitForSelector('[data-shifted]')
          if (tab === page) await tab.goto('about:blank')
          else await tab.close()
        }
      }
      const ofPages = (name: string) =>
        Map.groupBy(own.spans(name), (span) => span.attributes['throughline.page.id'])
      await vi.waitFor(
        () => {
          const cls = own
            .spans('browser.web_vital')
            .filter((span) => span.attributes['browser.web_vital.name'] === 'cls')
          expect(new Set(cls.map((span) => span.attributes['throughline.page.id'])).size).toBe(pages)
          const deliveries = ofPages('throughline.delivery')
          expect(deliveries.size).toBe(pages)
          for (const [id, told] of deliveries) {
            const emitted = Math.max(
              ...told.map((span) => Number(span.attributes['throughline.delivery.emitted'])),
            )
            const events = own.spans().filter((span) => span.attributes['throughline.page.id'] === id)
            const seqs = events.flatMap((span) => span.attributes['throughline.event.seq'] ?? []).map(Number)
            expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: emitted }, (_, i) => i + 1))
          }
        },
        { timeout: 10_000 },
      )
    } finally {
      await own.close()
    }
  })
})
