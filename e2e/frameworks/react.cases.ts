import { describe, expect, it } from 'vitest'
import type { Open } from './drive.ts'
import { bundled, siteOf, visit } from './drive.ts'

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
