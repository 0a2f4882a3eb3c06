import { diag } from '@opentelemetry/api'
import { hex, platformBytes } from './ids'
import type { Journey } from './journey'
import type { StateStorage, Tracker } from './tracker-types'

const KEY = 'throughline.handover.'
/** 31 days; a product would stay in every bundle. */
const MONTH = 26784e5

/**
 * A one-time token with which another tab of this origin joins the journey's current run: put it into the link that opens
 * the tab. The run itself stays in `storage`, under the token. For other origins, sign one on the server.
 *
 * @param storage shared by the tabs: `localStorage`
 * @returns undefined when the journey has no current step, or storage is not usable
 */
export function handoverToken(tracker: Tracker, journey: Journey, storage: StateStorage): string | undefined {
  try {
    const visit = tracker.current(journey)
    if (!visit) return undefined
    const token = hex(platformBytes(16))
    const { step: s, run: r, attempt: a } = visit
    const handed = { j: journey.name, v: journey.version, r, s, a, x: Date.now() + MONTH }
    storage.setItem(KEY + token, JSON.stringify(handed))
    return token
  } catch (error) {
    diag.warn('throughline: no handover, storage is not usable', error)
    return undefined
  }
}

/**
 * Joins the run of a token: one of `handoverToken`, which it uses up, or one that a server signed (`handover.sign` of
 * `@throughline/node`). A page cannot check a signature: have the server `verify` the token before it hands it to the page.
 *
 * @returns false when the token is unknown, used, expired (after at most 31 days), or not for a declared journey
 */
export function joinJourney(tracker: Tracker, token: string, storage: StateStorage): boolean {
  try {
    const signed = token.includes('.')
    const text = signed
      ? atob(token.split('.')[0]!.replaceAll('-', '+').replaceAll('_', '/'))
      : storage.getItem(KEY + token)
    if (!signed) storage.removeItem(KEY + token)
    const { j, v, r, s, a = 1, x } = JSON.parse(text!)
    const now = Date.now()
    if (x > now && x <= now + MONTH) {
      const visit = {
        id: '',
        journey: j,
        run: r,
        step: s,
        index: 0,
        attempt: a,
        start: now,
        end: now,
        attributes: {},
      }
      const run = { id: r, journey: j, version: v, visit, attempts: { [s]: a }, seen: now, exposed: [] }
      return !!tracker.adopt({ ...run, joined: true })
    }
  } catch (error) {
    diag.debug('throughline:', error)
  }
  diag.warn('throughline: ignored a handover token that is unknown, used up or expired')
  return false
}
