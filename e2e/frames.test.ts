// Frames without an origin of their own, in a real browser.
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Site } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'

let browser: Browser
let site: Site
let page: Page
/** What came to the site's interface, which lets other origins read, and knows no header of ours. */
let asked: { readonly method: string | undefined; readonly isTraced: boolean }[]
let errors: string[]

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
})
afterAll(() => browser?.close())

const frame = () =>
  `<!doctype html><html data-site=${site.url}><script type=module src=${site.url}/frame.js></script>`

beforeEach(async () => {
  asked = []
  errors = []
  site = await openSite({
    script: fileURLToPath(new URL('frames/frame.ts', import.meta.url)),
    page: ({ pathname, searchParams }) => {
      if (pathname === '/frame') return frame()
      const source = searchParams.get('kind') === 'srcdoc' ? `srcdoc="${frame()}"` : 'src="/frame"'
      return `<iframe ${searchParams.has('sandbox') ? 'sandbox="allow-scripts"' : ''} ${source}></iframe>`
    },
    answer(request, response) {
      if (request.url !== '/api') return false
      asked.push({ method: request.method, isTraced: 'traceparent' in request.headers })
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('answered')
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

const arrives = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 50 })
const bothSteps = () =>
  arrives(() => {
    const steps = site.spans('throughline.step.enter')
    expect(steps.map(({ attributes }) => attributes['throughline.step.name']).sort()).toEqual([
      'done',
      'start',
    ])
  })

it.each(['src', 'srcdoc'])(
  'a sandboxed frame (%s) sends its steps, and its requests stay as they are',
  async (kind) => {
    await page.goto(`${site.url}/?sandbox&kind=${kind}`)
    await bothSteps()
    expect(asked).toEqual([{ method: 'GET', isTraced: false }])
    expect(errors).toEqual([])
  },
)

it.each(['src', 'srcdoc'])('a frame (%s) with the origin of its page traces its requests', async (kind) => {
  await page.goto(`${site.url}/?kind=${kind}`)
  await bothSteps()
  expect(asked).toEqual([{ method: 'GET', isTraced: true }])
  expect(errors).toEqual([])
})
