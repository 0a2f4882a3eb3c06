import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'

/** A span that arrived, with its times in ms since the epoch. */
export interface Arrived {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly attributes: Record<string, unknown>
}

/** A site whose pages enter the step in their query (`?step=cart`, after `&wait=500` ms), and what they send. */
export interface Site {
  readonly url: string
  /** Distinct spans so far, in the order in which they arrived. */
  spans(name?: string): Arrived[]
  close(): Promise<void>
}

const SCRIPT = `
import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
const journey = defineJourney('shop', { version: '1', steps: ['product', 'cart', 'payment', 'done'], converts: 'done' })
const tracker = startThroughline({ serviceName: 'shop-web', endpoint: '/otlp', journeys: [journey] })
const query = new URLSearchParams(location.search)
const step = query.get('step')
if (step) setTimeout(() => tracker.enter(journey, step), Number(query.get('wait') ?? 0))
// A single-page application: a click is worked on for a while, changes the URL, paints, and enters.
document.addEventListener('click', ({ target }) => {
  const to = target.dataset.to
  if (!to) return
  for (const end = performance.now() + 60; performance.now() < end; );
  history.pushState({}, '', '?step=' + to)
  document.querySelector('main').innerHTML = '<h1>' + to + ' with a heading that is large enough</h1>'
  tracker.enter(journey, to)
})`

const PAGE = `<!doctype html><title>shop</title><link rel="icon" href="data:,"><style>h1 { font-size: 80px }</style>
<main><h1>A heading that is large enough to be the largest</h1></main>
<button data-to="cart">cart</button><button data-to="payment">payment</button>
<script type="module" src="/stdin.js"></script>`

interface KeyValue {
  key: string
  value: Record<string, unknown>
}
interface OtlpSpan {
  name: string
  spanId: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: KeyValue[]
}

const ms = (nanos: string) => Number(BigInt(nanos) / 1000n) / 1000

export async function openSite(): Promise<Site> {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['production', 'module'],
    tsconfigRaw: {},
    outdir: '/',
    write: false,
    logLevel: 'error',
  })
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]))
  const arrived = new Map<string, Arrived>()

  function take(body: string) {
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[]
    }
    for (const { scopeSpans } of resourceSpans)
      for (const span of scopeSpans.flatMap(({ spans }) => spans))
        arrived.set(span.spanId, {
          name: span.name,
          start: ms(span.startTimeUnixNano),
          end: ms(span.endTimeUnixNano),
          attributes: Object.fromEntries(
            span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
          ),
        })
  }

  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/'
    if (path.startsWith('/otlp')) {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        take(body)
        response.end('{}')
      })
    } else if (path === '/away') response.writeHead(302, { location: '/?step=payment' }).end()
    else if (files.has(path))
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(files.get(path))
    else response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: (name) => [...arrived.values()].filter((span) => !name || span.name === name),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
