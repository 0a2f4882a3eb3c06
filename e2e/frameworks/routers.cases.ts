import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { bundled, siteOf, visit } from './drive.ts'

const OPENED = ['enter cart 1', 'leave cart 1', 'enter payment 1']

/** @param gone what is shown where a page throws that there is none */
const routerCases = (open: Open, name: string, folder: string, gone: string) =>
  describe(name, () => {
    const site = siteOf(() => bundled(folder, 'app.tsx'))
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

    it('what a page throws to steer goes through our error boundary, unrecorded', async () => {
      const road = await on(async (page) => {
        await page.click('text=pay')
        await page.click('text=gone')
        await page.waitForSelector(`text=${gone}`)
      })
      expect(road).toEqual(OPENED)
    })

    it('a redirect leads to its step, unrecorded', async () => {
      const road = await on(async (page) => {
        await page.click('text=moved')
        await page.waitForSelector('dialog')
      })
      expect(road).toEqual(OPENED)
    })
  })

export const reactRouterCases = (open: Open) =>
  routerCases(open, 'React Router', 'react-router', 'error page')
export const tanStackRouterCases = (open: Open) =>
  routerCases(open, 'TanStack Router', 'tanstack-router', 'not found')
