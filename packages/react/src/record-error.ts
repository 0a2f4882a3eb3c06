import type { Tracker } from '@throughline/core'
import { attributes, fingerprint } from '@throughline/core'
import type { Throughline } from '@throughline/core/web'

/** A tracker that is wired to its page records errors by itself. */
type Capturing = Partial<Pick<Throughline, 'captureError'>>

type CaptureOptions = NonNullable<Parameters<Throughline['captureError']>[1]>

/** URLs in a text lose query and fragment. */
const scrub = (text: string) => text.replace(/([a-z]+:\/\/[^\s?#)]*)[?#][^\s):]*/gi, '$1')

export interface Description {
  readonly type: string
  readonly message: string
  readonly stack: string
}

/** What is thrown may be anything, and may throw again when it is looked at. */
export function describe(thrown: unknown): Description {
  try {
    const { name, message, stack } = (thrown ?? {}) as Partial<Error>
    return {
      type: `${name ?? typeof thrown}`,
      message: scrub(String(message ?? thrown)).slice(0, 1000),
      stack: scrub(`${stack ?? ''}`).slice(0, 6000),
    }
  } catch {
    return { type: typeof thrown, message: 'what was thrown cannot be read', stack: '' }
  }
}

/** Errors with one fingerprint that one visit records: a list whose every row fails is one error. */
const EACH = 5
const MOST_COUNTED = 100
const counts = new Map<string, number>()

function isOneTooMany(of: string): boolean {
  const count = (counts.get(of) ?? 0) + 1
  if (counts.size >= MOST_COUNTED) counts.clear()
  counts.set(of, count)
  return count > EACH
}

/**
 * Records an error on the step where it happened: by the page's own way, or, with a bare tracker, as an event of it.
 */
export function recordError(tracker: Tracker | undefined, error: unknown, context: CaptureOptions): void {
  const { captureError } = (tracker ?? {}) as Capturing
  if (captureError) {
    captureError(error, context)
    return
  }
  const { type, message, stack } = describe(error)
  const components = scrub(context.componentStack ?? '').slice(0, 1999)
  const visit = context.journey && tracker?.current(context.journey)
  const id = fingerprint(type, message, stack)
  if (isOneTooMany(`${(visit ?? tracker?.current())?.id} ${id}`)) return
  tracker?.record(
    attributes.EXCEPTION,
    {
      [attributes.EXCEPTION_TYPE]: type,
      [attributes.EXCEPTION_MESSAGE]: message,
      [attributes.EXCEPTION_STACKTRACE]: `${stack}\n${components}`,
      [attributes.ERROR_FINGERPRINT]: id,
      [attributes.ERROR_HANDLED]: context.handled ?? true,
    },
    { visit },
  )
}
