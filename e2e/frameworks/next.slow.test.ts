import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { build, fixture } from './prepare.ts'
import type { On } from './roads.ts'
import { modalRoad, PAYING } from './roads.ts'
import { appOf } from './servers.ts'

const open = openBrowser()

describe('Next App Router', () => {
  const sink = siteOf(() => openSite())
  const server = appOf({ build: () => build(fixture('next')), args: ['-H', '127.0.0.1'] })
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
