import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import type { Open } from './drive.ts'
import { siteOf, visit } from './drive.ts'
import { build, example, fixture } from './prepare.ts'
import type { On } from './roads.ts'
import { buyingRoad, PAYING } from './roads.ts'

interface Seen {
  readonly checks: number
  readonly isStable: boolean
}

/** The example, as its router and its own error handler have it. */
export const angularExampleCases = (open: Open) =>
  describe('Angular, the example', () => {
    const site = siteOf(() => openSite({ folder: `${build(example('angular'))}/dist/browser` }))
    const on: On = (act) => visit(open, site(), site().url, act)

    it('its addresses are the steps', () => buyingRoad(on))

    it('errors of handlers and templates, which only its own handler hears of, are recorded on their step', async () => {
      const road = await on(async (page) => {
        await page.click('text=Pay')
        await page.click('text=Break a handler')
        await page.click('text=Break a render')
      })
      expect(road).toEqual([
        ...PAYING,
        'uncaught "no such handler" payment 1',
        'uncaught "no such card" payment 1',
      ])
    })
  })

/** With zone.js, which new applications of Angular have no more. */
export const angularCases = (open: Open) =>
  describe('Angular with zone.js', () => {
    const site = siteOf(() => openSite({ folder: `${build(fixture('angular'))}/dist` }))

    it('errors of handlers and templates, which only its own handler hears of, are recorded on their step', async () => {
      const road = await visit(open, site(), site().url, async (page) => {
        await page.click('text=pay')
        await page.click('text=handler')
        await page.click('text=render')
      })
      expect(road).toEqual([
        'enter cart 1',
        'leave cart 1',
        'enter payment 1',
        'uncaught "no such handler" payment 1',
        'uncaught "no such card" payment 1',
      ])
    })

    it('while the endpoint is down, changes are looked for as without us, and all is quiet', async () => {
      const seenOn = async (query: string, wait: (page: Page) => Promise<unknown>) => {
        const page = await open()
        try {
          await page.goto(site().url + query)
          await page.click('text=pay')
          await wait(page)
          return await page.evaluate<Seen>('seen')
        } finally {
          await page.context().close()
        }
      }
      site().isUp = false
      const without = await seenOn('/?without', (page) => page.waitForFunction('seen.isStable'))
      const refused = site().refused.length
      // It waits longer and longer before it tries again; at each time, a browser may do so once more by itself.
      const seen = await seenOn('/', () =>
        expect.poll(() => site().refused.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(refused + 5),
      )
      site().isUp = true
      expect(seen).toEqual({ ...without, isStable: true })
    })
  })
