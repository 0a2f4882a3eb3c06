import type { Journey, Tracker } from '@throughline/core'
import { isSteering } from '@throughline/core'
import type { ErrorInfo, ReactElement, ReactNode } from 'react'
import { Component, createElement } from 'react'
import { useTracker } from './provider'
import { describe, recordError } from './record-error'

export interface JourneyErrorBoundaryProps {
  /** Shown instead; a function is given the error and the way to try again. */
  readonly fallback: ReactNode | ((error: Error, retry: () => void) => ReactNode)
  /** The journey whose step has failed: left as `failed`; `retry` enters it again, as the next attempt. */
  readonly fails?: Journey | undefined
  readonly onError?: ((error: Error, info: ErrorInfo) => void) | undefined
  readonly children?: ReactNode
}

/**
 * Records what its children throw, as a handled error on the step where it happened, and shows the fallback. What a
 * framework throws to steer (Next's `redirect()` and `notFound()`, a `Response`) goes on to the framework, as if this
 * boundary were not there.
 */
export function JourneyErrorBoundary(props: JourneyErrorBoundaryProps): ReactElement {
  return createElement(Boundary, { ...props, tracker: useTracker() })
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
    const visit = fails && tracker?.current(fails)
    const { componentStack } = info
    recordError(tracker, thrown, { handled: true, journey: fails, componentStack })
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
