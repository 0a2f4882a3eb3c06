import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'
import type { On } from './roads.ts'
import { actionRoad, PAYING } from './roads.ts'
import { serverOf } from './servers.ts'

describe('SvelteKit', () => {
  const open = openBrowser()
  const sink = siteOf(() => openSite())
  const app = serverOf('sveltekit', () => ({
    folder: buildApp('sveltekit', 'vite/bin/vite.js', ['build'], ['core', 'node']),
    args: ['--import', './telemetry.ts', 'build/index.js'],
    env: { PORT: '0' },
  }))
  const on: On = (act) => visit(open, sink(), `${app.url}/cart?to=${sink().url}/otlp`, act)

  it('an action has the journey of the page that it was sent from, and confirms it', () =>
    actionRoad(on, app, sink()))

  it.each([
    ['a render', ['pay', 'break'], [...PAYING, 'uncaught "no such card" payment 1']],
    ['a load', ['broken'], ['enter cart 1', 'uncaught "no such page of ours" cart 1']],
  ])(
    'an error of %s, which shows its error page, is recorded once, on its step',
    async (_, clicks, expected) => {
      const road = await on(async (page) => {
        for (const text of clicks) await page.click(`text=${text}`)
        await page.waitForSelector('h1:text("500")')
      })
      expect(road).toEqual(expected)
    },
  )
})
