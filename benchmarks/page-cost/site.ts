import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export const WAYS = ['bare', 'plain', 'throughline', 'ahead'] as const
export type Way = (typeof WAYS)[number]

/** What a page has asked for since the last `reset`. */
export interface Traffic {
  requests: number
  /** Bytes of headers and bodies that left the page. */
  bytes: number
}

export interface Site {
  readonly url: string
  readonly traffic: Traffic
  close(): Promise<void>
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/**
 * The set-up is a script of its own, so that the browser can say which of the two a long task ran. `ahead` is
 * Throughline's, marked to be compiled while it loads.
 */
async function scripts(way: Way): Promise<Map<string, string>> {
  const isAhead = way === 'ahead'
  const { outputFiles } = await build({
    entryPoints: { 'set-up': here(isAhead ? 'throughline.ts' : `${way}.ts`), app: here('app.ts') },
    banner: isAhead ? { js: '//# allFunctionsCalledOnLoad' } : {},
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['production', 'module'],
    tsconfigRaw: {},
    outdir: `/${way}`,
    // What it loads later goes by its name too.
    chunkNames: 'set-up-[hash]',
    write: false,
    logLevel: 'error',
  })
  return new Map(outputFiles.map(({ path, text }) => [path, text]))
}

const page = (
  way: string,
) => `<!doctype html><html lang="en"><title>shop</title><link rel="icon" href="data:,">
<style>
  main { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1rem }
  article { border: 1px solid #94a3b8; border-radius: 0.5rem; padding: 0.5rem }
</style>
<h1>Everything for the potter</h1>
<nav><button data-to="cart">cart</button><button data-to="payment">payment</button><button data-to="done">done</button></nav>
<main>${'<article><h2>…</h2></article>'.repeat(24)}</main>
<script type="module" src="/${way}/set-up.js"></script>
<script type="module">
  import * as setUp from '/${way}/set-up.js'
  import { startApp } from '/${way}/app.js'
  startApp(setUp)
</script>`

const ITEMS = JSON.stringify(
  Array.from({ length: 60 }, (_, index) => ({ name: `Bowl number ${index}`, price: 9 + index / 4 })),
)

const headerBytes = ({ rawHeaders }: IncomingMessage) =>
  rawHeaders.reduce((sum, text) => sum + text.length + 2, 0)

export async function openSite(): Promise<Site> {
  const files = new Map<string, string>()
  for (const way of WAYS) for (const [path, text] of await scripts(way)) files.set(path, text)
  const traffic: Traffic = { requests: 0, bytes: 0 }
  const server = createServer((request, response) => {
    traffic.requests++
    traffic.bytes += headerBytes(request)
    request.on('data', (chunk: Buffer) => {
      traffic.bytes += chunk.length
    })
    const path = request.url?.split('?')[0] ?? '/'
    const script = files.get(path)
    request.on('end', () => {
      const [type, text] = script
        ? ['text/javascript', script]
        : path.startsWith('/api/')
          ? ['application/json', ITEMS]
          : path.startsWith('/otlp/')
            ? ['application/json', '{}']
            : ['text/html', path === '/elsewhere' ? '<!doctype html>' : page(path.slice(1))]
      response.writeHead(200, { 'content-type': type }).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    traffic,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
