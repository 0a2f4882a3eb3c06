import type { Page } from 'playwright-core'
import { vi } from 'vitest'
import type { Arrived, Site } from '../page-life/site.ts'
import { openSite } from '../page-life/site.ts'
import { prepare } from './prepare.ts'

/** One script in an empty page, whatever its path. */
export const openApp = (name: string, script: string): Promise<Site> =>
  openSite({
    script: `${prepare(name)}/${script}`,
    production: true,
    page: () =>
      `<!doctype html><title>${name}</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/app.js"></script>`,
  })

/** What happened, and on which step, in order; vitals and what is ready at its own pace left out. */
export const road = (spans: readonly Arrived[]): string[] =>
  spans
    .filter(({ name }) => /step\.(enter|leave)$|run\.end$|^exception$/.test(name))
    .sort(
      (a, b) => Number(a.attributes['throughline.event.seq']) - Number(b.attributes['throughline.event.seq']),
    )
    .map(({ name, attributes }) => {
      const { 'exception.message': message, 'throughline.error.handled': isHandled } = attributes
      const attempt = attributes['throughline.step.attempt']
      const what =
        message === undefined
          ? name.replace(/.*\./, '')
          : `${isHandled ? 'handled' : 'uncaught'} "${message}"`
      return `${what} ${attributes['throughline.step.name']} ${attempt}`
    })

/** Leaves the page, so that all is sent, and what was recorded since it began. */
export async function recorded(page: Page, spans: () => readonly Arrived[]): Promise<string[]> {
  await page.goto('about:blank')
  await vi.waitFor(
    () => {
      if (!spans().some(({ name }) => name === 'throughline.delivery'))
        throw new Error('the page has not reported yet')
    },
    { timeout: 10_000 },
  )
  return road(spans())
}
