// A smoke test in another engine, which has neither soft navigations nor layout shifts.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch } from 'puppeteer-core'
import { expect, it, vi } from 'vitest'
import { openSite } from './page-life/site.ts'

const firefox = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync)
if (!firefox) console.log('Skipped: no Firefox is installed (Debian: apt-get install firefox-esr)')

it.skipIf(!firefox)(
  'Firefox: a run with its steps, vitals for each step, and what is sent on leaving',
  async () => {
    const site = await openSite()
    const userDataDir = await mkdtemp(join(tmpdir(), 'throughline-firefox-'))
    const browser = await launch({
      browser: 'firefox',
      executablePath: firefox!,
      headless: true,
      userDataDir,
    })
    try {
      const page = await browser.newPage()
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
    } finally {
      await browser.close()
      await site.close()
      await rm(userDataDir, { recursive: true, force: true })
    }
  },
)
