import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runId } from '../packages/node/src/testing.ts'
import { openBrowser } from './frameworks/drive.ts'
import { fixture } from './frameworks/prepare.ts'
import { appOf, headersOf, payment } from './frameworks/servers.ts'
import type { Site } from './page-life/site.ts'
import { openSite } from './page-life/site.ts'

// Sentry's SDKs beside ours, with the lines of docs/guides/sentry.md, against an endpoint of Sentry's kind.

interface SentryEvent {
  readonly type?: string
  readonly tags?: Record<string, string>
  readonly exception?: { readonly values: readonly { readonly value: string }[] }
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 100 })

/** Takes envelopes: what is in them, line by line. */
function sentryEndpoint() {
  const events: SentryEvent[] = []
  return {
    events,
    errors: () => events.filter(({ exception }) => exception),
    async take(request: IncomingMessage, response: ServerResponse) {
      const bytes = await buffer(request)
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
      for (const line of `${body}`.split('\n')) if (line.startsWith('{')) events.push(JSON.parse(line))
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('{}')
    },
  }
}

describe('@sentry/browser', () => {
  const open = openBrowser()
  const sentry = sentryEndpoint()
  const asked: IncomingMessage['headers'][] = []
  let site: Site

  beforeAll(async () => {
    site = await openSite({
      script: join(fixture('../sentry'), 'page.ts'),
      page: () => `<!doctype html><title>shop</title><link rel="icon" href="data:,">
        <button data-act="pay">pay</button><button data-act="ask">ask</button>
        <button data-act="throw">throw</button><button data-act="reject">reject</button>
        <script type="module" src="/page.js"></script>`,
      answer(request, response) {
        if (request.url?.includes('/envelope/')) void sentry.take(request, response)
        else if (request.url === '/api/orders') {
          asked.push(request.headers)
          response.writeHead(200).end('[]')
        } else return false
        return true
      },
    })
  })
  afterAll(() => site?.close())

  it('each error is in both once, on its step; a request carries the headers of both', async () => {
    const page = await open()
    await page.goto(`${site.url}/cart`)
    await page.waitForFunction("sessionStorage.getItem('throughline')")
    await page.click('[data-act=reject]')
    await page.click('[data-act=pay]')
    await page.click('[data-act=ask]')
    await page.click('[data-act=throw]')
    await until(() => expect(sentry.errors()).toHaveLength(2))
    await until(() => expect(asked).toHaveLength(1))
    await page.goto('about:blank')
    await until(() => expect(site.spans('throughline.delivery').length).toBeGreaterThan(0))
    await page.context().close()

    const ours = site
      .spans('exception')
      .map(({ attributes }) => [
        attributes['exception.message'],
        attributes['throughline.step.name'],
        attributes['throughline.run.id'],
      ])
    const run = ours[0]?.[2]
    expect(ours).toEqual([
      ['no network', 'cart', run],
      ['card refused', 'payment', run],
    ])
    expect(sentry.errors().map(({ exception, tags }) => [exception!.values[0]!.value, tags])).toEqual([
      ['no network', { journey: 'checkout', step: 'cart', run }],
      ['card refused', { journey: 'checkout', step: 'payment', run }],
    ])

    const [headers] = asked
    expect(headers!['sentry-trace']).toMatch(/^[\da-f]{32}-[\da-f]{16}/)
    expect(headers!.traceparent).toMatch(/^00-[\da-f]{32}-/)
    expect(headers!.baggage).toContain('sentry-trace_id=')
    expect(headers!.baggage).toContain(`throughline.run.id=${run}`)
    // Neither records what the other sends.
    expect(
      site.spans().filter(({ attributes }) => `${attributes['http.url']}`.includes('/envelope/')),
    ).toEqual([])
  })
})

describe('@sentry/node', () => {
  const sentry = sentryEndpoint()
  const endpoint = createServer((request, response) => void sentry.take(request, response))
  beforeAll(() => new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve)))
  afterAll(() => void endpoint.close())

  const app = appOf({
    build: () => fixture('../sentry'),
    env: () => ({ SENTRY_DSN: `http://key@127.0.0.1:${(endpoint.address() as AddressInfo).port}/1` }),
  })

  it('leaves the provider to us: spans are stamped, the server confirms, and Sentry has its errors', async () => {
    const run = runId()
    const post = (path: string) =>
      fetch(app.url + path, { method: 'POST', headers: headersOf(run) as Record<string, string> })
    expect((await post('/orders')).status).toBe(201)
    expect((await post('/missing')).status).toBe(500)
    await until(() => expect(app.named('throughline.run.end')).toHaveLength(1))
    await until(() => expect(app.spans().filter(({ kind }) => kind === 2)).toHaveLength(2))
    for (const { attributes } of app.spans()) expect(attributes).toMatchObject(payment(run))
    await until(() => expect(sentry.errors()).toHaveLength(1))
    expect(sentry.errors()[0]!.exception!.values[0]!.value).toBe('no such order')
  })
})
