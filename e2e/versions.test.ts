import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Engine } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import type { Journey } from '@throughline/core'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Service } from '../scripts/processes.ts'
import { startDev } from '../scripts/shop.ts'
import type { Site } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'
import { after, before } from './versions/journeys.ts'
import type { PageShop } from './versions/page.ts'
import { orderServer } from './versions/server.ts'

// A deploy reaches browsers, servers and reports one after the other. Whichever is ahead, a conversion is confirmed,
// and counted in the report of the version that the run began with.

const data = mkdtempSync(join(tmpdir(), 'throughline-versions-'))
let dev: Service
let engine: Engine
let browser: Browser
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  dev = await startDev({ port: 0, data })
  engine = await openEngine({ folder: data })
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
})

afterAll(async () => {
  await browser?.close()
  await engine?.close()
  await dev?.stop()
  rmSync(data, { recursive: true, force: true })
})

const inShop = <T>(page: Page, work: (shop: PageShop) => T) =>
  page.evaluate(`(${work})(window.shop)`) as Promise<Awaited<T>>

/** A person on a server of one release; the address of a page takes the bundle's. */
async function person(
  server: readonly Journey[],
): Promise<{ page: Page; open(bundle: string): Promise<unknown> }> {
  const orders = orderServer(server, dev.url)
  const site: Site = await openSite({
    script: fileURLToPath(new URL('versions/page.ts', import.meta.url)),
    page: () => '<!doctype html><title>shop</title><script type="module" src="/page.js"></script>',
    answer: orders.answer!,
  })
  const context = await browser.newContext()
  const page = await context.newPage()
  closing.push(async () => {
    await context.close()
    await orders.close()
    await site.close()
  })
  return { page, open: (bundle) => page.goto(`${site.url}/?bundle=${bundle}&otlp=${dev.url}`) }
}

/** The runs and conversions of each version that both releases declare, of one run. */
const counted = async (run: string) => {
  const [began] = await engine.query<{ began: number }>(
    `SELECT toUnixTimestamp64Milli(UUIDv7ToDateTime(toUUID('${run}'))) AS began`,
  )
  const { journeys } = await analyse(
    engine,
    { journeys: [before, after], hypotheses: [] },
    { since: new Date(began!.began), until: new Date(began!.began + 1), synthetic: 'include' },
  )
  return journeys.map(({ version, runs, conversions, value }) => ({ version, runs, conversions, value }))
}

const none = (version: string) => ({ version, runs: 0, conversions: 0, value: [] })
const one = (version: string) => ({
  version,
  runs: 1,
  conversions: 1,
  value: [{ currency: 'EUR', amount: 40 }],
})

describe('a deploy', () => {
  it.each([
    ['an old bundle against a new server', '1', [after]],
    ['an old bundle against an old server', '1', [before]],
    ['a new bundle against an old server', '2', [before]],
    ['a new bundle against a server that knows both', '2', [before, after]],
  ])(
    '%s: the server confirms, and the report of the version of the run counts it',
    async (_, bundle, server) => {
      const { page, open } = await person(server)
      await open(bundle)
      await inShop(page, (shop) => shop.visit('cart', 'payment'))
      const run = await inShop(page, (shop) => shop.run())
      expect(await inShop(page, (shop) => shop.pay())).toBe(201)
      const expected = bundle === '1' ? [one('1'), none('2')] : [none('1'), one('2')]
      await vi.waitFor(async () => expect(await counted(run)).toEqual(expected), {
        timeout: 20_000,
        interval: 250,
      })
      for (const close of closing.splice(0)) await close()
    },
  )

  it('a tab that is reloaded across it keeps its run, which converts in its own version', async () => {
    const { page, open } = await person([after])
    await open('1')
    await inShop(page, (shop) => shop.visit('cart'))
    const run = await inShop(page, (shop) => shop.run())
    await open('2')
    // A step that its own version has not.
    await inShop(page, (shop) => shop.visit('address', 'payment'))
    expect(await inShop(page, (shop) => shop.run())).toBe(run)
    expect(await inShop(page, (shop) => shop.pay())).toBe(201)
    await vi.waitFor(async () => expect(await counted(run)).toEqual([one('1'), none('2')]), {
      timeout: 20_000,
      interval: 250,
    })
    const visits = await engine.query<{ step: string; place: string }>(`
      SELECT SpanAttributes['throughline.step.name'] AS step, SpanAttributes['throughline.visit.index'] AS place
      FROM otel_traces
      WHERE SpanName = 'throughline.step.enter' AND SpanAttributes['throughline.run.id'] = '${run}'
      ORDER BY place`)
    expect(visits).toEqual([
      { step: 'cart', place: '1' },
      { step: 'address', place: '2' },
      { step: 'payment', place: '3' },
    ])
    for (const close of closing.splice(0)) await close()
  })
})
