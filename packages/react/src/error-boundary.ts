import type { Journey, Tracker } from '@throughline/core'
import { attributes, fingerprint, isSteering } from '@throughline/core'
import type { ErrorInfo, ReactElement, ReactNode } from 'react'
import { Component, createElement } from 'react'
import { useTracker } from './provider'

export interface JourneyErrorBoundaryProps {
  /** Shown instead; a function is given the error and the way to try again. */
  readonly fallback: ReactNode | ((error: Error, retry: () => void) => ReactNode)
  /** The journey whose step has failed: left as `failed`; `retry` enters it again, as the next attempt. */
  readonly fails?: Journey | undefined
  readonly onError?: ((error: Error, info: ErrorInfo) => void) | undefined
  readonly children?: ReactNode
}

/**
 * Records what its children throw, as a handled error on the step where it happened, and shows the fallback. What a framework throws to
 * steer (Next's `redirect()` and `notFound()`, a `Response`) goes on to the framework, as if this boundary were not there.
 */
export function JourneyErrorBoundary(props: JourneyErrorBoundaryProps): ReactElement {
  return createElement(Boundary, { ...props, tracker: useTracker() })
}

/** URLs in a text lose query and fragment. */
const scrub = (text: string) => text.replace(/([a-z]+:\/\/[^\s?#)]*)[?#][^\s):]*/gi, '$1')

/** What is thrown may be anything, and may throw again when it is looked at. */
function describe(thrown: unknown) {
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

interface BoundaryState {
  readonly error: Error | undefined
  /** What a framework threw: whatever it is, in a list. */
  readonly steering: readonly unknown[]
}

type BoundaryProps = JourneyErrorBoundaryProps & { readonly tracker: Tracker | undefined }

/** React has error boundaries as classes only. */
class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined, steering: [] }
  private failed: string | undefined

  static getDerivedStateFromError(thrown: unknown): BoundaryState {
    if (isSteering(thrown)) return { error: undefined, steering: [thrown] }
    return {
      steering: [],
      error: thrown instanceof Error ? thrown : new Error(describe(thrown).message, { cause: thrown }),
    }
  }

  override componentDidCatch(thrown: unknown, info: ErrorInfo) {
    const { tracker, fails, onError } = this.props
    const { type, message, stack } = describe(thrown)
    const components = scrub(info.componentStack ?? '').slice(0, 1999)
    const visit = fails && tracker?.current(fails)
    const id = fingerprint(type, message, stack)
    if (!isOneTooMany(`${(visit ?? tracker?.current())?.id} ${id}`))
      tracker?.record(
        attributes.EXCEPTION,
        {
          [attributes.EXCEPTION_TYPE]: type,
          [attributes.EXCEPTION_MESSAGE]: message,
          [attributes.EXCEPTION_STACKTRACE]: `${stack}\n${components}`,
          [attributes.ERROR_FINGERPRINT]: id,
          [attributes.ERROR_HANDLED]: true,
        },
        { visit },
      )
    this.failed = visit?.step
    if (visit) tracker?.leave(fails!, 'failed')
    onError?.(this.state.error!, info)
  }

  /** The step may be entered outside of this boundary, where nothing is mounted again. */
  private retry = () => {
    const { tracker, fails } = this.props
    if (fails && this.failed && !tracker?.current(fails)) tracker?.enter(fails, this.failed)
    this.failed = undefined
    this.setState({ error: undefined })
  }

  override render() {
    const { error, steering } = this.state
    for (const thrown of steering) throw thrown
    if (!error) return this.props.children
    const { fallback } = this.props
    return typeof fallback === 'function' ? fallback(error, this.retry) : fallback
  }
}
