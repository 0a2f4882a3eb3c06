import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chargeFails, isSlow } from '../examples/shop/gateway/mood.ts'
import { hypotheses, journeys } from '../examples/shop/journeys.ts'
import { assign } from '../examples/shop/shared/assignment.ts'
import { fillAddress, fillCart, pay } from '../examples/shop/visitors/people.ts'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Service } from '../scripts/processes.ts'
import { buildShop, startDev, startShop } from '../scripts/shop.ts'

// One person, in a real Chromium, through the real shop: the payment provider is slow for her, the postcode bug meets
// her, and what she did is asked of the engine by SQL.

/** Somebody whom the payment provider keeps waiting, whose charge succeeds, and who sees two pages. */
const subject = Array.from({ length: 10_000 }, (_, i) => `person-${i}-e2e`).find(
  (id) => isSlow(id) && !chargeFails(id) && assign(id) === 'control',
)!

interface Row {
  readonly name: string
  readonly service: string
  readonly kind: string
  readonly trace: string
  readonly run: string
  readonly step: string
  readonly variant: string
  readonly url: string
  readonly vital: string
  readonly source: string
}

const services: Service[] = []
let browser: Browser
let engine: Engine
const data = mkdtempSync(join(tmpdir(), 'throughline-e2e-'))

beforeAll(async () => {
  await buildShop()
  const dev = await startDev({ port: 0, data })
  services.push(dev)
  engine = await openEngine({ folder: data })
  const shop = await startShop({ otlp: dev.url, port: 0 })
  services.push(shop)
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  const context = await browser.newContext()
  await context.addCookies([{ name: 'shop_subject', value: subject, url: shop.url }])
  const page = await context.newPage()
  await fillCart(page, shop.url)
  await fillAddress(page, '1012AB')
  await page.waitForTimeout(200)
  await fillAddress(page, '1012 AB')
  await page.getByRole('button', { name: 'Continue to payment' }).click()
  await pay(page)
  await page.getByRole('heading', { name: 'Thank you' }).waitFor()
  // The fetch instrumentation ends a span up to 0.3 s after its response: she reads the page before she leaves.
  await arrived((row) => row.service === 'shop-web' && row.url.endsWith('/api/orders'))
  // Leaving sends what the browser still holds, stopping the shop what its servers do.
  await page.goto('about:blank')
  await services.pop()!.stop()
  await arrived(({ vital }) => vital === 'inp')
  await arrived(({ name }) => name === 'exception')
  for (const from of ['browser', 'server'])
    await arrived(({ name, source }) => name === 'throughline.run.end' && source === from)
})

afterAll(async () => {
  await engine?.close()
  await browser?.close()
  for (const service of services.reverse()) await service.stop()
  rmSync(data, { recursive: true, force: true })
})

const rows = () =>
  engine.query<Row>(`
    SELECT SpanName AS name, ServiceName AS service, SpanKind AS kind, TraceId AS trace,
           SpanAttributes['throughline.run.id'] AS run, SpanAttributes['throughline.step.name'] AS step,
           SpanAttributes['throughline.hypothesis.one-page-payment'] AS variant,
           SpanAttributes['url.full'] AS url, SpanAttributes['browser.web_vital.name'] AS vital,
           SpanAttributes['throughline.event.source'] AS source
    FROM otel_traces ORDER BY Timestamp`)

/** Waits until a span is stored. */
const arrived = (what: (row: Row) => boolean) =>
  vi.waitFor(async () => expect((await rows()).some(what), `${what}`).toBe(true), {
    timeout: 30_000,
    interval: 250,
  })

describe('one person through the shop', () => {
  it('vitals, fetch spans, Express spans and the exception carry one run, the right step and the variant', async () => {
    const spans = await rows()
    const { run } = spans.find(({ name }) => name === 'throughline.step.enter')!
    expect(run).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/)
    const one = (what: (row: Row) => boolean) => {
      const found = spans.filter(what)
      expect(found.length, `${what}`).toBeGreaterThan(0)
      return found
    }
    const on = (step: string, what: (row: Row) => boolean) => {
      for (const row of one(what)) expect(row).toMatchObject({ run, step, variant: 'control' })
    }
    on('shipping', ({ name }) => name === 'exception')
    on('payment', ({ service, url }) => service === 'shop-web' && url.endsWith('/api/payment-sessions'))
    on('payment', ({ name, service }) => service === 'shop' && name === 'POST /api/payment-sessions')
    on('payment', ({ name, service }) => service === 'payment-gateway' && name === 'POST /sessions')
    on('payment', ({ service, url }) => service === 'shop-web' && url.endsWith('/api/orders'))
    on('payment', ({ name, service }) => service === 'shop' && name === 'POST /api/orders')
    const vitals = one(({ vital, run: of }) => vital !== '' && of !== '')
    expect(new Set(vitals.map((row) => row.run))).toEqual(new Set([run]))
    expect(vitals.map(({ vital }) => vital)).toContain('inp')
  })

  it('a step is one trace from the browser to the back end and on to the payment provider', async () => {
    const spans = await rows()
    const [payment] = spans.filter(
      ({ name, step }) => name === 'throughline.step.enter' && step === 'payment',
    )
    const together = spans.filter(({ trace }) => trace === payment!.trace)
    expect(new Set(together.map(({ service }) => service))).toEqual(
      new Set(['shop-web', 'shop', 'payment-gateway']),
    )
    expect(new Set(together.map(({ step }) => step))).toEqual(new Set(['payment']))
  })

  it('the slow payment step was measured, and the conversion counts once though both sides report it', async () => {
    const ends = (await rows()).filter(({ name }) => name === 'throughline.run.end')
    expect(ends.map(({ source }) => source).sort()).toEqual(['browser', 'server'])
    const result = await analyse(engine, { journeys, hypotheses }, { synthetic: 'include' })
    const [checkout] = result.journeys
    expect(checkout).toMatchObject({ runs: 1, conversions: 1 })
    expect(checkout!.value).toHaveLength(1)
    const payment = checkout!.steps.find(({ name }) => name === 'payment')!
    expect(payment.ready!.p75).toBeGreaterThan(2000)
    expect(payment.readiness!.met).toBe(false)
    expect(checkout!.errors).toHaveLength(1)
  })
})
