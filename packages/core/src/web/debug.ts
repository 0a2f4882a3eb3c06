import type { DiagAPI, DiagLogger } from '@opentelemetry/api'
import type { JourneyEvent } from '../event'
import type { Tracker } from '../tracker-types'
import type { Installed } from './parts'

const WARN = 50
/** Where OpenTelemetry's API keeps what was registered. */
const API = Symbol.for('opentelemetry.js.api.1')

/** Names, in one message, the parts that the host's own provider was built without. */
function diagnoseParts(installed: Installed | undefined) {
  if (!installed)
    return 'the tracker has no parts: build your provider with throughlineParts({ tracker }) before startThroughline({ tracker, provider })'
  const missing = ['sampler', 'spanProcessors'].filter((part) => !installed.seen.has(part))
  return (
    missing.length > 0 &&
    `the provider was built without ${missing.join(' and ')} of throughlineParts({ tracker }): pass them to its constructor, or spans will not carry the journey`
  )
}

/** Why an endpoint that takes no spans takes none, as far as a page can find out. */
async function diagnoseEndpoint(url: string): Promise<string> {
  const reaches = (to: string, options: RequestInit) =>
    fetch(to, { ...options, cache: 'no-store' }).then(
      ({ status, type }) => (type === 'opaque' ? 'opaque' : `${status}`),
      () => undefined,
    )
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"resourceSpans":[]}',
  }
  const status = await reaches(url, options)
  if (status === '404')
    return `${url} answers 404: endpoint is the address without /v1/traces; is it the right one?`
  if (status) return `${url} answers ${status}`
  if (await reaches(url, { method: 'POST', mode: 'no-cors', body: '' }))
    return `${url} refuses this origin: let it answer with Access-Control-Allow-Origin: ${location.origin} and allow the header content-type`
  if (await reaches(new URL('/', url).href, { mode: 'no-cors' }))
    return `${url} is blocked, though its host answers: by an extension, or by this page's Content-Security-Policy (connect-src)`
  return `${url} does not answer: is the collector running, and is the network there?`
}

/**
 * Writes each journey event as one line (where, what happened, what is worth knowing about it), and in one message what is wrong
 * with the set-up.
 */
export function debugJourney(
  tracker: Tracker,
  early: readonly JourneyEvent[],
  diag: DiagAPI,
  installed: Installed | undefined,
  signal: AbortSignal,
): void {
  const quiet = () => {}
  let isDiagnosed = false
  const say =
    (write: (...args: unknown[]) => void): DiagLogger['warn'] =>
    (message, ...args) => {
      write(message, ...args)
      const url = installed?.delivery?.url
      if (isDiagnosed || !url || !`${message}`.includes('takes no spans')) return
      isDiagnosed = true
      diagnoseEndpoint(url).then((found) => console.warn(`throughline: ${found}`))
    }
  // The API has no way to ask for it.
  const registered = () => (globalThis as { [API]?: { diag?: unknown } })[API]
  const before = registered()?.diag
  diag.setLogger(
    { error: say(console.error), warn: say(console.warn), info: quiet, debug: quiet, verbose: quiet },
    { logLevel: WARN, suppressOverrideMessage: true },
  )
  const ours = registered()?.diag
  const line = ({ name, time, end, visit, attributes }: JourneyEvent) => {
    const own = Object.entries(attributes).filter(
      ([key, value]) =>
        value !== undefined && !(visit && key in visit.attributes) && !key.startsWith('throughline.event.'),
    )
    const details = own
      .map(([key, value]) => `${key.split('.').slice(-1)}=${`${value}`.slice(0, 80)}`)
      .join(' ')
    const attempt = visit && visit.attempt > 1 ? ` (${visit.attempt})` : ''
    const where = visit ? `${visit.journey} › ${visit.step}${attempt}` : '(no journey)'
    const took = end > time ? ` ${Math.round(end - time)} ms` : ''
    console.info(`throughline: ${where} · ${name.replace('throughline.', '')}${took} ${details}`)
  }
  early.forEach(line)
  const stop = tracker.subscribe(line)
  // The first events have been recorded by then.
  const check = setTimeout(() => {
    const found = diagnoseParts(installed)
    if (found) console.warn(`throughline: ${found}`)
  }, 1000)
  signal.addEventListener('abort', () => {
    stop()
    clearTimeout(check)
    if (registered()?.diag !== ours) return
    diag.disable()
    if (before) Object.assign(registered()!, { diag: before })
  })
}
