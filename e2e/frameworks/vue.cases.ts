import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { bundled, siteOf, visit } from './drive.ts'

export const vueCases = (open: Open) =>
  describe('Vue', () => {
    const site = siteOf(() => bundled('vue', 'app.ts'))

    it('errors of handlers and renders, which only its own handler hears of, are recorded on their step', async () => {
      const road = await visit(open, site(), site().url, async (page) => {
        await page.click('text=handler')
        await page.click('text=render')
      })
      expect(road).toEqual([
        'enter payment 1',
        'uncaught "no such handler" payment 1',
        'uncaught "no such card" payment 1',
      ])
    })
  })
