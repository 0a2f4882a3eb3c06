import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'
import { serverOf, untilOne } from './servers.ts'

// With a server of its own, whose action confirms the outcome; the browser sends elsewhere than the server.

describe('React Router, framework mode', () => {
  const open = openBrowser()
  const sink = siteOf(() => openSite())
  const app = serverOf('react-router', () => ({
    folder: buildApp(
      'react-router-framework',
      '@react-router/dev/bin.cjs',
      ['build'],
      ['core', 'react', 'node'],
    ),
    args: ['--import', './telemetry.ts', 'node_modules/@react-router/serve/bin.cjs', 'build/server/index.js'],
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
    const [end] = app.named('throughline.run.end')
    expect(end!.attributes).toMatchObject({
      'throughline.step.name': 'payment',
      'throughline.conversion.value': 40,
      'throughline.run.id': sink().spans('throughline.run.end')[0]!.attributes['throughline.run.id'],
    })
  })

  it('what its error page shows is recorded once, on its step', async () => {
    const road = await visit(open, sink(), cart(), async (page) => {
      await page.click('text=pay')
      await page.click('text=break')
      await page.waitForSelector('text=error page')
    })
    expect(road).toEqual([...OPENED, 'handled "no such card" payment 1'])
  })
})
