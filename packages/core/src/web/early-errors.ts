import { Name } from '../attributes'
import { epochOf } from '../clock'
import type { Visit } from '../event'
import { fingerprint } from '../fingerprint'
import { isSteering } from '../steering'
import type { Tracker } from '../tracker-types'
import type { Errors } from './errors'
import type { CaptureOptions } from './options'
import { safely } from './safely'
import { maskText, scrubText } from './scrub'

const MOST_WAITING = 250
const LONGEST = 1000

/** What happened, to be told to the code that reads errors once that has loaded. */
interface Waiting {
  readonly tell: (errors: Errors) => void
  /** ms since the page's time origin. */
  readonly at: number
  readonly error: unknown
  readonly isHandled: boolean
  /** The visit that it belongs to, if that is known. */
  readonly visit?: Visit | undefined
}

export interface EarlyErrors {
  /** Tells of an error, at once or when the code that reads errors has loaded. */
  pass(
    tell: (errors: Errors, at: number) => void,
    of?: { error?: unknown; isHandled?: boolean; visit?: Visit | undefined },
  ): void
  /** What the application reports by itself. */
  capture(error: unknown, options?: CaptureOptions): void
  /** The code that reads errors has loaded. */
  hand(errors: Errors): void
  /** The page may go: what waits is recorded, as far as it can be read without that code. */
  flush(): void
  /** How many errors were left out so far. */
  ignored(): number
}

/**
 * Hears of uncaught errors from the page's start on, and keeps them until the code that reads them has loaded. Should
 * the page go first, or that code never come, an `Error` is recorded with its name and its message, masked as always;
 * all else is left out and counted: whether it is the page's at all, nobody can tell here.
 *
 * @param isLeftOut by the host, of `TypeError: message`
 */
export function earlyErrors(
  tracker: Tracker,
  isLeftOut: (said: string) => boolean,
  signal: AbortSignal,
): EarlyErrors {
  const waiting: Waiting[] = []
  let errors: Errors | undefined
  let ignored = 0

  const pass: EarlyErrors['pass'] = (tell, { error, isHandled = false, visit } = {}) => {
    const at = performance.now()
    if (errors) tell(errors, at)
    else if (waiting.length < MOST_WAITING)
      waiting.push({ tell: (to) => tell(to, at), at, error, isHandled, visit })
    else ignored++
  }

  function record({ error, at, isHandled, visit }: Waiting) {
    if (isSteering(error)) return
    ignored++
    if (!(error instanceof Error) || error.name === 'AbortError') return
    const { name, message } = error
    if (isLeftOut(`${name}: ${message}`)) return
    ignored--
    const text = maskText(scrubText(message)).slice(0, LONGEST)
    const time = epochOf(at)
    const attributes = {
      [Name.EXCEPTION_TYPE]: name,
      [Name.EXCEPTION_MESSAGE]: text,
      [Name.ERROR_FINGERPRINT]: fingerprint(name, text),
      [Name.ERROR_HANDLED]: isHandled,
    }
    tracker.record(Name.EXCEPTION, attributes, { time, visit: visit ?? tracker.at(time) ?? null })
  }

  const listen = (type: string, listener: (event: never) => void) =>
    addEventListener(type, (event) => safely(() => listener(event as never)), { capture: true, signal })
  listen('error', (event: ErrorEvent) => {
    const stack = `${new Error().stack}`
    pass((to, at) => to.thrown(event, stack, at), { error: event.error })
  })
  // Of a rejection it cannot be told here whether a request failed because the page was left.
  listen('unhandledrejection', (event: Event) => pass((to, at) => to.rejected(event, at)))

  return {
    pass,
    capture: (error, options) =>
      safely(() => {
        const { handled: isHandled = true, journey, componentStack: components } = options ?? {}
        const visit = journey && tracker.current(journey)
        pass((to, at) => to.record(error, { handled: isHandled, by: 'app', visit, components, at }), {
          error,
          isHandled,
          visit,
        })
      }),
    hand(loaded) {
      errors = loaded
      for (const { tell } of waiting.splice(0)) safely(() => tell(loaded))
    },
    flush() {
      for (const one of waiting.splice(0)) safely(() => record(one))
      errors?.flush()
    },
    ignored: () => ignored + (errors?.ignored() ?? 0),
  }
}
