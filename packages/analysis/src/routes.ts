import type { IncomingMessage, ServerResponse } from 'node:http'
import { Advice } from './advice'
import { parseSelection } from './ask/selection'
import type { Definitions } from './config'
import type { Engine } from './engine'
import { answerQuery, send } from './receiver/api'
import { BadRequest } from './receiver/bad-request'
import { checkHost } from './receiver/host'
import type { Receiver } from './receiver/receiver'
import { createLiveResult } from './show/live-result'
import { pageHeaders } from './show/page/headers'
import { renderPage } from './show/page/page'

export interface RoutesOptions {
  readonly engine: Engine
  readonly definitions: Definitions
  readonly receiver: Receiver
  /** What the server listens on, and the address that it is shown as. */
  readonly host: string
  readonly url: string
  /** Permits other commands of ours to query. */
  readonly token: string
}

/** The status that says whose mistake it was. `analyse` throws a TypeError when it is asked for what is not declared. */
function statusOf(error: Error): number {
  if (error instanceof BadRequest) return error.status
  return error instanceof Advice || error instanceof TypeError ? 400 : 500
}

/** What `throughline dev` answers: OTLP, the live page, its result as JSON, and queries of other commands. */
export function createRoutes({ engine, definitions, receiver, host, url, token }: RoutesOptions) {
  const liveResult = createLiveResult(engine, definitions)

  async function route(request: IncomingMessage, response: ServerResponse) {
    checkHost(request, host)
    const { pathname, searchParams } = parseUrl(request.url ?? '/')
    if (receiver.handle(request, response, pathname)) return
    if (pathname === '/api/query') return answerQuery(engine, token, request, response)
    if (pathname !== '/' && pathname !== '/api/result')
      throw new BadRequest(404, `there is nothing at ${pathname}; OTLP goes to /v1/traces and /v1/logs`)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new BadRequest(405, `use GET, not ${request.method}`)
    const result = await liveResult(parseSelection(Object.fromEntries(searchParams), new Date()))
    if (pathname === '/api/result') return send(response, 200, 'application/json', JSON.stringify(result))
    response.writeHead(200, pageHeaders()).end(renderPage(result, { endpoint: url }))
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    route(request, response).catch((error: Error) => {
      if (response.headersSent) return void response.destroy()
      if (!request.complete) response.setHeader('Connection', 'close')
      send(response, statusOf(error), 'text/plain', error.message.replace(/^throughline: /, ''))
      request.resume()
    })
  }
}

function parseUrl(path: string): URL {
  try {
    return new URL(path, 'http://localhost')
  } catch {
    throw new BadRequest(400, 'the path is no path')
  }
}
