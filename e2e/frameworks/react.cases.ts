import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { bundled, siteOf, visit } from './drive.ts'
import { previewOf } from './examples.ts'
import { PAYING } from './roads.ts'

/**
 * Console errors are recorded as well in these: whichever way an error comes in, it is one. Of an error that another
 * boundary than ours catches, React 18 logs in development no more than a text, and it is not recorded.
 */
export const reactCases = (open: Open) =>
  describe.each([
    ['React, its root told by onCaughtError and onUncaughtError', 'react', true, true],
    ['React in development', 'react', false, true],
    ['React 18', 'react-18', true, true],
    ['React 18 in development', 'react-18', false, false],
  ])('%s', (_, name, production, isLogged) => {
    const site = siteOf(() => bundled(name, 'app.tsx', { production }))

    it('an error is recorded once: of our boundary, of another one, and of none', async () => {
      const road = await visit(open, site(), site().url, async (page) => {
        await page.click('text=ours')
        await page.waitForSelector('text=sorry')
        await page.click('text=theirs')
        await page.click('text=nobody')
        await page.waitForSelector('button', { state: 'detached' })
      })
      expect(road).toEqual([
        'enter payment 1',
        'handled "ours" payment 1',
        ...(isLogged ? ['handled "theirs" payment 1'] : []),
        'uncaught "nobody" payment 1',
      ])
    })
  })

/** The example: steps that components enter, and a hypothesis. */
export const reactExampleCases = (open: Open) =>
  describe('React, the example', () => {
    const { on, sink } = previewOf(open, 'react')

    it('its stages are the steps, and trying again after an error is the next attempt', async () => {
      const road = await on(async (page) => {
        await page.click('text=Pay')
        await page.click('text=Break this page')
        await page.click('text=Try again')
        await page.click('text=Place the order')
        await page.waitForSelector('h1:text("Thank you")')
      })
      expect(road).toEqual([
        ...PAYING,
        ...['handled "no such card" payment 1', 'leave payment 1', 'enter payment 2'],
        ...['leave payment 2', 'enter confirmation 1', 'end confirmation 1'],
      ])
    })

    it('the variant that shows is the one that is recorded', async () => {
      const before = sink().spans('throughline.exposure').length
      let isControl: boolean | undefined
      await on(async (page) => {
        await page.click('text=Pay')
        await page.waitForSelector('h1:text("Payment")')
        isControl = await page.isVisible('text=Address')
      })
      const [exposure, ...others] = sink().spans('throughline.exposure').slice(before)
      expect(exposure!.attributes['throughline.exposure.variant']).toBe(isControl ? 'control' : 'short')
      expect(others).toEqual([])
    })
  })
