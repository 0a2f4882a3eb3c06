import type { StateStorage } from '../tracker'

/** Keeps what is stored in memory until storing is allowed. */
export interface GatedStorage extends StateStorage {
  /** True writes what was held to the storage behind; false takes everything out of it again. */
  open(isOpen: boolean): void
}

/** @param real the storage behind the gate; undefined where the browser denies it, and memory does */
export function gatedStorage(real: StateStorage | undefined, isOpen: boolean): GatedStorage {
  const held = new Map<string, string>()
  return {
    getItem: (key) => held.get(key) ?? (isOpen && real ? real.getItem(key) : null),
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
      for (const [key, value] of held)
        if (isOpen) real?.setItem(key, value)
        else real?.removeItem(key)
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
