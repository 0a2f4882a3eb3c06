import type { Journey } from '../journey'
import { stepAt } from '../steps-by-address'
import type { Tracker } from '../tracker-types'
import { whenShown } from './prerender'
import { safely } from './safely'

/** The address that counts: another one, or undefined to stay on the step. */
export type AddressOf = (address: URL) => URL | string | undefined

/** `pushState` or `replaceState`. */
type Change = (this: History, ...args: Parameters<History['pushState']>) => void

/**
 * Calls back after each change of the address within this document. Where there is no Navigation API (Safari before 26,
 * Firefox before 147), the methods by which scripts change it are wrapped, as browser instrumentations do.
 */
function onChange(fn: () => void, signal: AbortSignal) {
  const { navigation } = globalThis as { navigation?: EventTarget }
  if (navigation) return navigation.addEventListener('currententrychange', fn, { signal })
  for (const type of ['popstate', 'hashchange']) addEventListener(type, fn, { signal })
  for (const name of ['pushState', 'replaceState'] as const) {
    const before: Change = history[name]
    const wrapped: Change = function (...args) {
      before.apply(this, args)
      if (!signal.aborted) fn()
    }
    history[name] = wrapped
    // If other code wrapped it after us, that stays.
    signal.addEventListener('abort', () => {
      if (history[name] === wrapped) history[name] = before
    })
  }
}

/**
 * Enters steps where their `at` matches the page's address: as it loads, after each change, and after a return by the
 * back/forward cache. What the application has entered since the navigation began stays. An address that no step of a
 * journey matches leaves its step.
 *
 * @param began when the last navigation began, ms since the epoch
 * @param entered told of each visit that began by this
 */
export function enterByAddress(
  tracker: Tracker,
  began: () => number,
  addressOf: AddressOf | undefined,
  entered: (journey: Journey) => void,
  signal: AbortSignal,
): void {
  const journeys = tracker.journeys.filter(({ steps }) => steps.some(({ at }) => at))
  if (journeys.length === 0) return
  /** Visits that began by this, by journey. */
  const own: Record<string, string> = {}
  const arrive = () => {
    const here = new URL(location.href)
    const counts = addressOf ? addressOf(here) : here
    if (!counts) return
    const address = new URL(counts, here)
    for (const journey of journeys) {
      const step = stepAt(journey, address)
      const before = tracker.current(journey)
      if (before && before.id !== own[journey.name] && before.start >= began()) continue
      if (!step) {
        if (journey.steps.some(({ name, at }) => at && name === before?.step)) tracker.leave(journey)
        continue
      }
      tracker.enter(journey, step)
      const visit = tracker.current(journey)
      if (!visit || visit.id === before?.id) continue
      own[journey.name] = visit.id
      entered(journey)
    }
  }
  const arrived = () => safely(arrive)
  onChange(arrived, signal)
  // After what reads the stored runs again, and tells of the navigation.
  addEventListener('pageshow', ({ persisted }) => persisted && arrived(), { signal })
  // By then the application has assigned its variants, which the first enter is to carry.
  whenShown(() => queueMicrotask(() => signal.aborted || arrived()), signal)
}
