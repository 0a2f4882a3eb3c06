import { afterEach, expect, test, vi } from 'vitest'
import type { Result } from '../../result'
import { empty, extreme, full } from '../fixture'
import { renderPage } from './page'

const options = { endpoint: 'http://127.0.0.1:4318' }
const checkout = full.journeys[0]!
const isType = ({ label }: { label: string }) => label.startsWith('TypeError')
/** The problem that was the fifth comes first. */
const ranked = checkout.ranking.problems.toSorted((a, b) => Number(isType(b)) - Number(isType(a)))
const more: Result = {
  ...full,
  journeys: [
    { ...checkout, runs: 20_111, ranking: { ...checkout.ranking, problems: ranked } },
    { ...checkout, name: 'signup' },
  ],
}

/** Opens a page in a frame of its own; `answer` is what its server says from then on. */
async function open(html: string, width: number, answer: () => Promise<Response>) {
  const frame = document.createElement('iframe')
  frame.width = String(width)
  frame.height = '800'
  frame.srcdoc = html
  document.body.append(frame)
  await new Promise((loaded) => {
    frame.onload = loaded
  })
  const view = frame.contentWindow as Window & typeof globalThis
  view.fetch = vi.fn(answer)
  const page = view.document
  /** The page asks again when it is looked at: no need to wait for its clock. */
  const refresh = () => page.dispatchEvent(new Event('visibilitychange'))
  return { view, page, refresh }
}

const says = (result: Result) => async () => new Response(renderPage(result, options))

afterEach(() => document.body.replaceChildren())

test('brings itself up to date in place: scroll, focus and open details stay', async () => {
  const { view, page, refresh } = await open(renderPage(full, options), 1280, says(more))
  const details = page.querySelector<HTMLDetailsElement>('#journey-checkout-numbers')!
  details.open = true
  const row = [...page.querySelectorAll('.loss')].find(({ textContent }) =>
    textContent.includes('TypeError'),
  )!
  expect(row).not.toBe(page.querySelector('.loss'))
  const summary = details.querySelector('summary')!
  summary.focus()
  view.scrollTo(0, 900)
  await vi.waitFor(() => expect(view.scrollY).toBe(900))
  const tile = page.querySelectorAll('.tile dd')[3]!
  expect(tile.textContent).toBe('12,480')

  refresh()
  await vi.waitFor(() => expect(tile.textContent).toBe('20,111'))
  expect(page.activeElement).toBe(summary)
  expect(details.isConnected && details.open).toBe(true)
  expect(view.scrollY).toBe(900)
  expect(page.querySelector('.loss bdi')?.textContent).toContain('TypeError')
  // The same row stands elsewhere: it has not become another one.
  expect(page.querySelector('.loss')).toBe(row)
  expect(page.querySelector('#journey-signup h2')?.textContent).toContain('signup')

  view.fetch = vi.fn(says(full))
  refresh()
  await vi.waitFor(() => expect(page.querySelector('#journey-signup')).toBeNull())
  expect(page.querySelector('main')!.outerHTML.replace(' open=""', '')).toBe(
    new DOMParser().parseFromString(renderPage(full, options), 'text/html').querySelector('main')!.outerHTML,
  )
})

test('says how old its figures are, and asks for them only if they have changed', async () => {
  const headers = { etag: '"first"', age: '125', 'throughline-behind': 'true' }
  const { view, page, refresh } = await open(
    renderPage(full, options),
    1280,
    async () => new Response(renderPage(more, options), { headers }),
  )
  const status = page.querySelector('#status')!
  const runs = page.querySelectorAll('.tile dd')[3]!
  refresh()
  await vi.waitFor(() => expect(status.textContent).toMatch(/^figures from 2 min ago; more has arrived$/))
  expect(runs.textContent).toBe('20,111')
  const answer = vi.fn(
    async (_: RequestInfo | URL, __?: RequestInit) =>
      new Response(null, { status: 304, headers: { age: '190', 'throughline-behind': 'false' } }),
  )
  view.fetch = answer
  await vi.waitFor(() => {
    refresh()
    expect(status.textContent).toBe('figures from 3 min ago; nothing has arrived since')
  })
  expect(answer.mock.lastCall?.[1]?.headers).toEqual({ 'If-None-Match': '"first"' })
  expect(runs.textContent).toBe('20,111')
})

test('goes from waiting to the first report', async () => {
  const { page, refresh } = await open(renderPage(empty, options), 1280, says(full))
  expect(page.querySelector('h1')?.textContent).toBe('Waiting for the first run')
  refresh()
  await vi.waitFor(() => expect(page.querySelector('#journey-checkout')).not.toBeNull())
})

test('says when dev is gone, keeps what it showed, and recovers', async () => {
  const { view, page, refresh } = await open(renderPage(full, options), 1280, () =>
    Promise.reject(new TypeError('refused')),
  )
  const gone = page.querySelector<HTMLElement>('#gone')!
  expect(gone.hidden).toBe(true)
  refresh()
  await vi.waitFor(() => expect(gone.checkVisibility()).toBe(true))
  expect(page.querySelector('#journey-checkout')).not.toBeNull()
  expect(gone.textContent).toContain('throughline dev does not answer')
  view.fetch = vi.fn(async () => new Response('--since is no time', { status: 400 }))
  await vi.waitFor(() => {
    refresh()
    expect(gone.textContent).toBe('throughline dev cannot report: --since is no time')
  })
  view.fetch = vi.fn(says(more))
  // While one answer is still on its way, the page does not ask again.
  await vi.waitFor(() => {
    refresh()
    expect(gone.hidden).toBe(true)
  })
  expect(page.querySelector('#status')?.textContent).toMatch(/^figures from/)
})

test('runs nothing that data bring along', async () => {
  const { view, page, refresh } = await open(renderPage(full, options), 1280, says(extreme))
  view.alert = vi.fn()
  refresh()
  await vi.waitFor(() => expect(page.body.textContent).toContain('<script>alert("x")</script>'))
  expect(page.querySelectorAll('script')).toHaveLength(1)
  expect(view.alert).not.toHaveBeenCalled()
})

test.each([
  ['full', full],
  ['empty', empty],
  ['extreme', extreme],
])('fits a phone 390 px wide without scrolling sideways (%s)', async (_, result) => {
  const { page } = await open(renderPage(result, options), 390, says(result))
  for (const details of page.querySelectorAll('details')) details.open = true
  expect(page.documentElement.scrollWidth).toBeLessThanOrEqual(390)
  const beyond = [...page.querySelectorAll('main *')].filter(
    (part) => !part.closest('.scroll, pre, svg, .unseen') && part.getBoundingClientRect().right > 391,
  )
  expect(beyond.map(({ outerHTML }) => outerHTML.slice(0, 120))).toEqual([])
})
