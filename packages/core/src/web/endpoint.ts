import { diag } from '@opentelemetry/api'
import { baseUrl, ownOrigin } from './address'
import { setTimer } from './zone'

/** What an endpoint said: taken; again later, perhaps after a time it names (ms); or never. */
export interface Answer {
  readonly status: 'taken' | 'later' | 'refused'
  readonly after?: number
  /** Of what was taken, how many spans were refused all the same (`partialSuccess`). */
  readonly rejected?: number
  /** Why it was refused, or a part of it. */
  readonly why?: string
  /** True of `later` where it is certain that nothing has arrived. */
  readonly isUntaken?: boolean
}

/** What can be sent. `Uint8Array` is not generic before TypeScript 5.7, which reads this in our declarations. */
export type Bytes = ReturnType<TextEncoder['encode']>

/** Bytes on their way, and what they are packed in. */
export type Post = (body: Bytes, encoding?: object) => Promise<Said>

/** Where requests go. */
export interface Endpoint {
  /** What is posted to, so that nobody records it; empty when that is not known. */
  readonly url: string
  /**
   * Sends the body of an export request. Rejects for errors of a program alone, none of the network.
   *
   * @param hurry set while there is time, to compress the body say; once it is aborted, the page may be gone the next
   * moment
   */
  send(request: string, hurry?: AbortSignal): Promise<Answer>
  /** Whether it is known to take gzip. */
  readonly takesGzip?: boolean
  /** Posts what there is time to compress: set once that code has loaded. */
  compress?: (body: Bytes, hurry: AbortSignal, post: Post) => Promise<Said>
}

/**
 * Whether a status says that this body is bad. What else is wrong (a route, a token, a crash) may be mended
 * meanwhile: there OTLP has exporters give up, but what an outbox keeps can wait.
 */
export const isRefusal = (status: number): boolean => [400, 413, 422].includes(status)

/**
 * Whether a status says that nothing was taken. A gateway, or a crash, may answer for an endpoint that has stored the
 * body.
 */
export const isUntaken = (status: number): boolean => (status >= 400 && status < 500) || status === 503

/** Browsers let out at most 64 KiB and 9 requests in all once a page goes away. */
const KEEPALIVE_BYTES = 60 * 1024
const KEEPALIVE_REQUESTS = 9
const TIMEOUT = 10_000
let bytesInFlight = 0
let requestsInFlight = 0

const isVisible = () => globalThis.document?.visibilityState === 'visible'

/** `AbortSignal.timeout`, which Safari has from 16 on. */
function timeout(): AbortSignal {
  if (AbortSignal.timeout) return AbortSignal.timeout(TIMEOUT)
  const controller = new AbortController()
  setTimer(() => controller.abort(), TIMEOUT)
  return controller.signal
}

/** The address of an endpoint, or undefined when it is none. */
function addressOf(base: string): URL | undefined {
  const here = baseUrl()
  try {
    new URL(base, here)
    return new URL(`${base.replace(/\/$/, '')}/v1/traces`, here)
  } catch {
    return undefined
  }
}

/** What became of a request. */
export interface Said {
  readonly response?: Response
  readonly text: string
  readonly isUnstarted?: boolean
}

/** Entries that browsers keep of a page's requests, if it does not say otherwise. */
const TIMING_BUFFER = 250

/**
 * Whether a request that failed has left the browser. All scripts of a page share its budget for requests that
 * outlive it: one for which there is no room fails before it starts, and has no entry among the page's requests.
 */
function hasStarted(url: string, at: number): boolean {
  const isSince = ({ startTime }: PerformanceEntry) => startTime >= at - 1
  const entries = performance.getEntriesByType?.('resource')
  return (
    !entries || entries.length >= TIMING_BUFFER || entries.some((one) => one.name === url && isSince(one))
  )
}

/**
 * @param base the address without `/v1/traces`
 * @param takesGzip whether it does; if left out, when it is of this origin
 */
export function endpointAt(
  base: string,
  headers: Record<string, string> = {},
  takesGzip?: boolean,
): Endpoint {
  const address = addressOf(base)
  if (__DEV__ && !address)
    throw new TypeError(
      `throughline: the endpoint "${base}" is no address; use '/otlp', or 'https://collector.example.com'`,
    )
  const { href: url, origin } = address ?? { href: base, origin: '' }
  /** Whether the last request that was to outlive the page failed: there may be no room for such. */
  let isShort = false

  async function request(body: Bytes, encoding: object, keepalive: boolean): Promise<Said> {
    // What an instrumentation has wrapped need not trace this.
    const { __original: original } = fetch as { __original?: typeof fetch }
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers, ...encoding },
      body,
      keepalive,
      signal: timeout(),
    }
    const at = performance.now()
    return (original ?? fetch)(url, init)
      .then(async (response) => ({ response, text: await response.text() }))
      .catch(() => {
        // Throws what is wrong with the request itself, a header say, which no network mends.
        new Request(url, init)
        return { text: '', isUnstarted: keepalive && !hasStarted(url, at) }
      })
  }

  /** Posts a body, so that it outlives the page where the browser permits it. */
  async function post(body: Bytes, encoding: object = {}): Promise<Said> {
    const { length } = body
    const isRoom = bytesInFlight + length <= KEEPALIVE_BYTES && requestsInFlight < KEEPALIVE_REQUESTS
    const keepalive = isRoom && !(isShort && isVisible())
    isShort = false
    if (!keepalive) return request(body, encoding, false)
    bytesInFlight += length
    requestsInFlight++
    // Until the answer has been read, the request counts against the browser's budget.
    const said = await request(body, encoding, true).finally(() => {
      bytesInFlight -= length
      requestsInFlight--
    })
    if (said.isUnstarted && isVisible()) return request(body, encoding, false)
    isShort = !said.response
    return said
  }

  const endpoint: Endpoint = {
    url,
    takesGzip: takesGzip ?? origin === ownOrigin(),
    async send(text, hurry) {
      const isOffline = globalThis.navigator?.onLine === false
      const body = new TextEncoder().encode(text)
      const { compress } = endpoint
      const said = await (hurry && compress ? compress(body, hurry, post) : post(body))
      const { response, text: answer, isUnstarted } = said
      if (!response) return { status: 'later', isUntaken: isOffline || !!isUnstarted }
      return answerOf(response, answer, url)
    },
  }
  return endpoint
}

/** What a response says of the spans that were sent. */
function answerOf(response: Response, text: string, url: string): Answer {
  const { status, ok, headers } = response
  // A page, be it of a login or of an application's fallback, is no OTLP endpoint.
  const isPage = /html/.test(`${headers.get('content-type')}`)
  if (ok && !isPage) {
    const { rejected, why } = partOf(text)
    if (!rejected) return { status: 'taken' }
    diag.warn(`throughline: ${url} has rejected spans:`, text)
    return { status: 'taken', rejected, why }
  }
  if (__DEV__ && ok)
    diag.warn(`throughline: ${url} answers with a page; is it an OTLP endpoint, and open to everyone?`)
  if (isRefusal(status)) return { status: 'refused', why: `HTTP ${status}` }
  const after = headers.get('retry-after') ?? ''
  return {
    status: 'later',
    after: Number(after) * 1000 || Date.parse(after) - Date.now() || 0,
    isUntaken: ok || isUntaken(status),
  }
}

/** What an answer says of a part that was not taken. */
function partOf(text: string) {
  try {
    const { rejectedSpans, errorMessage } = JSON.parse(text).partialSuccess ?? {}
    return { rejected: Number(rejectedSpans) || 0, why: `${errorMessage || 'partial success'}` }
  } catch {
    // Protobuf, or a text of some kind: it was taken.
    return { rejected: 0, why: '' }
  }
}
