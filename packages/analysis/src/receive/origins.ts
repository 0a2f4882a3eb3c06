import type { IncomingMessage, ServerResponse } from 'node:http'
import { BadRequest } from './bad-request'
import { isLoopback } from './host'

/** Whether pages of an origin run on this machine, as a development server's do. */
function isLoopbackOrigin(origin: string): boolean {
  try {
    const { protocol, hostname } = new URL(origin)
    return /^https?:$/.test(protocol) && isLoopback(hostname.replace(/^\[|\]$/g, ''))
  } catch {
    return false
  }
}

/** A page that this server has served itself, perhaps behind a proxy that speaks TLS. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const [, host] = /^https?:\/\/(.+)$/.exec(headers.origin ?? '') ?? []
  return host !== undefined && host === headers.host?.toLowerCase()
}

/**
 * Whether a page of another origin asks for what only this server's own pages read. It could not see the answer, but
 * an answer may take the engine seconds. A link that somebody follows is none of that.
 */
export function isForeignRead(request: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-dest': destination } = request.headers
  if (origin !== undefined) return !isOwnOrigin(request)
  return site !== undefined && site !== 'same-origin' && site !== 'none' && destination !== 'document'
}

/**
 * Lets pages of this machine, and of the origins that are listed, send; what they send is public, and nothing can be
 * read here. Any other page could write into a developer's data just by being visited.
 *
 * @param allowed further origins, in lower case
 * @throws BadRequest 403
 */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: readonly string[],
): void {
  response.setHeader('Vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined) return
  if (!isLoopbackOrigin(origin) && !allowed.includes(origin) && !isOwnOrigin(request))
    throw new BadRequest(
      403,
      `pages of ${origin} may not send; if they are yours, start with --allow-origin ${origin}`,
    )
  response.setHeader('Access-Control-Allow-Origin', origin)
}

/** Answers what a browser asks before a page of another origin may send; `allowOrigin` has permitted it. */
export function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'POST')
  response.setHeader(
    'Access-Control-Allow-Headers',
    headers['access-control-request-headers'] ??
      'content-type, content-encoding, traceparent, tracestate, baggage',
  )
  response.setHeader('Access-Control-Max-Age', '7200')
  if (headers['access-control-request-private-network'])
    response.setHeader('Access-Control-Allow-Private-Network', 'true')
  response.writeHead(204).end()
}
