import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { bundled, siteOf, visit } from './drive.ts'

const OPENED = ['enter cart 1', 'leave cart 1', 'enter payment 1']

export const reactRouterCases = (open: Open) =>
  describe('React Router', () => {
    const site = siteOf(() => bundled('react-router', 'app.tsx'))
    const on = (act: (page: Page) => Promise<void>) => visit(open, site(), `${site().url}/cart`, act)

    it('a modal route that closes is the next attempt of the page below, one that is followed is not', async () => {
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

    it('what its error page catches is recorded once, on its step', async () => {
      const road = await on(async (page) => {
        await page.click('text=pay')
        await page.click('text=break')
        await page.waitForSelector('text=error page')
      })
      expect(road).toEqual([...OPENED, 'handled "no such card" payment 1'])
    })

    it('a thrown Response goes through our error boundary to its error page, unrecorded', async () => {
      const road = await on(async (page) => {
        await page.click('text=pay')
        await page.click('text=gone')
        await page.waitForSelector('text=error page')
      })
      expect(road).toEqual(OPENED)
    })
  })
