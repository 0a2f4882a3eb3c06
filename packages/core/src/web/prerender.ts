import type { Tracker } from '../tracker-types'

const VERBS = [
  ...['enter', 'ready', 'leave', 'convert', 'fail', 'abandon', 'assign', 'expose'],
  ...['rate', 'record', 'identify', 'adopt'],
] as ('enter' | 'ready' | 'record')[]

/** Calls that wait. */
const MOST = 600

/** True until the page is shown, which may never be. */
export const isPrerendering = (): boolean => !!(document as { prerendering?: boolean }).prerendering

/**
 * Calls back when the page is shown: now, or with a prerendered one's activation. Captured, so ahead of the calls
 * that wait for it.
 */
export function whenShown(fn: () => void, signal: AbortSignal): void {
  if (isPrerendering())
    document.addEventListener('prerenderingchange', fn, { once: true, capture: true, signal })
  else fn()
}

/**
 * A prerendered page may never be seen: what it records waits for its activation. Then the tracker reads what the page
 * before has stored in the meantime, and the waiting calls are made. Variants are assigned at once, too: by them it
 * renders.
 */
export function untilActivated(tracker: Tracker, signal: AbortSignal): Tracker {
  if (!isPrerendering()) return tracker
  let waiting: (() => void)[] | undefined = []
  document.addEventListener(
    'prerenderingchange',
    () => {
      const calls = waiting
      waiting = undefined
      tracker.restore()
      for (const call of calls ?? []) call()
    },
    { once: true, signal },
  )
  const held = { ...tracker }
  for (const verb of VERBS)
    held[verb] = (...args: never[]) => {
      const call = () => (tracker[verb] as (...args: never[]) => unknown)(...args)
      if (!waiting || signal.aborted) return call()
      if ((verb as string) === 'assign') call()
      return waiting.length < MOST && waiting.push(call) > 0
    }
  return held
}
