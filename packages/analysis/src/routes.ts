import type { IncomingMessage, ServerResponse } from 'node:http'
import { Advice } from './advice'
import type { Selection } from './ask/selection'
import { parseSelection } from './ask/selection'
import type { Definitions } from './config'
import type { Store } from './engine'
import type { Forgotten, Whom } from './forget'
import {
  answerDrop,
  answerForget,
  answerKeep,
  answerQuery,
  checkCommand,
  send,
  takeRows,
} from './receive/api'
import { BadRequest } from './receive/bad-request'
import { readBytes } from './receive/body'
import type { Hosts } from './receive/host'
import { checkHost } from './receive/host'
import { allowOrigin, answerPreflight, isForeignRead } from './receive/origins'
import type { Receiver } from './receive/receive'
import type { Guard } from './receive/tokens'
import { createLiveResult } from './show/live-result'
import { pageHeaders } from './show/page/headers'
import { loginHeaders, renderLogin } from './show/page/login'
import { renderPage } from './show/page/page'

export interface RoutesOptions {
  readonly definitions: Definitions
  /** What the live page shows where its address says nothing else. */
  readonly shown: Selection
  readonly hosts: Hosts
  /** Whose pages may send, besides those of this machine. */
  readonly origins: readonly string[]
  /** Undefined if only this machine's users can connect. */
  readonly guard: Guard | undefined
  /** The address that the server is shown as. */
  readonly url: string
  /** Permits other commands of ours to query. */
  readonly token: string
}

/** What answers once the data can be had. */
export interface Service {
  readonly engine: Store
  /** Counts what has arrived, or was erased. */
  changes(): number
  readonly receiver: Receiver
  forget(whom: Whom): Promise<Forgotten>
}

/** What `throughline dev` answers. */
export interface Routes {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Serves from now on; with undefined, every request is asked to come again. What is kept for the page goes first. */
  serve(service: Service | undefined): Promise<void>
  /** The live page reports on these from now on. */
  redefine(definitions: Definitions): void
}

/**
 * The status that says whose mistake it was. `analyse` throws a TypeError when it is asked for what is not declared.
 */
function statusOf(error: Error): number {
  if (error instanceof BadRequest) return error.status
  return error instanceof Advice || error instanceof TypeError ? 400 : 500
}

/** Answers without having read the body. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string) {
  if (!request.complete) response.setHeader('Connection', 'close')
  send(response, status, 'text/plain', message)
  request.resume()
}

/** Creates the routes: OTLP, the live page, its result as JSON, and queries of other commands. */
export function createRoutes(options: RoutesOptions): Routes {
  const { shown, hosts, origins, guard, url, token } = options
  let { definitions } = options
  let service: (Service & { readonly liveResult: ReturnType<typeof createLiveResult> }) | undefined

  function answerLater(request: IncomingMessage, response: ServerResponse) {
    response.setHeader('Retry-After', '1')
    // A browser asks again by itself.
    response.setHeader('Refresh', '1')
    refuse(request, response, 503, 'throughline dev is starting or stopping; ask again in a second')
  }

  /** Answers those who have not shown the token; returns whether it did. */
  async function login(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    if (!guard) return false
    let message = ''
    if (request.method === 'POST') {
      const shown = new URLSearchParams((await readBytes(request)).toString()).get('token') ?? ''
      if (guard.admit(shown.trim(), response)) {
        response.writeHead(303, { location: path, 'cache-control': 'no-store' }).end()
        return true
      }
      message = 'That is not the token of this process.'
    } else if (guard.mayRead(request)) return false
    if (!request.headers.accept?.includes('text/html'))
      throw new BadRequest(401, 'a token is needed: open this page anew to enter it, or send it as a Bearer')
    response.writeHead(401, loginHeaders()).end(renderLogin(message))
    return true
  }

  async function route(request: IncomingMessage, response: ServerResponse) {
    checkHost(request, hosts)
    const { pathname, search, searchParams } = parseUrl(request.url ?? '/')
    if (pathname.startsWith('/v1/')) {
      allowOrigin(request, response, origins)
      if (request.method === 'OPTIONS') return answerPreflight(request, response)
    } else if (isForeignRead(request)) throw new BadRequest(403, 'pages of other origins may not read')
    if (!service) return answerLater(request, response)

    const { engine, receiver, forget, liveResult } = service
    if (receiver.handle(request, response, pathname)) return
    if (pathname === '/api/query') return answerQuery(engine, token, request, response)
    if (pathname === '/api/keep') return answerKeep(engine.keeper, token, request, response)
    if (pathname === '/api/drop') return answerDrop(engine.keeper, token, request, response)
    if (pathname === '/api/rows') return takeRows(engine, token, request, response, searchParams)
    if (pathname === '/api/forget') return answerForget(forget, token, request, response)
    if (pathname === '/api/alive') {
      checkCommand(request, token)
      return response.writeHead(204).end()
    }
    if (pathname !== '/' && pathname !== '/api/result')
      throw new BadRequest(404, `there is nothing at ${pathname}; OTLP goes to /v1/traces and /v1/logs`)
    if (await login(request, response, pathname + search)) return
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new BadRequest(405, `use GET, not ${request.method}`)
    const { result, age, behind } = await liveResult.ask(
      search,
      (now) => parseSelection({ ...shown, ...asked(searchParams) }, now),
      pathname === '/',
    )
    if (pathname === '/api/result') return send(response, 200, 'application/json', JSON.stringify(result))
    const seconds = Math.round(age / 1000)
    const figures = { age: `${seconds}`, etag: `"${result.generatedAt}"`, 'throughline-behind': `${behind}` }
    if (request.headers['if-none-match'] === figures.etag) return response.writeHead(304, figures).end()
    response
      .writeHead(200, { ...pageHeaders(), ...figures })
      .end(renderPage(result, { endpoint: url, age: seconds, behind }))
  }

  async function serve(next: Service | undefined) {
    const before = service
    service = next && { ...next, liveResult: createLiveResult(next.engine, definitions, next.changes) }
    await before?.liveResult.close()
  }

  return {
    handle(request, response) {
      route(request, response).catch((error: Error) => {
        if (response.headersSent) return void response.destroy()
        if (statusOf(error) === 401) response.setHeader('WWW-Authenticate', 'Bearer')
        refuse(request, response, statusOf(error), error.message.replace(/^throughline: /, ''))
      })
    },
    serve,
    redefine(next) {
      definitions = next
      void serve(service)
    },
  }
}

/** The parameters of an address; `where` and `by` may be there several times. */
const asked = (params: URLSearchParams): Selection => ({
  ...Object.fromEntries(params),
  where: params.getAll('where'),
  by: params.getAll('by'),
})

function parseUrl(path: string): URL {
  try {
    return new URL(path, 'http://localhost')
  } catch {
    throw new BadRequest(400, 'the path is no path')
  }
}
