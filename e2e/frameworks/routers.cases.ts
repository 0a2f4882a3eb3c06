import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { bundled, siteOf, visit } from './drive.ts'
import { previewOf } from './examples.ts'
import type { On } from './roads.ts'
import { buyingRoad, errorPageRoad, modalRoad, PAYING } from './roads.ts'

/** The example of a router: its steps have addresses. */
const exampleCases = (open: Open, name: string, folder: string) =>
  describe(`${name}, the example`, () => {
    const { on } = previewOf(open, folder)

    it('its addresses are the steps', () => buyingRoad(on))

    it('what its error page shows is recorded once, on its step', () => errorPageRoad(on))
  })

/** What routers do to steps that components enter. @param gone what is shown where a page throws that there is none */
const routerCases = (open: Open, name: string, folder: string, gone: string) =>
  describe(name, () => {
    const site = siteOf(() => bundled(folder, 'app.tsx'))
    const on: On = (act) => visit(open, site(), `${site().url}/cart`, act)

    it('a modal route that closes is the next attempt of the page below, one that is followed is not', () =>
      modalRoad(on))

    it('what its error page catches is recorded once, on its step', async () => {
      const road = await on(async (page) => {
        await page.click('text=pay')
        await page.click('text=break')
        await page.waitForSelector('text=error page')
      })
      expect(road).toEqual([...PAYING, 'handled "no such card" payment 1'])
    })

    it('what a page throws to steer goes through our error boundary, unrecorded', async () => {
      const road = await on(async (page) => {
        await page.click('text=pay')
        await page.click('text=gone')
        await page.waitForSelector(`text=${gone}`)
      })
      expect(road).toEqual(PAYING)
    })

    it('a redirect leads to its step, unrecorded', async () => {
      const road = await on(async (page) => {
        await page.click('text=moved')
        await page.waitForSelector('dialog')
      })
      expect(road).toEqual(PAYING)
    })
  })

export const reactRouterCases = (open: Open) => {
  exampleCases(open, 'React Router', 'react-router')
  routerCases(open, 'React Router', 'react-router', 'error page')
}
export const tanStackRouterCases = (open: Open) => {
  exampleCases(open, 'TanStack Router', 'tanstack-router')
  routerCases(open, 'TanStack Router', 'tanstack-router', 'not found')
}
