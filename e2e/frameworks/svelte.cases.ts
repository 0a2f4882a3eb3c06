import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import type { Open } from './drive.ts'
import { siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'

export const svelteCases = (open: Open) =>
  describe('Svelte', () => {
    const site = siteOf(async () =>
      openSite({ folder: `${buildApp('svelte', 'vite/bin/vite.js', ['build'])}/dist` }),
    )

    it('errors of a boundary, and of handlers and renders that nothing catches, are recorded once', async () => {
      const road = await visit(open, site(), site().url, async (page) => {
        await page.click('text=boundary')
        await page.waitForSelector('text=sorry')
        await page.click('text=handler')
        await page.click('text=nobody')
      })
      expect(road).toEqual([
        'enter payment 1',
        'handled "boundary" payment 1',
        'uncaught "handler" payment 1',
        'uncaught "nobody" payment 1',
      ])
    })
  })
