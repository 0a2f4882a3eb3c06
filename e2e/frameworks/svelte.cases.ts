import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { previewOf } from './examples.ts'
import { buyingRoad, PAYING } from './roads.ts'

export const svelteCases = (open: Open) =>
  describe('Svelte', () => {
    const { on } = previewOf(open, 'svelte')

    it('its addresses, in the hash, are the steps', () => buyingRoad(on))

    it('errors of a boundary, and of handlers and renders that nothing catches, are recorded once', async () => {
      const road = await on(async (page) => {
        await page.click('text=Pay')
        await page.click('text=Break this part')
        await page.waitForSelector('text=Something went wrong')
        await page.click('text=Break a handler')
        await page.click('text=Break this page')
      })
      expect(road).toEqual([
        ...PAYING,
        'handled "no such card: Break this part" payment 1',
        'uncaught "no such handler" payment 1',
        'uncaught "no such card: Break this page" payment 1',
      ])
    })
  })
