import { fileURLToPath } from 'node:url'
import type { Frame, Page } from 'puppeteer-core'
import { expect, vi } from 'vitest'
import type { Arrived, Site, SiteOptions } from '../page-life/site.ts'
import { openSite } from '../page-life/site.ts'
import type { Step } from './journey.ts'
import type { PageShop } from './page.ts'

/** A site with the journey of `journey.ts`, and questions about what has arrived from it. */
export interface Shop extends Site {
  enters(): Arrived[]
  leaves(): Arrived[]
  /** Waits for so many steps to be entered. */
  entered(count: number): Promise<Arrived[]>
  /** Distinct runs, in the order in which they arrived. */
  runs(): string[]
}

export interface ShopOptions extends Pick<SiteOptions, 'answer'> {
  /** More of a page's head. */
  readonly head?: (url: URL) => string
}

/** Waits for what arrives, however loaded the machine is. */
export const eventually = <T>(expected: () => T | Promise<T>) =>
  vi.waitFor(expected, { timeout: 30_000, interval: 50 })

/**
 * The path of a page that enters a step, or of one of another make; with `variant` it assigns one. With `next` it has
 * a link there, which `prerender` prerenders.
 */
export const path = (step: Step | undefined, more: Record<string, string> = {}) =>
  `/?${new URLSearchParams({ ...(step && { step }), ...more })}`

export const stepOf = ({ attributes }: Arrived) => attributes['throughline.step.name']
export const runOf = ({ attributes }: Arrived) => attributes['throughline.run.id']

/** Works inside of the page, with its `shop`. */
export const inPage = <T>(page: Page | Frame, work: (shop: PageShop) => T) =>
  page.evaluate(`(${work})(window.shop)`) as Promise<Awaited<T>>

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

export async function openShop({ answer, head = () => '' }: ShopOptions = {}): Promise<Shop> {
  function page(url: URL): string {
    const next = url.searchParams.get('next') ?? ''
    const rules = { prerender: [{ urls: [next], eagerness: 'immediate' }] }
    const isRuled = url.searchParams.has('prerender')
    return `<!doctype html><title>shop</title><link rel="icon" href="data:,">${head(url)}
      ${isRuled ? `<script type="speculationrules">${JSON.stringify(rules)}</script>` : ''}
      <h1>${escaped(url.searchParams.get('step') ?? 'elsewhere')}</h1> <a href="${escaped(next)}">next</a>
      ${url.searchParams.has('step') ? '<script type="module" src="/page.js"></script>' : ''}`
  }
  const script = fileURLToPath(new URL('page.ts', import.meta.url))
  const site = await openSite({ script, page, ...(answer && { answer }) })
  const enters = () => site.spans('throughline.step.enter')
  return Object.assign(site, {
    enters,
    leaves: () => site.spans('throughline.step.leave'),
    async entered(count: number) {
      await eventually(() => expect(enters().map(stepOf)).toHaveLength(count))
      return enters()
    },
    runs: () => [...new Set(enters().map((span) => `${runOf(span)}`))],
  })
}
