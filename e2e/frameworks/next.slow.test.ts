import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Service } from '../../scripts/processes.ts'
import { startService } from '../../scripts/processes.ts'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'

const BIN = 'next/dist/bin/next'
const open = openBrowser()

describe('Next App Router', () => {
  const sink = siteOf(() => openSite())
  let server: Service

  beforeAll(async () => {
    const folder = buildApp('next', BIN, ['build'])
    const args = [`node_modules/${BIN}`, 'start', '--port', '0', '--hostname', '127.0.0.1']
    server = await startService('next', args, {
      cwd: folder,
      env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    })
  })
  afterAll(() => server?.stop())

  const on = (act: (page: Page) => Promise<void>) =>
    visit(open, sink(), `${server.url}/cart?to=${sink().url}/otlp`, act)

  const OPENED = ['enter cart 1', 'leave cart 1', 'enter payment 1']

  it('an intercepted route that closes is the next attempt of the page below, one that is followed is not', async () => {
    const road = await on(async (page) => {
      await page.click('text=pay')
      await page.click('text=close')
      await page.waitForSelector('dialog', { state: 'detached' })
      await page.click('text=pay')
      await page.click('text=buy')
      await page.waitForSelector('h1:text("done")')
    })
    expect(road).toEqual([
      ...OPENED,
      ...['leave payment 1', 'enter cart 2', 'leave cart 2', 'enter payment 2'],
      ...['leave payment 2', 'enter done 1', 'end done 1'],
    ])
  })

  it('notFound() below our error boundary shows its own page, unrecorded', async () => {
    const road = await on(async (page) => {
      await page.click('text=gone')
      await page.waitForSelector('h1:text("not found")')
    })
    expect(road).toEqual(['enter cart 1'])
  })

  it('redirect() below our error boundary leads where it says, unrecorded', async () => {
    const road = await on(async (page) => {
      await page.click('text=moved')
      await page.waitForSelector('dialog, h1:text("payment")')
    })
    expect(road).toEqual(OPENED)
  })

  it('what error.tsx catches is recorded once, on its step', async () => {
    const road = await on(async (page) => {
      await page.click('text=broken')
      await page.click('text=break')
      await page.waitForSelector('text=error page')
    })
    expect(road).toEqual([...OPENED, 'handled "no such card" payment 1'])
  })
})
