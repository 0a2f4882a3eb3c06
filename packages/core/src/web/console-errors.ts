import type { Errors } from './errors'

/** Records what is passed to `console.error`. Loads by itself, where it is asked for. */
export function observeConsole(record: Errors['record'], signal: AbortSignal): void {
  const original = console.error
  const wrapped = (...args: unknown[]) => {
    try {
      const said =
        args.find((arg) => arg instanceof Error) ?? args.find((arg) => typeof arg === 'string') ?? args[0]
      // What we say ourselves, with `debug` or a logger of the host's, is no error of the page.
      if (said !== undefined && !/^throughline/.test(said as string)) record(said, true)
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
