import { describe, expect, it } from 'vitest'
import { VISITOR, variantOf } from '../../examples/next/lib/visitor.ts'
import { runId } from '../../packages/node/src/testing.ts'
import { openSite } from '../page-life/site.ts'
import type { Open } from './drive.ts'
import { HYDRATED, openBrowser, siteOf, visit } from './drive.ts'
import { build, example } from './prepare.ts'
import type { On } from './roads.ts'
import { confirmedRoad, errorPageRoad } from './roads.ts'
import { appOf, expectKeptApart, headersOf, payment, postJson, TRACE, untilOne } from './servers.ts'

// `next start` has no instrumentation of http: Next makes the spans of requests.

const sink = siteOf(() => openSite())
const app = appOf({ build: (env) => build(example('next'), env), args: ['-H', '127.0.0.1'], pages: sink })

/** A visitor of each variant, by the rule of the example. */
const VISITORS = { control: '0f3a9c10-visitor', 'in-place': '0f3a9c11-visitor' } as const

describe('Next, on the server', () => {
  it('a route handler has the journey after it read the body, and Next’s own spans are stamped', async () => {
    const run = runId()
    const response = await postJson(`${app.url}/api/orders`, { quantity: 2 }, headersOf(run))
    expect([response.status, await response.json()]).toMatchObject([201, { total: 80 }])
    await untilOne(() => app.named('throughline.run.end'))
    await untilOne(() => app.named('POST /api/orders'))
    expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
      ...payment(run),
      'throughline.run.outcome': 'converted',
      'throughline.conversion.value': 80,
    })
    expect(app.named('charge')).toHaveLength(1)
    for (const span of [...app.named('charge'), ...app.named('POST /api/orders')]) {
      expect(span.attributes).toMatchObject(payment(run))
      expect(span.traceId).toBe(TRACE)
    }
  })

  it('a server component and a server action have it, and the action’s redirect works', async () => {
    const run = runId()
    const cookie = `${VISITOR}=${VISITORS.control}`
    const asked = await fetch(`${app.url}/payment`, { headers: { ...headersOf(run), cookie } })
    const page = await asked.text()
    expect(page).toContain(run)
    const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)]
    const body = new FormData()
    for (const [, name, value = ''] of fields) body.append(name!, value.replaceAll('&quot;', '"'))
    expect([...body.keys()].some((name) => name.startsWith('$ACTION'))).toBe(true)
    const paid = runId()
    const headers = { ...headersOf(paid), cookie, origin: app.url }
    const response = await fetch(`${app.url}/payment`, { method: 'POST', headers, body, redirect: 'manual' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toMatch(/^\/orders\/[0-9a-f-]{36}$/)
    await untilOne(() => app.named('throughline.run.end'))
    expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
      ...payment(paid),
      'throughline.conversion.value': 40,
    })
  })

  it('requests without a journey, and at the same time, are kept apart', () =>
    expectKeptApart(app, '/api/orders'))
})

describe('Next, in the browser', () => {
  const open = openBrowser()
  const asVisitor =
    (visitor: string): Open =>
    async () => {
      const page = await open()
      await page.context().addCookies([{ name: VISITOR, value: visitor, url: app.url }])
      return page
    }
  const onAs =
    (visitor: string, path = '/'): On =>
    (act) =>
      visit(asVisitor(visitor), sink(), app.url + path, act, HYDRATED.react)

  it.each([
    ['a server action', 'control'],
    ['a route handler', 'in-place'],
  ] as const)('%s confirms the run of the page that it was sent from', (_, variant) =>
    confirmedRoad(onAs(VISITORS[variant]), app, sink()),
  )

  it('what error.tsx shows is recorded once, on its step', () => errorPageRoad(onAs(VISITORS.control)))

  it.each(['control', 'in-place'] as const)(
    '%s, decided on the server, is what its page shows from the start',
    async (variant) => {
      const asked = await fetch(`${app.url}/payment`, {
        headers: { cookie: `${VISITOR}=${VISITORS[variant]}` },
      })
      expect(await asked.text()).toContain(`data-variant="${variant}"`)
      const before = sink().spans('throughline.exposure').length
      const shown = new Set<string>()
      const wrong: string[] = []
      const watched = async () => {
        const page = await asVisitor(VISITORS[variant])()
        page.on('console', (message) => void (message.type() === 'error' && wrong.push(message.text())))
        await page.exposeFunction('show', (found: string) => void shown.add(found))
        // Whatever it may be for a moment: as the document is read, as React takes it over, and after.
        await page.addInitScript(() => {
          const look = () => {
            const found = document.querySelector<HTMLElement>('[data-variant]')?.dataset.variant
            if (found) (globalThis as unknown as { show(found: string): void }).show(found)
          }
          new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
        })
        return page
      }
      const see: On = (act) => visit(watched, sink(), `${app.url}/payment`, act, HYDRATED.react)
      await see(async (page) => {
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
      })
      expect([[...shown], wrong]).toEqual([[variant], []])
      const exposures = sink().spans('throughline.exposure').slice(before)
      expect(exposures.map(({ attributes }) => attributes)).toMatchObject([
        { 'throughline.exposure.variant': variant, 'throughline.subject.id': VISITORS[variant] },
      ])
    },
  )

  it('a new visitor has a variant on the first page already, and keeps it', async () => {
    const asked = await fetch(`${app.url}/payment`)
    const visitor = /\bvisitor=([^;]+)/.exec(asked.headers.get('set-cookie')!)![1]!
    expect(await asked.text()).toContain(`data-variant="${variantOf(visitor)}"`)
  })
})
