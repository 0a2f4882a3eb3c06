import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { prepare, run } from './prepare.ts'

const open = openBrowser()

describe('Next App Router', () => {
  const sink = siteOf(() => openSite())
  let server: ChildProcess
  let url: string

  beforeAll(async () => {
    const folder = prepare('next')
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const }
    const next = `${folder}/node_modules/next/dist/bin/next`
    run(folder, process.execPath, [next, 'build'], env)
    server = spawn(process.execPath, [next, 'start', '--port', '0', '--hostname', '127.0.0.1'], {
      cwd: folder,
      env,
    })
    url = await new Promise((resolve, reject) => {
      let said = ''
      const hear = (chunk: Buffer) => {
        said += chunk
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? []
        if (found) resolve(found)
      }
      server.stdout?.on('data', hear)
      server.stderr?.on('data', hear)
      server.on('exit', () => reject(new Error(`next start ended: ${said}`)))
    })
  })
  afterAll(() => server?.kill())

  const on = (act: (page: Page) => Promise<void>) =>
    visit(open, sink(), `${url}/cart?to=${sink().url}/otlp`, act)

  const OPENED = ['enter cart 1', 'leave cart 1', 'enter payment 1']

  it('an intercepted route that closes is the next attempt of the page below, one that is followed is not', async () => {
    const road = await on(async (page) => {
      await page.click('text=pay')
      await page.click('text=close')
      await page.waitForSelector('dialog', { state: 'detached' })
      await page.click('text=pay')
      await page.click('text=buy')
      await page.waitForSelector('h1:text("done")')
    })
    expect(road).toEqual([
      ...OPENED,
      ...['leave payment 1', 'enter cart 2', 'leave cart 2', 'enter payment 2'],
      ...['leave payment 2', 'enter done 1', 'end done 1'],
    ])
  })

  it('notFound() below our error boundary shows its own page, unrecorded', async () => {
    const road = await on(async (page) => {
      await page.click('text=gone')
      await page.waitForSelector('h1:text("not found")')
    })
    expect(road).toEqual(['enter cart 1'])
  })

  it('redirect() below our error boundary leads where it says, unrecorded', async () => {
    const road = await on(async (page) => {
      await page.click('text=moved')
      await page.waitForSelector('dialog, h1:text("payment")')
    })
    expect(road).toEqual(OPENED)
  })

  it('what error.tsx catches is recorded once, on its step', async () => {
    const road = await on(async (page) => {
      await page.click('text=broken')
      await page.click('text=break')
      await page.waitForSelector('text=error page')
    })
    expect(road).toEqual([...OPENED, 'handled "no such card" payment 1'])
  })
})
