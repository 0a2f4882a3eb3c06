import type { StateStorage } from '../tracker-types'

/** Keeps what is stored in memory until storing is allowed. */
export interface GatedStorage extends StateStorage {
  /** True writes what was held to the storage behind; false takes everything of ours out of it. */
  open(isOpen: boolean): void
}

const AWAY = 'throughline.away'

/** Takes everything of ours out of a storage. */
export function clearStorage(storage: Storage | undefined): void {
  if (storage)
    for (const key of Object.keys(storage)) if (key.startsWith('throughline')) storage.removeItem(key)
}

/**
 * A storage that keeps nothing before it may: what a tracker's `storage` is set to where consent is needed, with a provider of the
 * host's own. Pass the same to `startThroughline({ tracker, provider, storage, consent })`.
 *
 * @param real the storage behind the gate, `sessionStorage`; undefined where the browser denies it, and memory does
 * @param isOpen whether consent has been given already; else what is stored of ours is taken out
 */
export function gatedStorage(real: Storage | undefined, isOpen: boolean): GatedStorage {
  const held = new Map<string, string>()
  if (!isOpen) clearStorage(real)
  return {
    // Another page of this tab may have written since: only a closed gate is read from memory.
    getItem: (key) => (isOpen && real ? real.getItem(key) : held.get(key)) ?? null,
    setItem(key, value) {
      held.set(key, value)
      if (isOpen) real?.setItem(key, value)
    },
    removeItem(key) {
      held.delete(key)
      real?.removeItem(key)
    },
    open(opened) {
      isOpen = opened
      if (!opened) clearStorage(real)
      else for (const [key, value] of held) real?.setItem(key, value)
    },
  }
}

/** A storage of the page, or undefined where even naming it throws. */
export function pageStorage(name: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return globalThis[name]
  } catch {
    return undefined
  }
}

/**
 * A duplicated tab, or one that a script opened, starts with a copy of this storage while its owner is still there: the runs
 * in it are the owner's. Owners leave a mark when they go or are hidden.
 */
export function claim(storage: StateStorage, signal: AbortSignal): void {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const isCopy = entry?.type === 'back_forward' || (window.opener && history.length < 2)
  const attempt = (fn: () => void) => () => {
    try {
      fn()
    } catch {
      // Storage that throws has no copies either.
    }
  }
  const take = attempt(() => {
    if (!storage.getItem(AWAY) && isCopy) storage.removeItem('throughline')
    storage.removeItem(AWAY)
  })
  const leave = attempt(() => storage.setItem(AWAY, '1'))
  const back = attempt(() => storage.removeItem(AWAY))
  const mark = () => (document.visibilityState === 'hidden' ? leave() : back())
  take()
  addEventListener('pagehide', leave, { signal })
  addEventListener('pageshow', back, { signal })
  document.addEventListener('visibilitychange', mark, { signal })
  // The page whose place a prerendered one takes leaves its mark too, before or after.
  document.addEventListener('prerenderingchange', mark, { signal })
  addEventListener('storage', ({ key, newValue }) => key === AWAY && newValue && mark(), { signal })
  signal.addEventListener('abort', leave)
}
