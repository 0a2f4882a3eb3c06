import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'
import { serverOf, untilOne } from './servers.ts'

describe('SvelteKit', () => {
  const open = openBrowser()
  const sink = siteOf(() => openSite())
  const app = serverOf('sveltekit', () => ({
    folder: buildApp('sveltekit', 'vite/bin/vite.js', ['build'], ['core', 'node']),
    args: ['--import', './telemetry.ts', 'build/index.js'],
    env: { PORT: '0' },
  }))
  const cart = () => `${app.url}/cart?to=${sink().url}/otlp`
  const OPENED = ['enter cart 1', 'leave cart 1', 'enter payment 1']

  it('an action has the journey of the page that it was sent from, and confirms it', async () => {
    const road = await visit(open, sink(), cart(), async (page) => {
      await page.click('text=pay')
      await page.click('text=buy')
      await page.waitForSelector('h1:text("done")')
    })
    expect(road).toEqual([...OPENED, 'leave payment 1', 'enter confirmation 1', 'end confirmation 1'])
    await untilOne(() => app.named('throughline.run.end'))
    expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
      'throughline.step.name': 'payment',
      'throughline.conversion.value': 40,
      'throughline.run.id': sink().spans('throughline.run.end')[0]!.attributes['throughline.run.id'],
    })
  })

  it.each([
    ['a render', ['pay', 'break'], [...OPENED, 'uncaught "no such card" payment 1']],
    ['a load', ['broken'], ['enter cart 1', 'uncaught "no such page of ours" cart 1']],
  ])(
    'an error of %s, which shows its error page, is recorded once, on its step',
    async (_, clicks, expected) => {
      const road = await visit(open, sink(), cart(), async (page) => {
        for (const text of clicks) await page.click(`text=${text}`)
        await page.waitForSelector('h1:text("500")')
      })
      expect(road).toEqual(expected)
    },
  )
})
