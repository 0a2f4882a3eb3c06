// Whether a run goes on through what people do with whole tabs, in a Chromium with real ones.
import { DiagLogLevel, diag } from '@opentelemetry/api'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { installedChromium } from '../scripts/chromium.ts'
import type { Tabs } from './continuity/browser.ts'
import { openTabs } from './continuity/browser.ts'
import type { HandoverServer } from './continuity/handover-server.ts'
import { handoverServer } from './continuity/handover-server.ts'
import type { Step } from './continuity/journey.ts'
import type { Shop, ShopOptions } from './continuity/shop.ts'
import { eventually, inPage, openShop, path, runOf, stepOf } from './continuity/shop.ts'
import type { Arrived } from './page-life/site.ts'

const chromium = installedChromium()
if (!chromium) console.log('Skipped: no Chromium with tabs is installed (Debian: apt-get install chromium)')

let tabs: Tabs
let shop: Shop
let page: Page
const opened: Page[] = []

async function newTab() {
  const tab = await tabs.browser.newPage()
  opened.push(tab)
  return tab
}
async function open(options?: ShopOptions) {
  shop = await openShop(options)
  page = await newTab()
}
const eventId = (span: { attributes: Record<string, unknown> }) =>
  `${span.attributes['throughline.event.id']}`

describe.skipIf(!chromium)('a run, and whole tabs', () => {
  beforeAll(async () => {
    tabs = await openTabs(chromium!)
  })
  afterAll(() => tabs?.close())
  beforeEach(() => async () => {
    for (const tab of opened.splice(0)) await tab.close()
    await shop.close()
  })

  /**
   * A page that has prerendered another one, which has done by then all that it would; returns the variant that it
   * knew.
   */
  async function openPrerendering(
    step: Step | undefined,
    next: (shop: Shop) => string | Promise<string>,
    more: Record<string, string> = {},
  ) {
    let variant: string | undefined
    await open({
      answer({ url }, response) {
        if (url?.startsWith('/prerendered')) variant = url.split('=')[1]
        if (url?.startsWith('/prerendered') || url === '/asked') response.end()
        return response.writableEnded
      },
    })
    await page.goto(shop.url + path(step, { next: await next(shop), prerender: '', ...more }))
    await eventually(() => expect(variant).toBeDefined())
    return variant
  }
  /** Follows the link; a page that was prerendered is activated by it. */
  const follow = () => Promise.all([page.waitForNavigation(), page.click('a')])

  it('a prerendered page sends nothing, then begins with its activation', async () => {
    const payment = path('payment')
    await openPrerendering('product', () => payment)
    // The run goes on meanwhile.
    await inPage(page, ({ enter }) => enter('cart'))
    await shop.entered(2)
    expect(shop.spans().filter(({ from }) => from === payment)).toEqual([])

    await follow()
    const [, , entered] = await shop.entered(3)
    const { origin, activation, paint, response } = await page.evaluate(() => {
      const [entry] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & {
        activationStart: number
      })[]
      return {
        origin: performance.timeOrigin,
        activation: entry!.activationStart,
        paint: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
        response: entry!.responseStart,
      }
    })
    expect(activation).toBeGreaterThan(response)
    expect(entered!.start).toBeCloseTo(origin + activation, 1)
    expect(entered!.attributes).toMatchObject({
      'throughline.step.name': 'payment',
      'throughline.step.previous': 'cart',
      'throughline.step.start': 'navigation',
    })
    expect(shop.runs()).toHaveLength(1)
    await eventually(() => expect(shop.leaves().map(stepOf)).toEqual(['product', 'cart']))
    expect(shop.leaves()[1]!.end).toBe(entered!.start)

    // What it asked for while nobody saw it belongs to no step.
    const requests = () => shop.spans('GET').filter(({ from }) => from === payment)
    await eventually(() => expect(requests()).toHaveLength(2))
    expect(requests().map(stepOf)).toEqual([undefined, undefined])

    await page.goto('about:blank')
    const vitals = () => shop.spans('browser.web_vital').filter((span) => stepOf(span) === 'payment')
    const value = (name: string) => {
      const [vital] = vitals().filter(({ attributes }) => attributes['browser.web_vital.name'] === name)
      expect(vital?.attributes['browser.web_vital.navigation_type']).toBe('prerender')
      expect(vital?.start).toBe(entered!.start)
      return Number(vital!.attributes['browser.web_vital.value'])
    }
    // Relative to the activation, and never before it.
    await eventually(() => expect(value('ttfb')).toBe(0))
    await eventually(() => expect(value('fcp')).toBeCloseTo(Math.max(0, paint - activation), 1))
    await eventually(() => expect(value('lcp')).toBeCloseTo(value('fcp'), 1))
  })

  it.each([
    ['that it assigns', { variant: 'one-page' }, {}],
    ['that the page before has stored', {}, { variant: 'one-page' }],
  ])('a prerendered page knows the variant %s, and the run goes on', async (_, own, before) => {
    expect(await openPrerendering('product', () => path('payment', own), before)).toBe('one-page')
    await follow()
    const [, entered] = await shop.entered(2)
    expect(shop.runs()).toHaveLength(1)
    expect(entered!.attributes).toMatchObject({
      'throughline.step.previous': 'product',
      'throughline.hypothesis.one-page': 'one-page',
    })
  })

  it('a page that was prerendered joins by its token once it is activated, and is not taken over by a copy', async () => {
    await openPrerendering('product', async ({ url }) => {
      const other = await newTab()
      await other.goto(url + path('cart'))
      const join = (await inPage(other, ({ token }) => token()))!
      await page.bringToFront()
      return path('payment', { join })
    })
    await shop.entered(2)
    await follow()
    await shop.entered(3)
    const runs = () => shop.enters().map((span) => [stepOf(span), shop.runs().indexOf(`${runOf(span)}`)])
    const joined = [
      ['cart', 0],
      ['product', 1],
      ['payment', 0],
    ]
    expect(runs()).toEqual(joined)
    opened.push(await tabs.duplicate(page))
    await shop.entered(4)
    expect(runs()).toEqual([...joined, ['payment', 2]])
  })

  it('a page that was prerendered as the first of its session starts one that lasts', async () => {
    await openPrerendering(undefined, () => path('product'))
    await follow()
    await shop.entered(1)
    await page.goto(shop.url + path('cart'))
    const enters = await shop.entered(2)
    expect(shop.runs()).toHaveLength(1)
    expect(new Set(enters.map(({ resource }) => resource['session.id'])).size).toBe(1)
  })

  it('a duplicated tab starts a run of its own, and keeps it', async () => {
    await open()
    await page.goto(shop.url + path('product'))
    await page.goto(shop.url + path('cart'))
    await shop.entered(2)
    const copy = await tabs.duplicate(page)
    opened.push(copy)
    const [, , entered] = await shop.entered(3)
    expect(shop.runs()).toHaveLength(2)
    expect(entered!.attributes).toMatchObject({
      'throughline.step.name': 'cart',
      'throughline.step.attempt': 1,
    })
    expect(entered!.attributes).not.toHaveProperty(['throughline.step.previous'])

    await copy.goto(shop.url + path('payment'))
    await shop.entered(4)
    await page.bringToFront()
    await page.goto(shop.url + path('payment'))
    const all = await shop.entered(5)
    const [owner, duplicate] = shop.runs()
    expect(all.map(runOf)).toEqual([owner, owner, duplicate, duplicate, owner])
    expect(all[4]!.attributes['throughline.step.previous']).toBe('cart')
  })

  /** A frame of the page that is open, as a payment provider comes back in. */
  async function frameOn(step: Step) {
    await page.evaluate((src) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src }))
    }, path(step))
    const found = () => page.frames().find((it) => it !== page.mainFrame() && it.url().includes(step))
    const frame = await eventually(() => found() ?? expect.fail())
    await frame.waitForFunction('window.shop')
    return frame
  }

  it('a frame and its page leave a step once between them, and end a run once', async () => {
    await open()
    await page.goto(shop.url + path('product'))
    await inPage(page, ({ enter }) => enter('cart'))
    await shop.entered(2)
    const frame = await frameOn('payment')
    await eventually(async () => expect(await inPage(page, ({ step }) => step())).toBe('payment'))
    await inPage(page, ({ enter }) => enter('done'))
    await eventually(async () => expect(await inPage(frame, ({ step }) => step())).toBe('done'))
    await inPage(frame, ({ enter }) => enter('done'))
    await inPage(frame, ({ enter }) => enter('product'))
    await eventually(async () => expect(await inPage(page, ({ step }) => step())).toBe('product'))
    await inPage(page, ({ enter }) => enter('cart'))
    const emitted = await Promise.all([page, frame].map((it) => inPage(it, ({ emitted }) => emitted)))
    await eventually(() => expect(shop.spans().map(eventId)).toEqual(expect.arrayContaining(emitted.flat())))
    const inOrder = (spans: Arrived[]) => spans.toSorted((a, b) => a.end - b.end).map(stepOf)
    expect(inOrder(shop.enters())).toEqual(['product', 'cart', 'payment', 'done', 'product', 'cart'])
    expect(shop.runs()).toHaveLength(2)
    expect(inOrder(shop.leaves())).toEqual(['product', 'cart', 'payment', 'product'])
    expect(shop.spans('throughline.run.end')).toHaveLength(1)
  })

  /** A page that holds a lock is not kept in the back/forward cache. */
  const unkept = {
    head: () => '<script>navigator.locks.request("held", () => new Promise(() => {}))</script>',
  }

  it('going back to a page that was not kept is no copy after a page with a frame either', async () => {
    await open(unkept)
    await page.goto(shop.url + path('product'))
    await page.goto(shop.url + path('cart'))
    await frameOn('cart')
    await shop.entered(2)
    await page.goBack()
    await shop.entered(3)
    expect(shop.runs()).toHaveLength(1)
  })

  it('going back to a page that was not kept in the back/forward cache is no copy', async () => {
    await open(unkept)
    await page.goto(shop.url + path('product'))
    await page.goto(shop.url + path('cart'))
    await shop.entered(2)
    await page.goBack()
    const [, , again] = await shop.entered(3)
    const howLoaded = () => performance.getEntriesByType('navigation')[0]!.toJSON().type
    expect(await page.evaluate(howLoaded)).toBe('back_forward')
    expect(again!.attributes['throughline.step.attempt']).toBe(2)
    expect(shop.runs()).toHaveLength(1)
  })

  it('a tab that a link opens with its opener starts a run of its own', async () => {
    await open()
    await page.goto(shop.url + path('product', { next: path('cart') }))
    await shop.entered(1)
    await page.$eval('a', (link) => Object.assign(link, { target: '_blank', rel: 'opener' }))
    const target = tabs.browser.waitForTarget((it) => it.opener() === page.target())
    await page.click('a')
    const popup = (await (await target).page())!
    opened.push(popup)
    await shop.entered(2)
    expect(await popup.evaluate(() => !!window.opener)).toBe(true)
    expect(shop.runs()).toHaveLength(2)
  })

  it('two tabs have a run each, and lose and double nothing of one another', async () => {
    await open()
    shop.isUp = false
    const other = await newTab()
    for (const tab of [page, other]) {
      await tab.bringToFront()
      await tab.goto(shop.url + path('product'))
      await inPage(tab, ({ enter }) => enter('cart'))
    }
    const waiting = () =>
      page.evaluate(() =>
        Object.keys(localStorage).flatMap((key) => key.match(/^throughline\.out\.(.*)/)?.[1] ?? []),
      )
    const ofOne = await inPage(page, ({ emitted }) => emitted)
    const emitted = [...ofOne, ...(await inPage(other, ({ emitted }) => emitted))]
    // What a tab writes is seen by another's process a little later.
    await eventually(async () => expect(await waiting()).toEqual(expect.arrayContaining(emitted)))

    // One goes on to another page, which also finds what the other tab, still there and trying, has not delivered.
    const payment = path('payment')
    await other.goto(shop.url + payment)
    const found = () => shop.refused.some(({ from, body }) => from === payment && body.includes(ofOne[0]!))
    await eventually(async () => {
      // Not after the pauses that an endpoint gets which is down.
      await other.evaluate(() => dispatchEvent(new Event('online')))
      expect(found()).toBe(true)
    })
    shop.isUp = true
    for (const tab of [page, other]) await tab.evaluate(() => dispatchEvent(new Event('online')))
    await inPage(page, ({ enter }) => enter('payment'))
    const arrived = () => shop.spans().filter((span) => emitted.includes(eventId(span)))
    await eventually(() => expect(arrived().map(eventId).sort()).toEqual([...emitted].sort()))
    await eventually(() => expect(Math.max(...arrived().map(({ times }) => times))).toBeGreaterThan(1))
    await eventually(async () => expect(await waiting()).toEqual([]))
    expect(arrived()).toHaveLength(emitted.length)
    const enters = await shop.entered(6)
    expect(new Set(enters.map(eventId)).size).toBe(6)
    const stepsOf = (run: string) => enters.filter((span) => runOf(span) === run).map(stepOf)
    const runs = shop.runs()
    expect(runs).toHaveLength(2)
    for (const run of runs) expect(stepsOf(run).sort()).toEqual(['cart', 'payment', 'product'])
  })

  it('goes on after a form was posted to another origin, which sends the browser back', async () => {
    await open({
      answer({ url, headers }, response) {
        if (!url?.startsWith('/provider')) return false
        if (headers.host?.startsWith('127')) response.writeHead(500)
        else if (url.endsWith('/pay')) response.writeHead(303, { location: shop.url + path('done') })
        else
          response.writeHead(200, {
            'content-type': 'text/html',
            'cross-origin-opener-policy': 'same-origin',
          })
        response.end('<form method="post" action="/provider/pay"><button>Pay</button></form>')
        return true
      },
    })
    const provider = shop.url.replace('127.0.0.1', 'localhost')
    await page.goto(shop.url + path('payment', { next: `${provider}/provider` }))
    await shop.entered(1)
    await follow()
    await Promise.all([page.waitForNavigation(), page.click('button')])
    await shop.entered(2)
    expect(shop.runs()).toHaveLength(1)
    await eventually(() => expect(shop.spans('throughline.run.end')).toHaveLength(1))
  })

  describe('by a handover token', () => {
    const refusals: string[] = []
    let server: HandoverServer
    beforeEach(async () => {
      const refuse = (...what: unknown[]) => void refusals.push(what.join(' '))
      const silent = () => {}
      diag.setLogger(
        { error: refuse, warn: refuse, info: silent, debug: silent, verbose: silent },
        DiagLogLevel.WARN,
      )
      server = handoverServer()
      await open({
        answer: server.answer,
        head: (url) => `<meta name="token" content="${server.verified(url) ?? ''}">`,
      })
      await page.goto(shop.url + path('product'))
      await inPage(page, ({ enter }) => enter('cart'))
      await shop.entered(2)
      return () => {
        server.close()
        diag.disable()
        refusals.length = 0
      }
    })
    const signed = (lifetime = 60_000) =>
      page.evaluate(async (url) => (await fetch(url)).text(), `/token?lifetime=${lifetime}`)
    /** A tab with nothing of the other's but what is in its address. */
    async function tabWith(more: Record<string, string>) {
      const target = tabs.browser.waitForTarget((it) => it.url().startsWith(shop.url + path('payment')))
      await page.evaluate((url) => void window.open(url, '_blank', 'noopener'), path('payment', more))
      const tab = (await (await target).page())!
      opened.push(tab)
      await shop.entered(3)
      return inPage(tab, ({ said }) => said)
    }

    it('that the server signed and verified, the run goes on in a new tab', async () => {
      expect(await tabWith({ token: await signed() })).toEqual([])
      expect(shop.runs()).toHaveLength(1)
      expect(shop.enters()[2]!.attributes).toMatchObject({
        'throughline.step.name': 'payment',
        'throughline.step.attempt': 1,
        'throughline.step.previous': 'cart',
      })
      expect(refusals).toEqual([])
    })

    it('that was forged, a run begins, and the server says so once', async () => {
      const [payload, signature] = (await signed()).split('.')
      const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString())
      const forged = Buffer.from(JSON.stringify({ ...claims, x: claims.x + 1 })).toString('base64url')
      await tabWith({ token: `${forged}.${signature}` })
      expect(shop.runs()).toHaveLength(2)
      expect(refusals).toEqual([expect.stringContaining('handover token')])
    })

    it('that has expired, a run begins, and server and page say so once each', async () => {
      const token = await signed(1)
      await eventually(() => expect(Date.now()).toBeGreaterThan(expiryOf(token)))
      expect(await tabWith({ token, join: token })).toEqual([expect.stringContaining('handover token')])
      expect(shop.runs()).toHaveLength(2)
      expect(refusals).toEqual([expect.stringContaining('handover token')])
    })

    it('of one use, the run goes on in one tab only', async () => {
      const join = (await inPage(page, ({ token }) => token()))!
      expect(await tabWith({ join })).toEqual([])
      expect(shop.runs()).toHaveLength(1)
      const again = await newTab()
      await again.goto(shop.url + path('payment', { join }))
      await shop.entered(4)
      expect(shop.runs()).toHaveLength(2)
      expect(await inPage(again, ({ said }) => said)).toEqual([expect.stringContaining('handover token')])
    })
  })
})

const expiryOf = (token: string): number =>
  JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).x
