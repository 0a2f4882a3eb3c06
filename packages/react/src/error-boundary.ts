import type { Journey, Tracker } from '@throughline/core'
import { attributes, fingerprint } from '@throughline/core'
import type { ErrorInfo, ReactNode } from 'react'
import { Component, createElement } from 'react'
import { useTracker } from './provider'

export interface JourneyErrorBoundaryProps {
  /** Shown instead; a function is given the error and the way to try again. */
  readonly fallback: ReactNode | ((error: Error, retry: () => void) => ReactNode)
  /** The journey whose step has failed: left as `failed`, so that entering it again is the next attempt. */
  readonly fails?: Journey
  readonly onError?: (error: Error, info: ErrorInfo) => void
  readonly children?: ReactNode
}

/** Records what its children throw, as a handled error on the step where it happened, and shows the fallback. */
export function JourneyErrorBoundary(props: JourneyErrorBoundaryProps) {
  return createElement(Boundary, { ...props, tracker: useTracker() })
}

type BoundaryProps = JourneyErrorBoundaryProps & { readonly tracker: Tracker | undefined }

/** React has error boundaries as classes only. */
class Boundary extends Component<BoundaryProps, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    const { tracker, fails, onError } = this.props
    const { name, message, stack } = error ?? {}
    const type = name ?? typeof error
    tracker?.record(attributes.EXCEPTION, {
      [attributes.EXCEPTION_TYPE]: type,
      [attributes.EXCEPTION_MESSAGE]: `${message ?? error}`.slice(0, 1000),
      [attributes.EXCEPTION_STACKTRACE]: `${stack ?? ''}\n${info.componentStack ?? ''}`.slice(0, 8000),
      [attributes.ERROR_FINGERPRINT]: fingerprint(type, `${message ?? error}`, stack),
      [attributes.ERROR_HANDLED]: true,
    })
    if (fails) tracker?.leave(fails, 'failed')
    onError?.(error, info)
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    const { fallback } = this.props
    return typeof fallback === 'function'
      ? fallback(error, () => this.setState({ error: undefined }))
      : fallback
  }
}
