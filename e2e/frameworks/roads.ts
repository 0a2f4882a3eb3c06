// What must be recorded of visitors of the examples, and of the fixtures in this folder.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Site } from '../page-life/site.ts'
import type { Application } from './servers.ts'
import { payment, untilOne } from './servers.ts'

/** Visits a page of the application, and says what was recorded of it. */
export type On = (act: (page: Page) => Promise<void>) => Promise<string[]>

/** On the way from the cart to the payment. */
export const PAYING = ['enter cart 1', 'leave cart 1', 'enter payment 1']

/** Buys what is in the cart of an example. */
export async function buyingRoad(on: On): Promise<void> {
  const road = await on(async (page) => {
    await page.click('text=Pay')
    await page.click('text=Place the order')
    await page.waitForSelector('h1:text("Thank you")')
  })
  expect(road).toEqual([...PAYING, 'leave payment 1', 'enter confirmation 1', 'end confirmation 1'])
}

/** Breaks the payment page of an example, which its framework shows an error page for. */
export async function errorPageRoad(on: On): Promise<void> {
  const road = await on(async (page) => {
    await page.click('text=Pay')
    await page.click('text=Break this page')
    await page.waitForSelector('h1:text("Something went wrong")')
  })
  expect(road).toEqual([...PAYING, 'handled "no such card" payment 1'])
}

/** Closes a route that lies over the page with the cart, and follows it the next time. */
export async function modalRoad(on: On): Promise<void> {
  const road = await on(async (page) => {
    await page.click('text=pay')
    await page.click('text=close')
    await page.waitForSelector('dialog', { state: 'detached' })
    await page.click('text=pay')
    await page.click('text=buy')
    await page.waitForSelector('h1:text("done")')
  })
  expect(road).toEqual([
    ...PAYING,
    ...['leave payment 1', 'enter cart 2', 'leave cart 2', 'enter payment 2'],
    ...['leave payment 2', 'enter done 1', 'end done 1'],
  ])
}

/** Buys what is in the cart; the application's server confirms it, with its worth, of the run in the browser. */
export async function confirmedRoad(on: On, app: Application, sink: Site): Promise<void> {
  const before = sink.spans('throughline.run.end').length
  await buyingRoad(on)
  await untilOne(() => app.named('throughline.run.end'))
  const [end] = sink.spans('throughline.run.end').slice(before)
  expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
    ...payment(`${end!.attributes['throughline.run.id']}`),
    'throughline.conversion.value': 40,
  })
}
