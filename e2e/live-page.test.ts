import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from '@throughline/core'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkout } from '../examples/shop/journeys.ts'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Service } from '../scripts/processes.ts'
import { startDev } from '../scripts/shop.ts'

// The live page as `throughline dev` serves it, in a real Chromium: it works under its own policy, which is in force.

let dev: Service
let browser: Browser
const data = mkdtempSync(join(tmpdir(), 'throughline-live-'))

beforeAll(async () => {
  dev = await startDev({ port: 0, data })
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
})
afterAll(async () => {
  await browser?.close()
  await dev?.stop()
  rmSync(data, { recursive: true, force: true })
})

/** Somebody begins: the span that a browser sends. */
function enterSpan() {
  const now = Date.now()
  const attributes = {
    'throughline.journey.name': checkout.name,
    'throughline.journey.version': checkout.version,
    'throughline.run.id': uuidv7(now, randomBytes),
    'throughline.step.name': checkout.steps[0]!.name,
    'throughline.step.index': 0,
    'throughline.step.attempt': 1,
    'throughline.event.id': randomBytes(16).toString('hex'),
  }
  return {
    ...{ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') },
    ...{ name: 'throughline.step.enter', kind: 1 },
    ...{ startTimeUnixNano: `${now}000000`, endTimeUnixNano: `${now}000000` },
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
    })),
  }
}

it('is styled, brings itself up to date and violates nothing, under a policy that stops everything else', async () => {
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  const response = await page.goto(dev.url)
  expect(response!.headers()).toMatchObject({
    'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'sha256-\S+';/),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  await page.getByRole('heading', { name: 'Waiting for the first run' }).waitFor()
  const fonts = await page.evaluate(() => [
    getComputedStyle(document.body).fontFamily,
    getComputedStyle(document.documentElement).fontFamily,
  ])
  expect(fonts.join()).toContain('sans')

  const sent = await fetch(`${dev.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [enterSpan()] }] }] }),
  })
  expect(sent.status).toBe(200)
  // By its own script and its own requests; nobody reloads.
  await page.locator('#journey-checkout').waitFor()
  expect(complaints).toEqual([])

  const stopped = await page.evaluate(async () => {
    const violation = new Promise<string>((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective)),
    )
    const script = document.createElement('script')
    script.textContent = 'document.title = "not ours"'
    document.body.append(script)
    return [await violation, document.title]
  })
  expect(stopped[0]).toBe('script-src-elem')
  expect(stopped[1]).not.toBe('not ours')
})
