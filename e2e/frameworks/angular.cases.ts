import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import type { Open } from './drive.ts'
import { siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'

interface Seen {
  readonly checks: number
  readonly isStable: boolean
}

export const angularCases = (open: Open) =>
  describe('Angular', () => {
    const site = siteOf(async () =>
      openSite({ folder: `${buildApp('angular', '@angular/cli/bin/ng.js', ['build'])}/dist` }),
    )

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

    it('with zone.js: while the endpoint is down, changes are looked for as without us, and all is quiet', async () => {
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
