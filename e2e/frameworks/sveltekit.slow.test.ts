import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { HYDRATED, openBrowser, siteOf, visit } from './drive.ts'
import { build, example } from './prepare.ts'
import type { On } from './roads.ts'
import { confirmedRoad, PAYING } from './roads.ts'
import { appOf } from './servers.ts'

describe('SvelteKit', () => {
  const open = openBrowser()
  const sink = siteOf(() => openSite())
  const app = appOf({ build: (env) => build(example('sveltekit'), env), pages: sink })
  const on: On = (act) => visit(open, sink(), app.url, act, HYDRATED.svelteKit)

  it('an action has the journey of the page that it was sent from, and confirms it', () =>
    confirmedRoad(on, app, sink()))

  it.each([
    ['a render', 'Break this page', ['uncaught "no such card" payment 1']],
    // Its error page has the address to which the link leads.
    ['a load', 'Break a load', ['uncaught "no such page of ours" payment 1', 'leave payment 1']],
  ])(
    'an error of %s, which shows its error page, is recorded once, on its step',
    async (_, button, recorded) => {
      const road = await on(async (page) => {
        await page.click('text=Pay')
        await page.click(`text=${button}`)
        await page.waitForSelector('h1:text("500")')
      })
      expect(road).toEqual([...PAYING, ...recorded])
    },
  )
})
