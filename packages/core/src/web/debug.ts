import type { JourneyEvent } from '../event'
import type { Tracker } from '../tracker-types'
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
  // Whoever traces fetch must not take this for the page's own.
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
      return `${url} refuses this origin: let it answer with Access-Control-Allow-Origin: ${location.origin} and allow the header content-type`
    if (policy)
      return `${url} is blocked by this page's Content-Security-Policy: allow its origin in ${policy}`
    if (await reaches(new URL('/', url).href, { mode: 'no-cors' }))
      return `${url} is blocked, though its host answers: by an extension?`
    return `${url} does not answer: is the collector running, and is the network there?`
  } finally {
    document.removeEventListener('securitypolicyviolation', violated)
  }
}

/**
 * Writes each journey event as one line (where, what happened, what is worth knowing about it), and in one message what is wrong
 * with the set-up.
 */
export function debugJourney(
  tracker: Tracker,
  early: readonly JourneyEvent[],
  words: Words,
  installed: Installed | undefined,
  startTimer: typeof setTimer,
  signal: AbortSignal,
): void {
  let isDiagnosed = false
  words.hear((level, said) => {
    console[level](...said)
    const url = installed?.delivery?.url
    if (isDiagnosed || !url || !`${said[0]}`.includes('takes no spans')) return
    isDiagnosed = true
    diagnoseEndpoint(url).then(
      (found) => console.warn(`throughline: ${found}`),
      () => {},
    )
  })
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
