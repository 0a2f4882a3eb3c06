import { Name } from '../attributes'
import type { JourneyEvent } from '../event'
import type { Tracker } from '../tracker-types'
import type { Instrumentation } from './options'
import type { Installed } from './parts'
import type { Words } from './words'
import type { setTimer } from './zone'

/** Names, in one message, the parts that the host's own provider was built without. */
function diagnoseParts(installed: Installed | undefined) {
  if (!installed)
    return 'the tracker has no parts: build your provider with throughlineParts({ tracker, endpoint }) before startThroughline({ tracker, provider })'
  const missing = ['sampler', 'spanProcessors'].filter((part) => !installed.seen.has(part))
  return (
    missing.length > 0 &&
    `the provider was built without ${missing.join(' and ')} of throughlineParts({ tracker }): pass them to its constructor, or ${missing.includes('spanProcessors') ? 'spans carry no journey, and nothing is sent' : 'runs are not sampled as a whole'}`
  )
}

/** What an answer means that took no spans. */
const ADVICE: Record<string, string> = {
  200: 'takes an empty request: does it allow the headers that you set (Access-Control-Allow-Headers), and spans of this size?',
  401: 'and asks who we are: are the headers right?',
  403: 'and does not let us: are the headers right?',
  404: 'endpoint is the address without /v1/traces; is it the right one?',
  413: 'the request is too large for it: raise its limit',
}

/** Why an endpoint that takes no spans takes none, as far as a page can find out. */
async function diagnoseEndpoint(url: string): Promise<string> {
  if (typeof fetch !== 'function') return `${url} gets nothing: there is no fetch here, in jsdom for instance`
  let policy: string | undefined
  const violated = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
    policy = effectiveDirective
  }
  document.addEventListener('securitypolicyviolation', violated)
  // Instrumentations of fetch must not take this for the page's own.
  const plain = (fetch as { __original?: typeof fetch }).__original ?? fetch
  const reaches = (to: string, options: RequestInit) =>
    plain(to, { ...options, cache: 'no-store' }).then(
      ({ status, type }) => (type === 'opaque' ? 'opaque' : `${status}`),
      () => undefined,
    )
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"resourceSpans":[]}',
  }
  try {
    const status = await reaches(url, options)
    if (status)
      return `${url} answers ${status}: ${ADVICE[status] ?? (status > '499' ? 'it fails: what does its log say?' : 'is it an OTLP endpoint?')}`
    if (await reaches(url, { method: 'POST', mode: 'no-cors', body: '' }))
      return `${url} refuses this origin: let it answer with Access-Control-Allow-Origin: ${globalThis.origin} and allow the header content-type`
    if (policy)
      return `${url} is blocked by this page's Content-Security-Policy: allow its origin in ${policy}`
    if (await reaches(new URL('/', url).href, { mode: 'no-cors' }))
      return `${url} is blocked, though its host answers: by an extension?`
    return `${url} does not answer: is the collector running, and is the network there?`
  } finally {
    document.removeEventListener('securitypolicyviolation', violated)
  }
}

/** What each kind of request that a browser reports is traced by: a class, and its package. */
const TRACED_BY: Record<string, [string, string]> = {
  fetch: ['FetchInstrumentation', '@opentelemetry/instrumentation-fetch'],
  xmlhttprequest: ['XMLHttpRequestInstrumentation', '@opentelemetry/instrumentation-xml-http-request'],
}

/** An instrumentation of requests, by structure. */
interface RequestInstrumentation extends Instrumentation {
  readonly instrumentationName?: string
  getConfig?(): { propagateTraceHeaderCorsUrls?: string | RegExp | (string | RegExp)[] }
}

/** Whether instrumentations of a package were told to send headers to a URL; undefined when there is none. */
function isTold(all: readonly RequestInstrumentation[], from: string, url: string): boolean | undefined {
  const those = all.filter(({ instrumentationName }) => instrumentationName === from)
  if (those.length === 0) return undefined
  const urls = those.flatMap((it) => it.getConfig?.().propagateTraceHeaderCorsUrls ?? [])
  return urls.some((to) => (typeof to === 'string' ? to === url : !!url.match(to)))
}

const withoutHash = (url: string) => url.split('#', 1)[0]!

/** Says, once for each origin and kind, that a request to an origin of `propagateTo` went without headers. */
function diagnoseHeaders(
  installed: Installed,
  instrumentations: readonly RequestInstrumentation[],
  signal: AbortSignal,
) {
  const since = performance.now()
  const asked = new Set<string>()
  const said = new Set<string>()
  installed.onHeaders = (url) => {
    if (asked.size >= 500) asked.clear()
    asked.add(withoutHash(url))
  }
  const look = ({ name, startTime, initiatorType }: PerformanceResourceTiming) => {
    const [by, from] = TRACED_BY[initiatorType] ?? []
    const { origin } = new URL(name)
    if (!by || !from || name === installed.delivery?.url || startTime < since) return
    // Of an instrumentation that the host has enabled by itself, only that it is there can be seen.
    if (!installed.isListed(origin) || (isTold(instrumentations, from, name) ?? asked.has(withoutHash(name))))
      return
    if (said.has(by + origin)) return
    said.add(by + origin)
    console.warn(
      `throughline: requests to ${origin} carry no trace headers, though propagateTo lists it: give the instrumentation the same list, instrumentations: [new ${by}(tracing({ propagateTo }))]`,
    )
  }
  const observer = new PerformanceObserver((list) =>
    (list.getEntries() as PerformanceResourceTiming[]).forEach(look),
  )
  observer.observe({ type: 'resource' })
  signal.addEventListener('abort', () => observer.disconnect())
}

/** Says what keeps a hypothesis from ever having a verdict. */
function diagnoseHypotheses({ journeys, hypotheses }: Tracker) {
  for (const { id, journey } of hypotheses)
    if (!journeys.some(({ name }) => name === journey))
      console.warn(
        `throughline: the hypothesis "${id}" is about the journey "${journey}", which is not tracked: pass it, journeys: [${journey}]`,
      )
}

/**
 * Writes each journey event as one line (where, what happened, what is worth knowing about it), and in one message
 * what is wrong with the set-up.
 */
export function debugJourney(
  tracker: Tracker,
  early: readonly JourneyEvent[],
  words: Words,
  installed: Installed | undefined,
  instrumentations: readonly Instrumentation[],
  startTimer: typeof setTimer,
  signal: AbortSignal,
): void {
  let isDiagnosed = false
  const advised = new Set<string>()
  words.hear((level, said) => {
    const [, list] = /undeclared (journey|hypothes)/.exec(`${said[0]}`) ?? []
    if (list) {
      const advice = `${said[0]}; pass it to startThroughline({ ${list === 'journey' ? 'journeys' : 'hypotheses'}: […] })`
      // A component says it at each render of each row of a list.
      if (advised.has(advice)) return
      if (advised.size > 100) advised.clear()
      advised.add(advice)
      return console[level](advice)
    }
    console[level](...said)
    const url = installed?.delivery?.url
    if (isDiagnosed || !url || !`${said[0]}`.includes('takes no spans')) return
    isDiagnosed = true
    diagnoseEndpoint(url).then(
      (found) => console.warn(`throughline: ${found}`),
      () => {},
    )
  })
  if (installed && typeof PerformanceObserver === 'function')
    diagnoseHeaders(installed, instrumentations as readonly RequestInstrumentation[], signal)
  diagnoseHypotheses(tracker)
  let isSubjectMissed = false
  let check: ReturnType<typeof setTimeout> | undefined
  const line = ({ name, time, end, visit, attributes }: JourneyEvent) => {
    const own = Object.entries(attributes).filter(
      ([key, value]) =>
        value !== undefined && !(visit && key in visit.attributes) && !key.startsWith('throughline.event.'),
    )
    const details = own
      .map(([key, value]) => `${key.split('.').slice(-1)}=${`${value}`.replace(/\s+/g, ' ').slice(0, 80)}`)
      .join(' ')
    const attempt = visit && visit.attempt > 1 ? ` (${visit.attempt})` : ''
    const where = visit ? `${visit.journey} › ${visit.step}${attempt}` : '(no journey)'
    const took = end > time ? ` ${Math.round(end - time)} ms` : ''
    console.info(`throughline: ${where} · ${name.replace('throughline.', '')}${took} ${details}`)
    if (name === Name.EXPOSURE && !attributes[Name.SUBJECT_ID] && !isSubjectMissed) {
      isSubjectMissed = true
      console.warn(
        `throughline: "${attributes[Name.EXPOSURE_HYPOTHESIS]}" was met by nobody in particular, and its verdict counts subjects: give the id that your flags assign by, startThroughline({ subject: 'anonymous-7f' }) or tracker.identify('anonymous-7f')`,
      )
    }
    // By then what was recorded has gone through all parts.
    check ??= startTimer(() => {
      const found = diagnoseParts(installed)
      if (found) console.warn(`throughline: ${found}`)
    }, 1000)
  }
  early.forEach(line)
  const stop = tracker.subscribe(line)
  signal.addEventListener('abort', () => {
    stop()
    clearTimeout(check)
  })
}
