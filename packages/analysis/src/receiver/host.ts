import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { BadRequest } from './bad-request'

/** True for an address that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)

/**
 * Refuses requests whose Host is not one of ours: a page of the attacker's whose name resolves to this machine (DNS
 * rebinding) would otherwise count as same origin. A name without a dot and an address can't be rebound; they are taken
 * when the server listens beyond loopback, as in a container.
 *
 * @param bound the host that the server listens on
 * @throws BadRequest 403
 */
export function checkHost(request: IncomingMessage, bound: string): void {
  const name = hostName(request.headers.host ?? '')
  if (isLoopback(name) || name === bound) return
  if (!isLoopback(bound) && (isIP(name) || /^[\w-]+$/.test(name))) return
  throw new BadRequest(403, `the Host header names "${name}"; use localhost`)
}

function hostName(header: string): string {
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, '')
  } catch {
    throw new BadRequest(403, 'the Host header is no host')
  }
}
