// What frameworks without a server are asked, in production builds.
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openApp, recorded } from './drive.ts'

const OPENED = ['enter cart 1', 'leave cart 1', 'enter payment 1']

async function visit(
  open: () => Promise<Page>,
  app: [string, string],
  path: string,
  act: (page: Page) => Promise<void>,
) {
  const site = await openApp(...app)
  const page = await open()
  try {
    await page.goto(site.url + path)
    await act(page)
    return await recorded(page, site.spans)
  } finally {
    await page.context().close()
    await site.close()
  }
}

export function reactRouterCases(open: () => Promise<Page>): void {
  const on = (path: string, act: (page: Page) => Promise<void>) =>
    visit(open, ['react-router', 'app.tsx'], path, act)

  it('React Router: a modal route that closes is the next attempt of the page below, one that is followed is not', async () => {
    const road = await on('/cart', async (page) => {
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

  it('React Router: what its error page catches is recorded once, on its step', async () => {
    const road = await on('/cart', async (page) => {
      await page.click('text=pay')
      await page.click('text=break')
      await page.waitForSelector('text=error page')
    })
    expect(road).toEqual([...OPENED, 'handled "no such card" payment 1'])
  })

  it('React Router: a thrown Response goes through our error boundary to its error page, unrecorded', async () => {
    const road = await on('/cart', async (page) => {
      await page.click('text=pay')
      await page.click('text=gone')
      await page.waitForSelector('text=error page')
    })
    expect(road).toEqual(OPENED)
  })
}

export function vueCases(open: () => Promise<Page>): void {
  it('Vue: errors of handlers and renders, which only its own handler hears of, are recorded on their step', async () => {
    const road = await visit(open, ['vue', 'app.ts'], '/', async (page) => {
      await page.click('text=handler')
      await page.click('text=render')
    })
    expect(road).toEqual([
      'enter payment 1',
      'uncaught "no such handler" payment 1',
      'uncaught "no such card" payment 1',
    ])
  })
}
