// Tabs of one browser that are open at once, and share a run that outlives them (`keep: 'browser'`).
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { KeptTab } from './page-life/kept-run.ts'
import type { Site } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'

let browser: Browser
let context: BrowserContext
let site: Site

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
})
afterAll(() => browser?.close())
beforeEach(async () => {
  const script = fileURLToPath(new URL('./page-life/kept-run.ts', import.meta.url))
  const html =
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/kept-run.js"></script>'
  site = await openSite({ script, page: () => html })
  context = await browser.newContext()
  return async () => {
    await context.close()
    await site.close()
  }
})

async function openTab(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(site.url)
  await page.waitForFunction('window.tab')
  return page
}
/** Has a tab do something. */
const inTab = <T>(page: Page, work: (tab: KeptTab) => T) =>
  page.evaluate(`(${work})(window.tab)`) as Promise<Awaited<T>>

const indexOf = ({ attributes }: { attributes: Record<string, unknown> }) =>
  Number(attributes['throughline.visit.index'])
/** The enters so far, in the order of a run: by index, then time, then id. */
const inOrder = () =>
  site
    .spans('throughline.step.enter')
    .toSorted((a, b) => indexOf(a) - indexOf(b) || a.start - b.start || (visitOf(a) < visitOf(b) ? -1 : 1))
const visitOf = ({ attributes }: { attributes: Record<string, unknown> }) =>
  `${attributes['throughline.visit.id']}`
const steps = () => inOrder().map(({ attributes }) => attributes['throughline.step.name'])
const runs = () => new Set(inOrder().map(({ attributes }) => attributes['throughline.run.id']))
const entered = (count: number) =>
  vi.waitFor(() => expect(inOrder()).toHaveLength(count), { timeout: 30_000 })

it('is one run, in the order in which its tabs went on with it', async () => {
  const [first, second] = [await openTab(), await openTab()]
  await inTab(first, ({ enter }) => enter('cart'))
  await inTab(second, ({ enter }) => enter('details'))
  await inTab(first, ({ enter }) => enter('payment'))
  await inTab(second, ({ enter }) => enter('cart'))
  await entered(4)
  expect(steps()).toEqual(['cart', 'details', 'payment', 'cart'])
  expect(inOrder().map(indexOf)).toEqual([1, 2, 3, 4])
  expect(runs().size).toBe(1)
  // The tab that opens next is on the same run.
  await first.close()
  const third = await openTab()
  await inTab(third, ({ enter }) => enter('done'))
  await entered(5)
  expect(steps().at(-1)).toBe('done')
  expect(runs().size).toBe(1)
})

it('has a place for each visit, also of tabs that go on at the same moment', async () => {
  const [first, second] = [await openTab(), await openTab()]
  await inTab(first, ({ enter }) => enter('cart'))
  await inTab(second, ({ enter }) => enter('details'))
  await Promise.all([
    inTab(first, ({ enter }) => enter('payment')),
    inTab(second, ({ enter }) => enter('cart')),
  ])
  await entered(4)
  expect(runs().size).toBe(1)
  expect(new Set(inOrder().map(visitOf)).size).toBe(4)
  // They may have the same index: then time decides.
  expect(steps().slice(0, 2)).toEqual(['cart', 'details'])
  for (const visit of inOrder().slice(2)) expect(indexOf(visit)).toBeGreaterThan(2)
})

it('ends in all of them when consent is withdrawn in one', async () => {
  const [first, second] = [await openTab(), await openTab()]
  await inTab(first, ({ enter }) => enter('cart'))
  await inTab(second, ({ enter }) => enter('details'))
  await entered(2)
  expect(await inTab(second, ({ stored }) => stored())).toContain('throughline.run.trial')
  await inTab(first, ({ withdraw }) => withdraw())
  await vi.waitFor(
    async () => {
      for (const tab of [first, second]) expect(await inTab(tab, ({ stored }) => stored())).toEqual([])
    },
    { timeout: 30_000 },
  )
  // Nor does anything leave the other tab from now on.
  await inTab(second, ({ enter }) => enter('payment'))
  expect(await inTab(second, ({ stored }) => stored())).toEqual([])
  expect(steps()).toEqual(['cart', 'details'])
})
