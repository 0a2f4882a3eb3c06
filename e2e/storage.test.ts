// Storage that is denied, full or holds garbage costs a run its life beyond the page, and nothing else.
import type { Frame, Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { installedChromium } from '../scripts/chromium.ts'
import type { Tabs } from './continuity/browser.ts'
import { openTabs } from './continuity/browser.ts'
import type { Shop } from './continuity/shop.ts'
import { eventually, inPage, openShop, path, stepOf } from './continuity/shop.ts'

const chromium = installedChromium()
if (!chromium) console.log('Skipped: no Chromium with tabs is installed (Debian: apt-get install chromium)')

/** Before ours runs: nothing more fits into either storage. */
const FILL = `<script>
  for (const storage of [localStorage, sessionStorage])
    for (let size = 4_000_000, n = 0; size >= 1; )
      try { storage.setItem('other' + n++, 'x'.repeat(size)) } catch { size = Math.floor(size / 2) }
</script>`

/** Before ours runs: what another script on this origin, or an attacker, left under our keys. */
const GARBAGE = `<script>
  sessionStorage.setItem('throughline', '{"runs":[{"id":7')
  sessionStorage.setItem('throughline.session', '<img src=x onerror=alert(1)>')
  sessionStorage.setItem('throughline.away', '{}')
  localStorage.setItem('throughline.out.0', 'garbage')
  localStorage.setItem('throughline.out.1', [Date.now() - 10_000, 'page', '"resource":{}', '"scopeSpans":[{'].join('\\n'))
</script>`

const heads: Record<string, string> = { fill: FILL, garbage: GARBAGE }

/** What a page's own script meets. */
const denied = (page: Page | Frame) =>
  page.evaluate(() => {
    try {
      return `${localStorage.length + sessionStorage.length}`
    } catch (error) {
      return (error as Error).name
    }
  })

describe.skipIf(!chromium)('a run goes on in memory, with one message, when storage', () => {
  let tabs: Tabs
  let shop: Shop
  let page: Page
  beforeAll(async () => {
    tabs = await openTabs(chromium!)
  })
  afterAll(() => tabs?.close())
  beforeEach(async () => {
    shop = await openShop({ head: ({ searchParams }) => heads[searchParams.get('head') ?? ''] ?? '' })
    page = await tabs.browser.newPage()
    return async () => {
      await page.close()
      await shop.close()
    }
  })

  /** Goes on to the next step in the page that is open, and sees that all of it arrives in one run. */
  async function goesOn(inside: Page | Frame = page) {
    await inside.waitForFunction('window.shop')
    await inPage(inside, ({ enter }) => enter('cart'))
    const enters = await shop.entered(2)
    expect(enters.map(stepOf)).toEqual(['product', 'cart'])
    expect(shop.runs()).toHaveLength(1)
    await eventually(() => expect(shop.leaves().map(stepOf)).toEqual(['product']))
    const emitted = await inPage(inside, ({ emitted }) => emitted)
    const arrived = () => shop.spans().map(({ attributes }) => attributes['throughline.event.id'])
    await eventually(() => expect(arrived()).toEqual(expect.arrayContaining(emitted)))
    const [{ resource } = { resource: {} }] = enters
    expect(resource['session.id' as never]).toMatch(/^[\da-f]{32}$/)
    return inPage(inside, ({ said }) => said)
  }

  it('is denied to a sandboxed frame', async () => {
    await page.goto(`${shop.url}/?frame`)
    await page.evaluate((src) => {
      const frame = Object.assign(document.createElement('iframe'), { src })
      frame.setAttribute('sandbox', 'allow-scripts')
      document.body.append(frame)
    }, path('product'))
    await shop.entered(1)
    const frame = page.frames().find((it) => it.url().includes('product'))!
    expect(await denied(frame)).toBe('SecurityError')
    expect(await goesOn(frame)).toEqual([expect.stringContaining('runs end with the page')])
    expect(await inPage(frame, ({ token }) => token())).toBeUndefined()
  })

  it("is denied by the browser's settings", async () => {
    await tabs.denyStorage('localhost')
    await page.goto(shop.url.replace('127.0.0.1', 'localhost') + path('product'))
    expect(await denied(page)).toBe('SecurityError')
    expect(await goesOn()).toEqual([expect.stringContaining('runs end with the page')])
  })

  it('is full', async () => {
    await page.goto(shop.url + path('product', { head: 'fill' }))
    const isFull = () => {
      try {
        sessionStorage.setItem('one', 'more')
        return false
      } catch (error) {
        return (error as Error).name
      }
    }
    expect(await page.evaluate(isFull)).toBe('QuotaExceededError')
    expect(await goesOn()).toEqual([expect.stringContaining('runs end with the page')])
  })

  it('holds garbage under our keys', async () => {
    await page.goto(shop.url + path('product', { head: 'garbage' }))
    expect(await goesOn()).toEqual([expect.stringContaining('ignored damaged storage')])
    // It has been replaced: the next page reads the run again.
    await page.goto(shop.url + path('payment'))
    await shop.entered(3)
    expect(shop.runs()).toHaveLength(1)
    const left = () => page.evaluate(() => Object.keys(localStorage).filter((key) => /out\.[01]$/.test(key)))
    await eventually(async () => expect(await left()).toEqual([]))
  })
})
