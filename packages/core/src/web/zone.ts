/** Of zone.js, by structure. */
interface Zone {
  readonly root: { run<T>(fn: () => T): T }
}

/**
 * Does what starts timers, listeners, promises or requests outside of the host's zone. zone.js tells Angular of each
 * of them that starts in Angular's zone: each would set off change detection, and a timer that waits would keep the
 * application "unstable". Without zone.js, `fn` is called as it is.
 */
export function outsideZone<T>(fn: () => T): T {
  const { Zone } = globalThis as { Zone?: Zone }
  return typeof Zone?.root?.run === 'function' ? Zone.root.run(fn) : fn()
}

/** `setTimeout`, outside of the host's zone. */
export const setTimer = (fn: () => void, delay?: number): ReturnType<typeof setTimeout> =>
  outsideZone(() => setTimeout(fn, delay))
