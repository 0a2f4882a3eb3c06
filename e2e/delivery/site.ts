import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A site with a page that emits numbered events, and the sink that they go to. */
export interface Site {
  readonly url: string
  /** The numbers that have arrived, with how often. */
  readonly arrived: Map<number, number>
  /** While false, the sink breaks every connection. */
  isUp: boolean
  close(): Promise<void>
}

interface OtlpSpan {
  attributes: { key: string; value: { intValue?: number | string } }[]
}

function numbersIn(body: string): number[] {
  const { resourceSpans = [] } = JSON.parse(body) as {
    resourceSpans?: { scopeSpans: { spans: OtlpSpan[] }[] }[]
  }
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .flatMap(({ attributes }) => attributes.filter(({ key }) => key === 'n'))
    .map(({ value }) => Number(value.intValue))
}

/** @param page which of the pages beside this file: `throughline` or `plain` */
export async function openSite(page: string): Promise<Site> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`page-${page}.ts`, import.meta.url))],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    conditions: ['production', 'module'],
    tsconfigRaw: {},
    write: false,
    logLevel: 'error',
  })
  const script = outputFiles[0]!.text
  const arrived = new Map<number, number>()
  const site = { isUp: true }
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/otlp/')) {
      if (!site.isUp) return void request.socket.destroy()
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        for (const n of numbersIn(body)) arrived.set(n, (arrived.get(n) ?? 0) + 1)
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
      return
    }
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(
      request.url === '/elsewhere'
        ? '<!doctype html><title>elsewhere</title>'
        : `<!doctype html><title>page</title><link rel="icon" href="data:,"><script>${script.replaceAll('</script', '<\\/script')}</script>`,
    )
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
