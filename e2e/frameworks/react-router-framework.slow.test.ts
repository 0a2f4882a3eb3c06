import { describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { buildApp } from './prepare.ts'
import type { On } from './roads.ts'
import { actionRoad, PAYING } from './roads.ts'
import { serverOf } from './servers.ts'

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
  const on: On = (act) => visit(open, sink(), `${app.url}/cart?to=${sink().url}/otlp`, act)

  it('an action has the journey of the page that it was sent from, and confirms it', () =>
    actionRoad(on, app, sink()))

  it('what its error page shows is recorded once, on its step', async () => {
    const road = await on(async (page) => {
      await page.click('text=pay')
      await page.click('text=break')
      await page.waitForSelector('text=error page')
    })
    expect(road).toEqual([...PAYING, 'handled "no such card" payment 1'])
  })
})
