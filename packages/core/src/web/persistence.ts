import { epochOf } from '../clock'
import type { StateStorage } from '../tracker-types'
import type { KeptStorage } from './kept-storage'
import { whenShown } from './prerender'
import { safely } from './safely'
import { navigationEntry } from './timing'
import { setTimer } from './zone'

/**
 * Keeps what is stored in memory until storing is allowed; what was stored while it was, an earlier page's, is read.
 */
export interface GatedStorage extends StateStorage {
  /** Where runs outlive the tab (`keepRuns`). */
  readonly kept?: KeptStorage | undefined
  /** True writes what was held to the storage behind; false takes everything of ours out of it. */
  open(isOpen: boolean): void
}

/** Under which a tracker keeps its state. */
const STATE = 'throughline'
const AWAY = 'throughline.away'
const HERE = 'throughline.here'
const JUST_NOW = 5000

/** Takes everything of ours out of a storage. */
export function clearStorage(storage: Storage | undefined): void {
  if (storage)
    for (const key of Object.keys(storage)) if (/^throughline(\.|$)/.test(key)) storage.removeItem(key)
}

/**
 * A storage that keeps nothing before it may: what a tracker's `storage` is set to where consent is needed, with a
 * provider of the host's own. Pass the same to `startThroughline({ tracker, provider, storage, consent })`.
 *
 * @param real the storage behind the gate, `tabStorage()`; undefined where the browser denies it, and memory does
 * @param isOpen whether consent has been given already
 */
export function gatedStorage(real: Storage | undefined, isOpen: boolean): GatedStorage {
  const held = new Map<string, string>()
  /** Keys whose value is still to be written. */
  const waiting = new Set<string>()
  /** Whether the state was written in the task that runs now. */
  let wasWritten = false
  let failure: { error: unknown } | undefined

  function write() {
    for (const key of waiting)
      try {
        if (isOpen) real?.setItem(key, held.get(key)!)
      } catch (error) {
        // The next page would take what is there, which is out of date, for the truth.
        failure = { error }
        gate.removeItem(key)
      }
    waiting.clear()
  }

  const gate: GatedStorage = {
    // Another page of this tab may have written since: only what is still to be written, or a closed gate holds, goes
    // before that.
    getItem: (key) =>
      ((!isOpen || !real || waiting.has(key)) && held.get(key)) || (real?.getItem(key) ?? null),
    setItem(key, value) {
      held.set(key, value)
      waiting.add(key)
      const isState = key === STATE
      if (!(isState && wasWritten)) write()
      // Of a write that was put off, who writes next is told.
      const failed = failure
      failure = undefined
      if (failed) throw failed.error
      // Storing takes time: what changes often is written once a task. What comes after that goes with the next, or
      // as the page leaves.
      if (!isState || wasWritten) return
      wasWritten = true
      setTimer(() => {
        wasWritten = false
        write()
      })
    },
    removeItem(key) {
      held.delete(key)
      waiting.delete(key)
      real?.removeItem(key)
    },
    open(opened) {
      isOpen = opened
      wasWritten = false
      if (!opened) clearStorage(real)
      try {
        for (const [key, value] of held) gate.setItem(key, value)
      } catch {
        // The next write fails as well, and says so.
      }
    },
  }
  return gate
}

/** The storage of the tab, `sessionStorage`, or undefined where the browser denies it: there, naming it throws. */
export function tabStorage(): Storage | undefined {
  try {
    return sessionStorage
  } catch {
    return undefined
  }
}

/**
 * A duplicated tab, or one that a script opened, starts with a copy of this storage while its owner is still there:
 * the runs in it are the owner's. So a page says that it is there, and that it went, or since when it is hidden: the
 * system may end a hidden page without a word. Two keys, since a page and the prerendered one that takes its place
 * write at the same time.
 *
 * @returns says so: to be called once the page has started
 */
export function claim(storage: StateStorage, signal: AbortSignal): () => void {
  // A frame comes and goes with its page, whose these keys are.
  if (window !== parent) return () => {}
  const entry = navigationEntry()
  const isCopy = entry?.type === 'back_forward' || (window.opener && history.length < 2)
  /** Of this page, among those of its tab. */
  const id = `${performance.timeOrigin}`
  // Storage that throws has no copies either.
  const attempt = (fn: () => void) => () => safely(fn, 'debug')
  const back = attempt(() => {
    storage.setItem(HERE, id)
    // Set, not removed: before consent neither reaches the storage.
    storage.setItem(AWAY, '')
  })
  const leave = attempt(() => storage.setItem(AWAY, id))
  const hide = attempt(() => {
    if (storage.getItem(AWAY) !== id) storage.setItem(AWAY, `${id} ${Date.now()}`)
  })
  const take = attempt(() => {
    const [page, since = 0] = (storage.getItem(AWAY) ?? '').split(' ')
    // Being duplicated hides the owner, and the copy may see that.
    const isGone = page === storage.getItem(HERE) && epochOf(0) - Number(since) > JUST_NOW
    if (!isGone) storage.removeItem(STATE)
  })
  const stay = () => {
    if (signal.aborted) return
    back()
    if (document.visibilityState === 'hidden') hide()
    addEventListener('pagehide', leave, { signal })
    addEventListener('pageshow', back, { signal })
    document.addEventListener(
      'visibilitychange',
      () => (document.visibilityState === 'hidden' ? hide() : back()),
      { signal },
    )
    signal.addEventListener('abort', leave)
  }
  if (isCopy) take()
  // In a task of its own, unless it may be gone by then: starting is long enough. What a prerendered page writes is
  // dropped.
  return () => (isCopy ? stay() : whenShown(() => setTimeout(stay), signal))
}
