import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { BadRequest } from './bad-request'

/** True for an address that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)

/** Which names a server answers to. */
export interface Hosts {
  /** The host that it listens on. */
  readonly bound: string
  /** Further names, in lower case. */
  readonly allowed: readonly string[]
}

/**
 * Refuses requests whose Host is not one of ours: a page of the attacker's whose name resolves to this machine (DNS
 * rebinding) would otherwise count as same origin. A name without a dot and an address can't be rebound; they are taken
 * when the server listens beyond loopback, as in a container.
 *
 * @throws BadRequest 403
 */
export function checkHost(request: IncomingMessage, { bound, allowed }: Hosts): void {
  const name = hostName(request.headers.host ?? '')
  if (isLoopback(name) || name === bound || allowed.includes(name)) return
  if (!isLoopback(bound) && (isIP(name) || /^[\w-]+$/.test(name))) return
  throw new BadRequest(
    403,
    `the Host header names "${name}"; use localhost, or start with --allow-host ${name}`,
  )
}

function hostName(header: string): string {
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, '')
  } catch {
    throw new BadRequest(403, 'the Host header is no host')
  }
}
