import { isPattern } from './steps-by-address'

/** A method, and an address pattern without a hash: `POST /orders`, `PUT /orders/:id/paid`, `POST /pay?step=last`. */
export type RouteAt = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/** How a server answered a request; a web `Response` is one. */
export interface RouteAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
}

/** The request by which a server confirms a conversion. */
export interface Confirms {
  /** The routes, as the server that has them sees their addresses. */
  readonly at: RouteAt | readonly RouteAt[]
  /**
   * Whether an answer confirms; every 2xx does if this is left out. It is asked about 2xx and 3xx, so that a form that
   * answers with a redirect can be told from one that did not work. 4xx and 5xx never confirm.
   */
  readonly when?: ((answer: RouteAnswer) => boolean) | undefined
}

/** `METHOD /path?query`. */
const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) (\/[^#]*)$/

/** Method and address pattern of a route; undefined when it is none. */
export function readRoute(route: unknown): { readonly method: string; readonly pattern: string } | undefined {
  const [, method, pattern] = ROUTE.exec(`${route}`) ?? []
  return method && isPattern(pattern) ? { method, pattern: pattern! } : undefined
}
