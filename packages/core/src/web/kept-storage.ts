import { diag } from '@opentelemetry/api'
import type { StateStorage } from '../tracker-types'
import type { GatedStorage } from './persistence'
import { safely } from './safely'

/** `localStorage` for runs that outlive their tab (`keep: 'browser'`), which takes an explicit consent. */
export interface KeptStorage extends StateStorage {
  /** What was stored with consent is read while asking for it again; nothing is written before it is given. */
  allow(mayRead: boolean, mayWrite: boolean): void
}

const PREFIX = 'throughline.run.'

export function keptStorage(): KeptStorage {
  let mayRead = false
  let mayWrite = false
  let hasFailed = false
  const held = new Map<string, string>()
  /** Storage that fails costs what outlives the tab, not the tab's own. */
  function attempt<T>(fn: () => T): T | undefined {
    try {
      return fn()
    } catch (error) {
      if (!hasFailed) diag.warn('throughline: localStorage fails: runs end with the tab', error)
      hasFailed = true
      return undefined
    }
  }
  const kept: KeptStorage = {
    getItem: (key) => held.get(key) ?? ((mayRead && attempt(() => localStorage.getItem(key))) || null),
    setItem(key, value) {
      if (mayWrite) attempt(() => localStorage.setItem(key, value))
      else held.set(key, value)
    },
    removeItem(key) {
      held.delete(key)
      attempt(() => localStorage.removeItem(key))
    },
    allow(reads, writes) {
      mayRead = reads
      mayWrite = writes
      if (writes) for (const [key, value] of held) kept.setItem(key, value)
      if (writes || !reads) held.clear()
    },
  }
  return kept
}

/**
 * Lets a tracker with a gate of its own keep runs of journeys with `keep: 'browser'` beyond the tab. Pass the same to
 * `createTracker` and to `startThroughline`.
 *
 * @example
 * ```ts
 * import { gatedStorage, keepRuns, tabStorage } from '@throughline/core/parts'
 *
 * export const storage = keepRuns(gatedStorage(tabStorage(), true))
 * ```
 */
export const keepRuns = (gate: GatedStorage): GatedStorage & { readonly kept: KeptStorage } => ({
  ...gate,
  kept: keptStorage(),
})

/**
 * Calls back when another tab has taken out what was kept, now or while this page was away: consent was withdrawn
 * there.
 */
export function onWithdrawal(withdraw: () => void, signal: AbortSignal): void {
  let before = 0
  /** A frame without an origin has no storage. */
  const count = () => {
    let found = 0
    safely(() => {
      found = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).length
    })
    return found
  }
  addEventListener(
    'storage',
    // Not `localStorage.clear()`, which may mean anything.
    ({ key, newValue }) => key?.startsWith(PREFIX) && newValue === null && withdraw(),
    { signal },
  )
  addEventListener(
    'pagehide',
    () => {
      before = count()
    },
    { signal },
  )
  // A page in the back/forward cache hears nothing. Ahead of those who store what was in force.
  addEventListener('pageshow', ({ persisted }) => persisted && count() < before && withdraw(), {
    capture: true,
    signal,
  })
}
