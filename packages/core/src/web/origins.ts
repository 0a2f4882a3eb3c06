import { baseUrl, ownOrigin } from './address'

/** Origins beside this one that may see the journey. */
export type PropagateTo = readonly (string | RegExp)[]

/** The origin of a URL, or an empty string when there is none. */
export function originOf(url: string): string {
  try {
    return url && new URL(url, baseUrl()).origin
  } catch {
    return ''
  }
}

function check(entry: unknown) {
  if (entry instanceof RegExp) return
  if (typeof entry !== 'string' || !/^https?:\/\/[^/*]+/i.test(entry) || /^\w+:\/\/[^/]*\*/.test(entry))
    throw new TypeError(
      `throughline: propagateTo has ${JSON.stringify(entry)}; write an origin with its scheme, 'https://api.example.com', or a pattern, /^https:\\/\\/\\w+\\.example\\.com$/`,
    )
}

/**
 * Tells whether an origin is listed.
 *
 * @throws TypeError in development, for an entry that can match no origin
 */
export function listedOrigins(propagateTo: PropagateTo | undefined): (origin: string) => boolean {
  const listed = [propagateTo ?? []].flat()
  if (__DEV__) listed.forEach(check)
  return (origin) =>
    origin !== '' &&
    listed.some((to) => (typeof to === 'string' ? originOf(to) === origin : origin.search(to) >= 0))
}

/**
 * What `FetchInstrumentation` and `XMLHttpRequestInstrumentation` need, so that requests to the origins of
 * `propagateTo` carry trace headers and the journey: they ask for a list of their own, of URLs. Give both the same
 * one.
 *
 * @param options what `startThroughline` or `throughlineParts` is given, or its `propagateTo`
 * @throws TypeError in development, for an entry that can match no origin
 *
 * @example
 * ```ts
 * import { startThroughline, tracing } from '@throughline/core/web'
 * import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
 * import { checkout } from './journeys'
 *
 * const propagateTo = ['https://api.example.com']
 * startThroughline({
 *   serviceName: 'shop-web',
 *   endpoint: '/otlp',
 *   journeys: [checkout],
 *   propagateTo,
 *   instrumentations: [new FetchInstrumentation(tracing({ propagateTo }))],
 * })
 * ```
 */
export function tracing(options: { readonly propagateTo?: PropagateTo | undefined }): {
  propagateTraceHeaderCorsUrls: RegExp[]
} {
  const isListed = listedOrigins(options.propagateTo)
  // The instrumentations match whole URLs. A pattern for origins would match none, or one that has the origin in its
  // query.
  // In a frame with `srcdoc` they take every request for one to another origin, also those to its own.
  const matches = (origin: string) => isListed(origin) || (origin !== '' && origin === ownOrigin())
  const exec = (url: string) => (matches(originOf(url)) ? ([url] as unknown as RegExpExecArray) : null)
  return { propagateTraceHeaderCorsUrls: [Object.assign(/(?:)/, { exec })] }
}
