import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'puppeteer-core'
import { launch } from 'puppeteer-core'
import { CHROMIUM_FLAGS } from '../../scripts/chromium.ts'

/** A Chromium with real tabs, and what a person does through its menus. */
export interface Tabs {
  readonly browser: Browser
  /** The browser's own "Duplicate", of a tab with this URL. */
  duplicate(page: Page): Promise<Page>
  /** The browser's own setting "sites can't save data on your device", for one host. */
  denyStorage(host: string): Promise<void>
  close(): Promise<void>
}

// What the extension's worker is given by the browser, as far as it is used here.
declare const chrome: {
  tabs: { query(by: { url: string }): Promise<{ id: number }[]>; duplicate(id: number): Promise<unknown> }
  contentSettings: { cookies: { set(rule: { primaryPattern: string; setting: string }): Promise<void> } }
}

/**
 * Puppeteer, not Playwright: it attaches to tabs, not to pages, and a page with a debugger of its own prerenders
 * nothing (`PrerenderingDisabledByDevTools`). For the same reason tests must not open CDP sessions.
 */
export async function openTabs(executablePath: string): Promise<Tabs> {
  const browser = await launch({ executablePath, pipe: true, enableExtensions: true, args: CHROMIUM_FLAGS })
  const id = await browser.installExtension(fileURLToPath(new URL('extension', import.meta.url)))
  const target = await browser.waitForTarget((it) => it.type() === 'service_worker' && it.url().includes(id))
  const worker = (await target.worker())!
  return {
    browser,
    async duplicate(page) {
      // `page.url()` does not notice an activation.
      const url = await page.evaluate(() => location.href)
      const opened = browser.waitForTarget((it) => it.url() === url && it !== page.target())
      await worker.evaluate(async (url) => {
        const [tab] = await chrome.tabs.query({ url })
        await chrome.tabs.duplicate(tab!.id)
      }, url)
      return (await (await opened).page())!
    },
    denyStorage: (host) =>
      worker.evaluate(async (host) => {
        await chrome.contentSettings.cookies.set({ primaryPattern: `*://${host}/*`, setting: 'block' })
      }, host),
    close: () => browser.close(),
  }
}
