// One real case of each kind, in production builds; `npm run slow` drives all frameworks.
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import { reactRouterCases, vueCases } from './frameworks/single-page.ts'

let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
})
afterAll(() => browser?.close())

const open = async () => (await browser.newContext()).newPage()
reactRouterCases(open)
vueCases(open)
