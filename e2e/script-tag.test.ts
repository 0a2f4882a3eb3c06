// The script tag, as the vanilla example uses it: its own HTML file and the real bundle, in a real browser.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Site } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'

const file = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const html = file('../examples/vanilla/index.html')
const bundle = file('../packages/core/dist/throughline.js')

/** Answers the request for the bundle, sooner or later. */
type Answer = () => void

let browser: Browser
let site: Site
let page: Page
let markup: string
let policy: string | undefined
let bundleIs: 'there' | 'held' | 'missing' | 'refused'
let held: Answer[]
let errors: string[]

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
})
afterAll(() => browser?.close())

beforeEach(async () => {
  markup = html
  policy = undefined
  bundleIs = 'there'
  held = []
  errors = []
  site = await openSite({
    answer(request, response) {
      const path = request.url?.split('?')[0]
      const send: Answer = () => response.writeHead(200, { 'content-type': 'text/javascript' }).end(bundle)
      if (path === '/') {
        const headers = policy ? { 'content-security-policy': policy } : {}
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(markup)
      } else if (path !== '/throughline.js') return false
      else if (bundleIs === 'missing') response.writeHead(404).end()
      else if (bundleIs === 'refused') request.socket.destroy()
      else if (bundleIs === 'held') held.push(send)
      else send()
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

const steps = (name: string) =>
  site
    .spans(name)
    .sort((a, b) => a.start - b.start)
    .map(({ attributes }) => attributes['throughline.step.name'])
const enters = () => steps('throughline.step.enter')
const arrives = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 50 })
const waiting = () => page.evaluate('throughline.q.waiting.length') as Promise<number>
const shown = () => page.locator('main').getAttribute('data-step')

async function signUp() {
  await page.click('button[data-next]')
  await page.fill('input', 'someone@example.org')
  await page.click('form button')
}

it('does what was called before the script came, in order and at the time of each call', async () => {
  bundleIs = 'held'
  await page.goto(site.url, { waitUntil: 'commit' })
  await page.waitForSelector('button[data-next]')
  await arrives(() => expect(held).toHaveLength(1))
  const frame = () => page.evaluate(() => new Promise(requestAnimationFrame).then(() => {}))
  await frame()
  await page.waitForTimeout(400)
  await page.click('button[data-next]')
  await frame()
  const before = await page.evaluate(() => performance.timeOrigin + performance.now())
  await page.waitForTimeout(400)
  const since = await page.evaluate(() => performance.timeOrigin + performance.now())
  expect(site.spans()).toEqual([])
  expect(await waiting()).toBe(5)
  held.shift()!()

  await arrives(() => {
    expect(enters()).toEqual(['start', 'form'])
    expect(steps('throughline.step.ready')).toEqual(['start', 'form'])
    expect(steps('throughline.step.leave')).toEqual(['start'])
  })
  const [start, form] = site.spans('throughline.step.enter').sort((a, b) => a.start - b.start)
  expect(form!.start).toBeLessThan(before)
  expect(form!.start - start!.start).toBeGreaterThan(400)
  for (const ready of site.spans('throughline.step.ready')) expect(ready.start).toBeLessThan(since)
  expect(start!.resource['service.name']).toBe('vanilla-web')

  // From here on it is the page as it always is.
  await page.fill('input', 'someone@example.org')
  await page.click('form button')
  await arrives(() => expect(site.spans('throughline.run.end')).toHaveLength(1))
  const [end] = site.spans('throughline.run.end')
  expect(end!.attributes['throughline.run.outcome']).toBe('converted')
  expect(end!.start).toBeGreaterThan(since)
  expect(errors).toEqual([])
})

it.each(['missing', 'refused'] as const)('leaves the page alone when the script is %s', async (state) => {
  bundleIs = state
  await page.goto(site.url)
  await signUp()
  expect(await shown()).toBe('welcome')
  await page.evaluate('for (let i = 0; i < 1000; i++) throughline.q.push(() => {})')
  expect(await waiting()).toBe(100)
  expect(errors).toEqual([])
  expect(site.spans()).toEqual([])
})

it('says what is wrong with a definition, and leaves the page alone', async () => {
  markup = html.replace("['start', 'form'", "['start', 'The Form'")
  expect(markup).not.toBe(html)
  const said: string[] = []
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  await page.goto(site.url)
  await arrives(() =>
    expect(said.join('\n')).toContain('has the name "The Form"; use 1 to 48 lower-case letters'),
  )
  expect(errors).toEqual([])
})

it('tells a server the journey of a request, where the page asks for that', async () => {
  markup = html
    .replace(
      '({ defineJourney, startThroughline })',
      '({ defineJourney, FetchInstrumentation, startThroughline })',
    )
    .replace('debug: true,', 'instrumentations: [new FetchInstrumentation()],')
  await page.goto(site.url)
  await arrives(() => expect(enters()).toEqual(['start']))
  const sent = page.waitForRequest('**/orders')
  await page.evaluate(() => fetch('/orders', { method: 'POST' }).then((response) => response.text()))
  const { baggage, traceparent } = (await sent).headers()
  const [start] = site.spans('throughline.step.enter')
  expect(baggage).toContain(`throughline.run.id=${start!.attributes['throughline.run.id']}`)
  expect(traceparent).toMatch(/^00-\w{32}-\w{16}-01$/)
  await arrives(() => expect(site.spans().map(({ name }) => name)).toContain('POST'))
  expect(errors).toEqual([])
})

it('does nothing a second time when it is loaded twice', async () => {
  const tag = '<script async src="throughline.js"></script>'
  expect(html).toContain(tag)
  await page.goto(site.url)
  await arrives(() => expect(enters()).toEqual(['start']))
  await page.evaluate('window.first = throughline')
  const warnings: string[] = []
  page.on('console', (message) => warnings.push(message.text()))
  await page.addScriptTag({ url: '/throughline.js?again' })
  expect(await page.evaluate('throughline === first')).toBe(true)
  await signUp()
  await arrives(() => expect(site.spans('throughline.run.end')).toHaveLength(1))
  expect(enters()).toEqual(['start', 'form', 'welcome'])
  expect(warnings.filter((text) => text.includes('twice'))).toEqual([])
  expect(errors).toEqual([])
})

it('works under a strict Content Security Policy', async () => {
  const hashes = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))]
      .map(([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`)
      .join(' ')
  policy = [
    "default-src 'none'",
    `script-src 'self' ${hashes('script')}`,
    `style-src ${hashes('style')}`,
    "connect-src 'self'",
    'img-src data:',
    "require-trusted-types-for 'script'",
  ].join('; ')
  await page.addInitScript(() => {
    const blocked: string[] = []
    Object.assign(window, { blocked })
    document.addEventListener('securitypolicyviolation', (event) =>
      blocked.push(`${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  await page.goto(site.url)
  await signUp()
  await arrives(() => expect(enters()).toEqual(['start', 'form', 'welcome']))
  await arrives(() => expect(site.spans('throughline.run.end')).toHaveLength(1))
  expect(await page.evaluate('blocked')).toEqual([])
  expect(errors).toEqual([])
})
