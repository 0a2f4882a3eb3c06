import type { FinishedSpan } from './otlp'
import { urlOf } from './propagator'
import { routeOf, scrubText } from './scrub'

/** `SpanKind.CLIENT` */
export const CLIENT = 2

/** How a request of the page failed. */
export interface Failure {
  /** By method, host and route: `POST https://shop.example/api/orders/:id 503`. */
  readonly text: string
  /** Whether a server answered at all: a browser does not answer for it because the page is left. */
  readonly isAnswered: boolean
}

/**
 * What a request of the page failed with, as its span says, be it ended or not. A server's error or no answer; 4xx is
 * the application's business, and who aborts does not fail.
 */
export function failureOf({ kind, attributes }: FinishedSpan): Failure | undefined {
  const method = attributes['http.request.method'] ?? attributes['http.method']
  const reason = `${attributes['error.type'] ?? attributes['http.status_code']}`
  if (kind !== CLIENT || !/^(5\d\d|error|timeout|TypeError|TimeoutError)$/.test(reason)) return undefined
  return {
    text: `${method} ${routeOf(scrubText(urlOf(attributes)))} ${reason}`,
    isAnswered: reason < 'A',
  }
}
