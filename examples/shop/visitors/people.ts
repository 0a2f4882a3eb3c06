import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../../../scripts/chromium.ts'

type Page = import('playwright-core').Page

/** What somebody types. */
const ADDRESS = {
  City: 'Amsterdam',
  'Street and number': 'Damrak 1',
  'Full name': 'Ada de Vries',
  'E-mail': 'ada@example.org',
}

/** Goes from a product to the checkout. */
export async function fillCart(page: Page, shop: string, product = 'Teapot for two'): Promise<void> {
  await page.goto(shop)
  await page.getByRole('link', { name: product }).click()
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByRole('button', { name: 'Go to checkout' }).click()
}

/** Fills in the address; `postcode` as it is typed. */
export async function fillAddress(page: Page, postcode: string): Promise<void> {
  for (const [label, text] of Object.entries(ADDRESS)) await page.getByLabel(label).fill(text)
  await page.getByLabel('Postcode').fill(postcode)
  await page.getByLabel('Postcode').blur()
}

/** Fills in the card, once the payment provider has answered, and pays. */
export async function pay(page: Page): Promise<void> {
  await page.getByLabel('Card number').fill('4242 4242 4242 4242')
  await page.getByLabel('Expires').fill('12/29')
  await page.getByLabel('Security code').fill('123')
  await page.getByRole('button', { name: /^Pay/ }).click()
}

async function shopping(page: Page, shop: string): Promise<void> {
  await fillCart(page, shop)
  await fillAddress(page, '1012 AB')
  const next = page.getByRole('button', { name: 'Continue to payment' })
  if (await next.isVisible()) await next.click()
  const thanks = page.getByRole('heading', { name: 'Thank you' })
  const declined = page.getByRole('alert')
  await pay(page)
  await thanks.or(declined).waitFor()
  if (await declined.isVisible()) await pay(page)
  await thanks.waitFor()
}

/**
 * A few people in a real Chromium, one after the other; each buys a teapot.
 *
 * @throws Error when there is no Chromium
 */
export async function sendPeople(shop: string, count: number): Promise<void> {
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  try {
    for (let i = 0; i < count; i++) {
      const context = await browser.newContext({
        viewport: i % 2 ? { width: 390, height: 844 } : { width: 1280, height: 850 },
      })
      const page = await context.newPage()
      await shopping(page, shop)
      // Leaving the page is what sends the rest of its telemetry.
      await page.goto('about:blank')
      await page.waitForTimeout(500)
      await context.close()
    }
  } finally {
    await browser.close()
  }
}
