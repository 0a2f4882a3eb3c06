import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { stop } from '../scripts/processes.ts'
import { freePort } from './collector/gateway.ts'
import { span, traces } from './collector/otlp.ts'
import { hasProgram } from './collector/programs.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// The proxy that README.md recommends in front of the gateway: a real nginx, with the real collector behind it.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)
// Other systems have no second address on loopback.
const isThereNginx = process.platform === 'linux' && hasProgram('nginx', '-v')
if (!isThereNginx) console.log('skipped the tests of nginx.conf: there is no nginx in the PATH')

const configuration = new URL('../collector-config/nginx.conf', import.meta.url)

/** Starts nginx with the configuration, in front of a gateway. */
async function startNginx(folder: string, gateway: string) {
  const address = `127.0.0.1:${await freePort()}`
  const ours = join(folder, 'throughline.conf')
  writeFileSync(
    ours,
    readFileSync(configuration, 'utf8')
      .replace('127.0.0.1:4318', new URL(gateway).host)
      .replace('127.0.0.1:8318', address),
  )
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(' ')
  const main = join(folder, 'nginx.conf')
  writeFileSync(
    main,
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${join(folder, 'nginx.pid')};
     error_log stderr; events {} http { access_log off; ${folders} include ${ours}; }`,
  )
  const child = spawn('nginx', ['-c', main, '-p', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log = `${log}${chunk}`.slice(-4000)
  })
  const url = `http://${address}`
  const isUp = () =>
    fetch(url).then(
      () => true,
      () => false,
    )
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`nginx ended:\n${log}`)
    await sleep(50)
  }
  return { url, stop: () => stop(child) }
}

describe.skipIf(!collector || !isThereNginx)('the proxy', () => {
  let world: World
  let proxy: Awaited<ReturnType<typeof startNginx>>
  beforeAll(async () => {
    world = await startWorld(collector!)
    proxy = await startNginx(world.folder, world.gateway.publicUrl)
  })
  afterAll(async () => {
    await proxy?.stop()
    await world?.stop()
  })

  const BODY = JSON.stringify(traces('proxied', [span()]))
  interface Given {
    readonly path?: string
    readonly method?: string
    readonly body?: string
    readonly from?: string
    readonly headers?: Record<string, string>
  }

  /** Asks from an address of one's own: limits are for each. */
  async function ask({ path = '/v1/traces', method = 'POST', body = BODY, from, headers = {} }: Given) {
    const outgoing = request(`${proxy.url}${path}`, {
      method,
      localAddress: from,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        origin: 'https://shop.example',
        ...headers,
      },
    })
    outgoing.end(body)
    const [response] = await once(outgoing, 'response')
    response.resume()
    await once(response, 'end')
    return { status: response.statusCode as number, headers: response.headers as IncomingHttpHeaders }
  }
  const statusOf = async (given: Given) => (await ask(given)).status

  it('lets telemetry through, and what browsers ask before it', async () => {
    const { status, headers } = await ask({})
    expect(status).toBe(200)
    expect(headers['access-control-allow-origin']).toBeDefined()
    const preflight = await ask({
      method: 'OPTIONS',
      body: '',
      headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })
    expect(preflight.status).toBe(204)
    const stored = () => world.engine.query("SELECT 1 AS one FROM otel_traces WHERE ServiceName = 'proxied'")
    await expect.poll(stored, { timeout: 60_000 }).toHaveLength(1)
  })

  it('lets nothing else through', async () => {
    expect(await statusOf({ method: 'GET', body: '' })).toBe(403)
    expect(await statusOf({ method: 'DELETE', body: '' })).toBe(403)
    for (const path of ['/', '/v1/metrics', '/v1/traces/x', '/v1/profiles'])
      expect(await statusOf({ path })).toBe(404)
  })

  it('refuses what is too large, in a way that a page can read', async () => {
    const large = await ask({ body: JSON.stringify(traces('large', [span({ name: 'x'.repeat(2 ** 20) })])) })
    expect(large.status).toBe(413)
    expect(large.headers['access-control-allow-origin']).toBe('*')
    expect(await statusOf({ body: JSON.stringify(traces('fits', [span({ name: 'x'.repeat(6e5) })])) })).toBe(
      200,
    )
  })

  it('refuses an address that sends too often, and says when to try again; others are not touched', async () => {
    const seen = new Set<number>()
    while (!seen.has(429)) {
      // Fewer at once than there may be connections: it is the rate that is refused.
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask({ from: '127.0.0.2' })))
      for (const { status, headers } of answers) {
        seen.add(status)
        if (status !== 429) continue
        expect(headers['retry-after']).toBe('10')
        expect(headers['access-control-allow-origin']).toBe('*')
      }
    }
    expect([...seen].sort()).toEqual([200, 429])
    expect(await statusOf({ from: '127.0.0.3' })).toBe(200)
  })
})
