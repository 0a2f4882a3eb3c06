import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BadRequest } from './bad-request'

/** Compares in a time that depends on neither text: digests are of one length. */
export function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** The token of an Authorization header. */
export const bearerOf = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]

/**
 * Tells who may read, and whose spans are believed to be a server's, when others than this machine's users can
 * connect.
 */
export interface Guard {
  /** With the token, or the cookie that was given for it. */
  mayRead(request: IncomingMessage): boolean
  /** Gives the cookie if this is the token. */
  admit(token: string, response: ServerResponse): boolean
  /**
   * Whether the sender has shown the token. A cookie is none: pages have it.
   *
   * @throws BadRequest 401 when it has shown another
   */
  isKnown(request: IncomingMessage): boolean
}

/**
 * Guards with a token. The peer's address says nothing: a proxy, or a container's network, makes every peer a local
 * one.
 *
 * @param name of the cookie: cookies are shared by all ports of a host
 */
export function createGuard(token: string, name: string): Guard {
  // Not the token itself, which also lets servers send.
  const session = createHmac('sha256', token).update('throughline session').digest('hex')
  const hasCookie = ({ headers }: IncomingMessage) =>
    (headers.cookie ?? '').split(/; */).some((pair) => isSame(pair, `${name}=${session}`))
  const isKnown: Guard['isKnown'] = (request) => {
    if (request.headers.authorization === undefined) return false
    if (isSame(bearerOf(request) ?? '', token)) return true
    throw new BadRequest(401, 'the Authorization header does not hold the token of this "throughline dev"')
  }
  return {
    isKnown,
    mayRead: (request) => hasCookie(request) || isKnown(request),
    admit(shown, response) {
      if (!isSame(shown, token)) return false
      response.setHeader('Set-Cookie', `${name}=${session}; Path=/; HttpOnly; SameSite=Strict`)
      return true
    },
  }
}
