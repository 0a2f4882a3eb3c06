// The built files in a browser without what the oldest supported ones lack, and in frames that have no address or no
// origin.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Site } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'

const bundle = readFileSync(fileURLToPath(new URL('../packages/core/dist/throughline.js', import.meta.url)))

/** What browsers have got since those in `browserslist` of packages/core/package.json, and what Safari is without. */
const NEWER = `
  for (const [of, names] of [
    [AbortSignal, ['timeout', 'any']],
    [URL, ['canParse', 'parse']],
    [Promise, ['withResolvers', 'try']],
    [Object, ['groupBy']],
    [Map, ['groupBy']],
    [Array, ['fromAsync']],
    [Array.prototype, ['toSorted', 'toReversed', 'toSpliced', 'with']],
    [Set.prototype, ['union', 'intersection', 'difference', 'isSubsetOf']],
    [String.prototype, ['isWellFormed', 'toWellFormed']],
    [Uint8Array, ['fromBase64', 'fromHex']],
    [Uint8Array.prototype, ['toBase64', 'toHex']],
    [Response, ['json']],
    [RegExp, ['escape']],
    [Error, ['isError']],
    [window, ['requestIdleCallback', 'cancelIdleCallback', 'navigation', 'scheduler', 'Iterator', 'fetchLater', 'CompressionStream',
      'PerformanceEventTiming', 'PerformanceLongAnimationFrameTiming', 'LayoutShift', 'LargestContentfulPaint', 'trustedTypes']],
    [Navigator.prototype, ['userAgentData', 'connection', 'globalPrivacyControl']],
    [Document.prototype, ['prerendering', 'startViewTransition']],
  ])
    for (const name of names) delete of[name]
  const types = ['mark', 'measure', 'navigation', 'paint', 'resource']
  Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', { get: () => types })
`

const START = `
  throughline.q.push(({ defineJourney, startThroughline }) => {
    const checkout = defineJourney('checkout', { version: '1', steps: ['cart', 'done'], converts: 'done' })
    const tracker = startThroughline({ serviceName: 'old', endpoint: '/otlp', journeys: [checkout] })
    tracker.enter(checkout, 'cart')
    tracker.captureError(new Error('no'))
  })`
const PAGE = `<!doctype html><script src="/throughline.js"></script><script>${START}</script>`

let browser: Browser
let site: Site
let page: Page
let markup: string
let errors: string[]

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
})
afterAll(() => browser?.close())

beforeEach(async () => {
  markup = PAGE
  errors = []
  site = await openSite({
    answer(request, response) {
      if (request.url === '/throughline.js')
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(bundle)
      else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(markup)
      else return false
      return true
    },
  })
  page = await (await browser.newContext()).newPage()
  page.on('pageerror', (error) => errors.push(error.message))
  return async () => {
    await page.context().close()
    await site.close()
  }
})

const arrives = () =>
  vi.waitFor(
    () => {
      expect(site.spans('throughline.step.enter')).toHaveLength(1)
      expect(site.spans('exception')).toHaveLength(1)
    },
    { timeout: 15_000, interval: 50 },
  )

it('works where every newer API is missing', async () => {
  await page.addInitScript(NEWER)
  await page.goto(site.url)
  await arrives()
  expect(errors).toEqual([])
})

it('works in a frame with `srcdoc`, which has no address', async () => {
  markup = `<!doctype html><iframe srcdoc='${PAGE.replaceAll("'", '&#39;')}'></iframe>`
  await page.goto(site.url)
  await arrives()
  expect(errors).toEqual([])
})
