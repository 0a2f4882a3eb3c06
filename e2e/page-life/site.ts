import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** A span that arrived, with its times in ms since the epoch. */
export interface Arrived {
  readonly name: string
  readonly spanId: string
  /** The page that sent it first, as path and query. */
  readonly from: string
  /** How often it arrived. */
  readonly times: number
  readonly start: number
  readonly end: number
  readonly attributes: Record<string, unknown>
  readonly resource: Record<string, unknown>
}

/** Where a site differs from the one described below. */
export interface SiteOptions {
  /** File of the pages' script; they load it by that name, ending in `.js`. */
  readonly script?: string
  /** Whether frameworks are built for production. */
  readonly production?: boolean
  /** Instead of a script: what a framework's own tool has built, with an `index.html`. */
  readonly folder?: string
  readonly page?: (url: URL) => string
  /** Answers some requests itself; true when it did. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** A site whose pages enter the step in their query (`?step=cart`, after `&wait=500` ms), and what they send. */
export interface Site {
  readonly url: string
  /** While false, the sink breaks every connection, once it has read what was sent. */
  isUp: boolean
  /** What it did not take. */
  readonly refused: { readonly from: string; readonly body: string }[]
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
// A router may redirect as it starts.
if (query.has('push')) history.pushState({}, '', '?step=' + step)
if (step) setTimeout(() => tracker.enter(journey, step), Number(query.get('wait') ?? 0))
// A single-page application: a click is worked on for a while, may load data, changes the URL, paints, and enters.
document.addEventListener('click', async ({ target }) => {
  const { to, by = 'pushState', wait, first } = target.dataset
  if (!to) return
  for (const end = performance.now() + 60; performance.now() < end; );
  if (first) tracker.enter(journey, to)
  if (wait) await new Promise((resolve) => setTimeout(resolve, Number(wait)))
  if (by !== 'none') history[by]({}, '', '?step=' + to)
  document.querySelector('main').innerHTML = '<h1>' + to + ' with a heading that is large enough</h1>'
  tracker.enter(journey, to)
})
document.addEventListener('change', ({ target }) => tracker.enter(journey, target.value))`

const PAGE = `<!doctype html><title>shop</title><link rel="icon" href="data:,"><style>h1 { font-size: 80px }</style>
<main><h1>A heading that is large enough to be the largest</h1></main>
<button data-to="cart">cart</button><button data-to="payment">payment</button>
<button data-to="cart" data-wait="1200">slow</button><button data-to="cart" data-wait="1200" data-by="replaceState">replace</button>
<button data-to="cart" data-first="yes">first</button>
<button data-to="cart" data-by="none">next</button><button data-to="payment" data-by="none">last</button>
<select><option>product<option>payment</select>
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

const plain = (attributes: KeyValue[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
const ms = (nanos: string) => Number(BigInt(nanos) / 1000n) / 1000

/** Pages of any origin may load its scripts and send to its sink. */
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' }

/** Bundles the pages' script: what each file's path holds. */
async function bundle(script: string | undefined, production: boolean): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    ...(script
      ? { entryPoints: [script] }
      : { stdin: { contents: SCRIPT, resolveDir: import.meta.dirname, loader: 'js' } }),
    bundle: true,
    // By that esbuild tells libraries that they are in production.
    minify: production,
    jsx: 'automatic',
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['production', 'module'],
    tsconfigRaw: {},
    outdir: '/',
    write: false,
    logLevel: 'error',
  })
  return new Map(outputFiles.map(({ path, text }) => [path, text]))
}

function readFolder(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => TYPES[extname(path)],
  )
  return new Map(paths.map((path) => [`/${path}`, readFileSync(join(folder, path), 'utf8')]))
}

export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const { script, production = false, folder, answer = () => false } = options
  const files = folder ? readFolder(folder) : await bundle(script, production)
  const { page = () => files.get('/index.html') ?? PAGE } = options
  const arrived = new Map<string, Arrived>()
  const site = { isUp: true, refused: [] as { from: string; body: string }[] }
  const pathOf = (referer = '') => referer.replace(/^https?:\/\/[^/]*/, '')

  function take(body: string, from: string) {
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { resource: { attributes: KeyValue[] }; scopeSpans: { spans: OtlpSpan[] }[] }[]
    }
    for (const { resource, scopeSpans } of resourceSpans)
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const before = arrived.get(span.spanId)
        arrived.set(span.spanId, {
          name: span.name,
          spanId: span.spanId,
          from: before?.from ?? from,
          times: (before?.times ?? 0) + 1,
          start: ms(span.startTimeUnixNano),
          end: ms(span.endTimeUnixNano),
          attributes: plain(span.attributes),
          resource: plain(resource.attributes),
        })
      }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const path = url.pathname
    if (answer(request, response)) return
    if (request.method === 'OPTIONS') response.writeHead(204, CORS).end()
    else if (path.startsWith('/otlp')) {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const isPacked = request.headers['content-encoding'] === 'gzip'
        const body = `${isPacked ? gunzipSync(bytes) : bytes}`
        const from = pathOf(request.headers.referer)
        if (!site.isUp) {
          site.refused.push({ from, body })
          return void request.socket.destroy()
        }
        take(body, from)
        response.writeHead(200, CORS).end('{}')
      })
    } else if (path === '/away') response.writeHead(302, { location: '/?step=payment' }).end()
    else if (files.has(path))
      response.writeHead(200, { ...CORS, 'content-type': TYPES[extname(path)] }).end(files.get(path))
    else response.writeHead(200, { 'content-type': 'text/html' }).end(page(url))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(site, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: (name?: string) => [...arrived.values()].filter((span) => !name || span.name === name),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
}
