// A smoke test in another engine, which has neither soft navigations nor layout shifts.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { launch } from 'puppeteer-core'
import { expect, it, vi } from 'vitest'
import type { Site, SiteOptions } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'

const firefox = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync)
if (!firefox) console.log('Skipped: no Firefox is installed (Debian: apt-get install firefox-esr)')

/** A browser of its own, on a site of its own, until the work is done. */
async function inFirefox(options: SiteOptions, work: (site: Site, page: Page) => Promise<void>) {
  const site = await openSite(options)
  const userDataDir = await mkdtemp(join(tmpdir(), 'throughline-firefox-'))
  const browser = await launch({ browser: 'firefox', executablePath: firefox!, headless: true, userDataDir })
  try {
    await work(site, await browser.newPage())
  } finally {
    await browser.close()
    await site.close()
    await rm(userDataDir, { recursive: true, force: true })
  }
}

it.skipIf(!firefox)(
  'Firefox: what a page gives up on when it is left is no error; what fails before is',
  async () => {
    const answer: SiteOptions['answer'] = ({ url }, response) => {
      if (url?.startsWith('/slow'))
        setTimeout(() => response.writeHead(302, { location: '/?step=cart' }).end(), 1000)
      return /^\/(slow|hang)/.test(url ?? '')
    }
    await inFirefox({ answer }, async (site, page) => {
      await page.goto(`${site.url}/?step=product`)
      const count = (name: string) => site.spans(name).length
      await vi.waitFor(() => expect(count('throughline.step.enter')).toBe(1), { timeout: 10_000 })
      await page.evaluate(() => {
        fetch('http://127.0.0.1:9/')
        fetch('/hang')
        document.head.append(Object.assign(document.createElement('script'), { src: '/hang.js' }))
      })
      await vi.waitFor(() => expect(count('exception')).toBe(1), { timeout: 10_000 })
      await page.evaluate(() => location.assign('/slow'))
      await vi.waitFor(() => expect(count('throughline.step.enter')).toBe(2), { timeout: 10_000 })
      // Sent after what the page before has left behind.
      await page.evaluate(() => document.querySelector<HTMLElement>('[data-to=payment]')!.click())
      await vi.waitFor(() => expect(count('throughline.step.enter')).toBe(3), { timeout: 10_000 })
      expect(site.spans('exception').map(({ from }) => from)).toEqual(['/?step=product'])
    })
  },
)

it.skipIf(!firefox)(
  'Firefox: a run with its steps, vitals for each step, and what is sent on leaving',
  async () => {
    await inFirefox({}, async (site, page) => {
      await page.goto(`${site.url}/?step=product`)
      const steps = (name: string) =>
        site.spans(`throughline.step.${name}`).map(({ attributes }) => attributes['throughline.step.name'])
      await vi.waitFor(() => expect(steps('enter')).toEqual(['product']), { timeout: 10_000 })
      await page.click('[data-to=cart]')
      await vi.waitFor(() => expect(steps('enter')).toEqual(['product', 'cart']), { timeout: 10_000 })
      await page.click('[data-to=payment]')
      await page.goto('about:blank')
      await vi.waitFor(() => expect(steps('leave')).toEqual(['product', 'cart']), { timeout: 10_000 })
      const vitals = (name: string) =>
        site
          .spans('browser.web_vital')
          .filter(({ attributes }) => attributes['browser.web_vital.name'] === name)
          .map(({ attributes }) => attributes['throughline.step.name'])
      await vi.waitFor(() => expect(vitals('inp')).toEqual(expect.arrayContaining(['product', 'cart'])), {
        timeout: 10_000,
      })
      expect(vitals('ttfb')).toEqual(['product'])
      expect(vitals('fcp')).toEqual(['product'])
      expect(
        new Set(
          site.spans('throughline.step.enter').map(({ attributes }) => attributes['throughline.run.id']),
        ).size,
      ).toBe(1)
    })
  },
)
