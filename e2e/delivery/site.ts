import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { oneScript } from '../one-script.ts'

/** A site with a page that emits numbered events, and the sink that they go to. */
export interface Site {
  readonly url: string
  /** The numbers that have arrived, with how often. */
  readonly arrived: Map<number, number>
  /** How many arrivals said that they were sent before, and how many did not say so though they were not the first. */
  resent: number
  unmarked: number
  /** While false, the sink breaks every connection. */
  isUp: boolean
  close(): Promise<void>
}

interface OtlpSpan {
  attributes: { key: string; value: { intValue?: number | string } }[]
}

/** The numbered events of a body, and whether they say that they were sent before. */
function eventsIn(body: string) {
  const { resourceSpans = [] } = JSON.parse(body) as {
    resourceSpans?: { scopeSpans: { spans: OtlpSpan[] }[] }[]
  }
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .flatMap(({ attributes }) => {
      const numbers = attributes.filter(({ key }) => key === 'n')
      const isResent = attributes.some(({ key }) => key === 'throughline.event.resent')
      return numbers.map(({ value }) => ({ n: Number(value.intValue), isResent }))
    })
}

/** Until a page is answered, ms. */
const THINKING = 50

/** @param page which of the pages beside this file: `throughline` or `plain` */
export async function openSite(page: string): Promise<Site> {
  const script = await oneScript(fileURLToPath(new URL(`page-${page}.ts`, import.meta.url)))
  const arrived = new Map<number, number>()
  const site = { isUp: true, resent: 0, unmarked: 0 }
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/otlp/')) {
      if (!site.isUp) return void request.socket.destroy()
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const isPacked = request.headers['content-encoding'] === 'gzip'
        for (const { n, isResent } of eventsIn(`${isPacked ? gunzipSync(bytes) : bytes}`)) {
          const before = arrived.get(n)
          arrived.set(n, (before ?? 0) + 1)
          if (isResent) site.resent++
          else if (before) site.unmarked++
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
      return
    }
    const body =
      request.url === '/elsewhere'
        ? '<!doctype html><title>elsewhere</title>'
        : `<!doctype html><title>page</title><link rel="icon" href="data:,"><script>${script}</script>`
    // What a page takes whose server has something to do.
    setTimeout(() => response.writeHead(200, { 'content-type': 'text/html' }).end(body), THINKING)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(site, {
    arrived,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
}
