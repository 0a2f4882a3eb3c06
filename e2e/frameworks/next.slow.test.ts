import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Service } from '../../scripts/processes.ts'
import { startService } from '../../scripts/processes.ts'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'
import type { On } from './roads.ts'
import { modalRoad, PAYING } from './roads.ts'

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

  const on: On = (act) => visit(open, sink(), `${server.url}/cart?to=${sink().url}/otlp`, act)

  it('an intercepted route that closes is the next attempt of the page below, one that is followed is not', () =>
    modalRoad(on))

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
    expect(road).toEqual(PAYING)
  })

  it('what error.tsx catches is recorded once, on its step', async () => {
    const road = await on(async (page) => {
      await page.click('text=broken')
      await page.click('text=break')
      await page.waitForSelector('text=error page')
    })
    expect(road).toEqual([...PAYING, 'handled "no such card" payment 1'])
  })
})
