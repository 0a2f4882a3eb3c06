import type { Errors } from './errors'

/** Records what is passed to `console.error`. Loads by itself, where it is asked for. */
export function observeConsole(record: Errors['record'], signal: AbortSignal): void {
  const original = console.error
  const wrapped = (...args: unknown[]) => {
    try {
      const [first] = args
      const { error, reason } = (first instanceof Event ? first : {}) as { error?: unknown; reason?: unknown }
      const said =
        args.find((arg) => arg instanceof Error) ??
        args.find((arg) => typeof arg === 'string') ??
        // A listener may log the event that it was given.
        error ??
        reason ??
        first
      // What we say ourselves, with `debug` or a logger of the host's, is no error of the page.
      // Nor is what React says of an error that it has caught: that one is recorded where it is thrown, or handled.
      if (said !== undefined && !/^(throughline|The above error occurred in)/.test(said as string))
        record(said, { handled: true, by: 'console', at: performance.now() })
    } catch {
      // A proxy that has been revoked, say: it is the application's own word that must get through.
    }
    original.apply(console, args)
  }
  console.error = wrapped
  signal.addEventListener('abort', () => {
    if (console.error === wrapped) console.error = original
  })
}
