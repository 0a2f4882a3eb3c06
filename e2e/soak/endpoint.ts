import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { Random } from './random.ts'

/** What an endpoint, or what stands before it, can do to a request. */
export const FAULTS = [
  'refuses connections',
  'breaks connections',
  'answers 503',
  'answers 500',
  'answers 400',
  'refuses a part',
  'answers late',
  'loses the answer',
] as const
export type Fault = (typeof FAULTS)[number]

interface OtlpSpan {
  readonly name: string
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
}
interface Request {
  resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[]
}

/** What stands between pages and the store. */
export interface FaultyEndpoint {
  /** Of another origin than the pages. */
  readonly url: string
  fault: Fault | undefined
  /** Ids of events that were refused at least once. */
  readonly refused: ReadonlySet<string>
  /** The page of each event that came here, whatever became of it. */
  readonly pages: ReadonlyMap<string, string>
  /** Answers a request for `/otlp/v1/traces`. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Closes or opens its own port. */
  listen(isOpen: boolean): Promise<void>
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, content-type, content-encoding',
}

const textOf = ({ attributes }: OtlpSpan, name: string) =>
  attributes.find(({ key }) => key === name)?.value.stringValue
const idOf = (span: OtlpSpan) => textOf(span, 'throughline.event.id')

/**
 * @param store where OTLP goes that is taken
 * @param origin what pages are said to be of, there
 */
export async function faultyEndpoint(store: string, random: Random): Promise<FaultyEndpoint> {
  const refused = new Set<string>()
  const pages = new Map<string, string>()
  const server = createServer((request, response) => endpoint.handle(request, response))
  let port = 0
  const listen = async (isOpen: boolean) => {
    if (isOpen === server.listening) return
    if (isOpen) {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
      return
    }
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  /** Takes some spans out of a body. */
  function part(body: Request): number {
    let rejected = 0
    for (const { scopeSpans } of body.resourceSpans)
      for (const scope of scopeSpans)
        scope.spans = scope.spans.filter((span) => {
          const id = idOf(span)
          // Which part it was nobody says, so that an account that is refused like this is taken for delivered.
          if (!id || span.name === 'throughline.delivery' || random.next() < 0.6) return true
          refused.add(id)
          rejected++
          return false
        })
    return rejected
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { fault } = endpoint
    if (fault === 'refuses connections' || fault === 'breaks connections')
      return void request.socket.destroy()
    if (request.method === 'OPTIONS') return void response.writeHead(204, CORS).end()
    const bytes = await buffer(request)
    const text = `${request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes}`
    const body = JSON.parse(text) as Request
    const all = body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    for (const span of all) pages.set(idOf(span) ?? '', textOf(span, 'throughline.page.id') ?? '')
    const end = (status: number, content: string, headers: Record<string, string> = {}) =>
      response.writeHead(status, { ...CORS, 'content-type': 'application/json', ...headers }).end(content)
    if (fault === 'answers 503') return end(503, '{}', random.next() < 0.5 ? { 'retry-after': '1' } : {})
    if (fault === 'answers 500') return end(500, '{}')
    if (fault === 'answers 400') {
      for (const span of all) refused.add(idOf(span) ?? '')
      return end(400, '{}')
    }
    if (fault === 'answers late') await sleep(random.pick([500, 2000, 5000, 12_000]))
    const rejected = fault === 'refuses a part' ? part(body) : 0
    const taken = await fetch(`${store}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1' },
      body: JSON.stringify(body),
    })
    const said = await taken.text()
    if (fault === 'loses the answer') return void request.socket.destroy()
    const { partialSuccess } = JSON.parse(said)
    // The store refuses what lies days ahead or weeks back; which, it does not say.
    if (partialSuccess?.rejectedSpans > 0) for (const span of all) refused.add(idOf(span) ?? '')
    const total = rejected + Number(partialSuccess?.rejectedSpans ?? 0)
    const errorMessage = rejected > 0 ? 'refused for the soak' : partialSuccess?.errorMessage
    end(
      taken.status,
      total > 0 ? JSON.stringify({ partialSuccess: { rejectedSpans: `${total}`, errorMessage } }) : said,
    )
  }

  const endpoint: FaultyEndpoint = {
    get url() {
      return `http://127.0.0.1:${port}/otlp`
    },
    fault: undefined,
    refused,
    pages,
    handle(request, response) {
      answer(request, response).catch(() => request.socket.destroy())
    },
    listen,
  }
  await listen(true)
  return endpoint
}
