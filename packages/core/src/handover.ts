import { diag } from '@opentelemetry/api'
import { Name } from './attributes'
import { hex, platformBytes } from './ids'
import type { Journey } from './journey'
import { definitionOf } from './state'
import type { StateStorage, Tracker } from './tracker-types'

const KEY = 'throughline.handover.'

/** What `startThroughline` returns knows whether consent allows storing. */
type Asked = Tracker & { readonly mayStore?: () => boolean }

/** Sweeps out tokens that have expired; returns one whose run begins like this, which nobody has used. */
function unusedToken(storage: StateStorage, begin: string): string | undefined {
  let unused: string | undefined
  for (const key of Object.keys(storage).filter((key) => key.startsWith(KEY))) {
    const text = `${storage.getItem(key)}`
    const isGood = Number(text.match(/"x":(\d+)}$/)?.[1]) > Date.now()
    if (!isGood) storage.removeItem(key)
    else if (text.startsWith(begin)) unused = key.slice(KEY.length)
  }
  return unused
}

/**
 * A one-time token with which another tab of this origin joins the journey's current run: put it into the link that
 * opens the tab. Until it is used, it stays the same for the same visit. The run itself stays in `storage`, under the
 * token. For other origins, sign one on the server.
 *
 * @param tracker what `startThroughline` returned, so that nothing is stored without consent
 * @param storage shared by the tabs; `localStorage` if left out
 * @returns undefined when the journey has no current step, consent is missing, or storage is not usable
 */
export function handoverToken(
  tracker: Tracker,
  journey: Journey,
  storage?: StateStorage,
): string | undefined {
  try {
    const visit = tracker.current(journey)
    if (!visit) return undefined
    if ((tracker as Asked).mayStore?.() === false) {
      diag.warn('throughline: handover is not possible without consent')
      return undefined
    }
    // Where storage is denied, naming it throws.
    const shared = storage ?? localStorage
    const { step: s, run: r, attempt: a, visitIndex: i, attributes } = visit
    const handed = { j: journey.name, v: attributes[Name.JOURNEY_VERSION], r, s, a, i }
    const token = unusedToken(shared, `${JSON.stringify(handed).slice(0, -1)},`) ?? hex(platformBytes(16))
    shared.setItem(KEY + token, JSON.stringify({ ...handed, x: Date.now() + journey.within }))
    return token
  } catch (error) {
    diag.warn('throughline: handover is not possible, storage is not usable', error)
    return undefined
  }
}

/** base64url of JSON, all of it ASCII. */
const decode = (payload: string) => atob(payload.replaceAll('-', '+').replaceAll('_', '/'))

/**
 * Joins the run of a token: one of `handoverToken`, which it uses up, or one that a server signed (`handover.sign` of
 * `@throughline/node`). A page cannot check a signature: have the server `verify` the token before it hands it to the
 * page.
 *
 * @example
 * ```ts
 * import { joinJourney } from '@throughline/core'
 * import { startThroughline } from '@throughline/core/web'
 * import { checkout } from './journeys'
 *
 * const tracker = startThroughline({ serviceName: 'shop-web', endpoint: '/otlp', journeys: [checkout] })
 * const url = new URL(location.href)
 * const token = url.searchParams.get('join')
 * if (token) {
 *   joinJourney(tracker, token)
 *   // It is used up: a reload, or a bookmark, should not bring it again.
 *   url.searchParams.delete('join')
 *   history.replaceState(history.state, '', url)
 * }
 * ```
 * @param storage where `handoverToken` left the run; `localStorage` if left out
 * @returns false when the token is unknown, used, expired (after at most the journey's `within`), or not for a
 * declared journey
 */
export function joinJourney(tracker: Tracker, token: string, storage?: StateStorage): boolean {
  const take = (shared: StateStorage) => {
    const text = shared.getItem(KEY + token)
    shared.removeItem(KEY + token)
    return text
  }
  try {
    const text = token.includes('.') ? decode(token.split('.')[0]!) : take(storage ?? localStorage)
    const { j, v, r, s, a = 1, i = a, x } = JSON.parse(text!)
    const now = Date.now()
    const { within = 0 } = definitionOf(tracker.journeys, { journey: j, version: v }) ?? {}
    // The clock of the server that signed it may be ahead.
    if (x > now && x <= now + within + 2592e5) {
      const place = { journey: j, run: r, step: s, index: 0, attempt: a, visitIndex: i }
      const visit = { ...place, id: '', start: now, end: now, attributes: {} }
      const base = { id: r, journey: j, version: v, visit, visits: i }
      const run = { ...base, attempts: { [s]: a }, seen: now, exposed: [] }
      return !!tracker.adopt({ ...run, joined: true })
    }
  } catch (error) {
    diag.debug('throughline:', error)
  }
  diag.warn('throughline: ignored a handover token that is unknown, used up or expired')
  return false
}
