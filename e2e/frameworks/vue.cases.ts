import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { previewOf } from './examples.ts'
import { buyingRoad, PAYING } from './roads.ts'

export const vueCases = (open: Open) =>
  describe('Vue', () => {
    const { on } = previewOf(open, 'vue')

    it('its addresses are the steps', () => buyingRoad(on))

    it('errors of handlers and renders, which only its own handler hears of, are recorded on their step', async () => {
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
