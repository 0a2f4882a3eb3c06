import { rmSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stop } from '../../../scripts/processes'
import { bundled, firstLine, isLine3, start } from './fixture/process'
import { header, members, runId } from './testing'

// An instrumented server in a process of its own calls others over real sockets. All of them are one server on
// loopback, by other names: what each was told is what is looked at.

let folder: string
let port: number
const heard: { host: string; headers: IncomingHttpHeaders }[] = []
const others = createServer((request, response) => {
  const { headers } = request
  heard.push({ host: `${headers.host}`.replace(/:\d+$/, ''), headers })
  if (request.url === '/moved')
    response.writeHead(302, { location: `http://api.payments.example:${port}/` }).end()
  else response.end('ok')
})
beforeAll(async () => {
  folder = await bundled('caller-telemetry', 'caller')
  await new Promise<void>((resolve) => others.listen(0, '127.0.0.1', resolve))
  port = (others.address() as AddressInfo).port
})
afterAll(async () => {
  await new Promise((resolve) => others.close(resolve).closeAllConnections())
  rmSync(folder, { recursive: true, force: true })
})

type Call = readonly [by: 'http' | 'fetch' | 'proxy' | 'copy' | 'options', host: string]

/** Has a server call others in requests of one run, and tells what those heard. */
async function calling(setUp: string, calls: readonly Call[], env = {}, enters = false) {
  const run = runId()
  const child = start(folder, 'caller-telemetry', 'caller', {
    ...{ SET_UP: setUp, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/otlp`, ...env },
  })
  const said = text(child.stderr!)
  const told: (Record<string, string> | undefined)[] = []
  const all: IncomingHttpHeaders[] = []
  let withheld = 0
  try {
    const [url] = await firstLine(child)
    for (const [by, host] of calls) {
      heard.length = 0
      const response = await fetch(url!, {
        method: 'POST',
        headers: { baggage: header({ ...members(run), 'tenant.id': 'acme' }) },
        body: JSON.stringify({ by, url: `http://${host.replace(/(?=\/|$)/, `:${port}`)}`, enters }),
      })
      expect(response.status).toBe(200)
      withheld = (await response.json()).withheld
      const [asked] = heard.filter(({ headers }) => !headers['content-type']?.includes('json')).slice(-1)
      all.push(asked!.headers)
      const pairs = new URLSearchParams(`${asked!.headers.baggage ?? ''}`.replaceAll(',', '&'))
      told.push(Object.fromEntries(pairs))
    }
  } finally {
    await stop(child)
  }
  return { run, told, all, withheld, said: await said }
}

const FOREIGN = { 'tenant.id': 'acme' }
const SET_UPS = ['NodeSDK', 'its own set-up', ...(isLine3 ? [] : ['OTEL_PROPAGATORS'])]

const OWN: Call[] = [
  ['http', '127.0.0.1'],
  ['http', 'billing'],
  ['http', 'billing.shop.svc.cluster.local'],
  ['http', 'api.shop.example'],
  ['http', 'eu.partner.example'],
  ['options', 'billing.internal'],
  ['fetch', '127.0.0.1'],
  ['fetch', 'api.shop.example'],
  ['copy', 'billing'],
]
const THIRD: Call[] = [
  ['http', 'api.payments.example'],
  ['http', 'shop.example'],
  ['http', 'api.shop.example.evil.example'],
  ['options', 'api.payments.example'],
  ['fetch', 'api.payments.example'],
  ['fetch', 'billing/moved'],
  ['proxy', 'api.payments.example'],
  ['copy', 'api.payments.example'],
]

describe.each(SET_UPS)('a server with %s', (setUp) => {
  it('tells its own services the journey, and third parties nothing of it', async () => {
    const { run, told, all, withheld, said } = await calling(setUp, [...OWN, ...THIRD])
    expect(told.slice(0, OWN.length)).toEqual(OWN.map(() => ({ ...members(run), ...FOREIGN })))
    expect(told.slice(OWN.length)).toEqual(THIRD.map(() => FOREIGN))
    const randomness = run.replaceAll('-', '').slice(-14)
    for (const headers of all.slice(OWN.length)) expect(JSON.stringify(headers)).not.toContain(randomness)
    for (const headers of all) expect(headers.traceparent).toMatch(/^00-/)
    expect(withheld).toBe(THIRD.length)
    expect(said.match(/throughline: withheld/g)).toHaveLength(1)
    expect(said).not.toContain('not installed')
  })

  it('tells its own services the step that it has entered, also of runs whose spans are dropped', async () => {
    const { told } = await calling(setUp, [...OWN, ...THIRD], { RATIO: '0' }, true)
    for (const own of told.slice(0, OWN.length))
      expect(own).toMatchObject({ ...FOREIGN, 'throughline.step.name': 'confirmation' })
    expect(told.slice(OWN.length)).toEqual(THIRD.map(() => FOREIGN))
  })
})

it.skipIf(isLine3)('a server whose OTEL_PROPAGATORS has no baggage tells the journey alone', async () => {
  const env = { OTEL_PROPAGATORS: 'b3' }
  const { run, told, all } = await calling(
    'OTEL_PROPAGATORS',
    [...OWN.slice(0, 3), ...THIRD.slice(0, 3)],
    env,
  )
  const nothing = {}
  expect(told).toEqual([members(run), members(run), members(run), nothing, nothing, nothing])
  for (const headers of all) expect(headers.b3).toMatch(/^[\da-f]{32}-/)
})

it.each(['no journeyPropagator', 'the middleware alone'])(
  'a server with %s tells nobody, and hears once what is missing',
  async (setUp) => {
    // A call that copies headers is the host's own doing.
    const calls = [...OWN, ...THIRD].filter(([by]) => by !== 'copy')
    const { told, said } = await calling(setUp, calls)
    expect(told).toEqual(calls.map(() => FOREIGN))
    expect(said.match(/throughline: journeyPropagator is not installed/g)).toHaveLength(1)
  },
)
