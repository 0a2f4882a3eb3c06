import type { FinishedSpan } from './otlp'
import { urlOf } from './propagator'

/** `SpanKind.CLIENT` */
export const CLIENT = 2

/**
 * What a request of the page failed with, as its span says: `POST https://shop.example/api/orders 503`. A server's error or no
 * answer; 4xx is the application's business, and who aborts does not fail.
 */
export function failureOf({ kind, attributes }: FinishedSpan): string | undefined {
  const method = attributes['http.request.method'] ?? attributes['http.method']
  const reason = `${attributes['error.type'] ?? attributes['http.status_code']}`
  const isFailure = kind === CLIENT && /^(5\d\d|error|timeout|TypeError|TimeoutError)$/.test(reason)
  return isFailure ? `${method} ${urlOf(attributes)} ${reason}` : undefined
}
