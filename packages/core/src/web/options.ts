import type { Attributes, TracerProvider } from '@opentelemetry/api'
import type { Hypothesis } from '../hypothesis'
import type { Journey } from '../journey'
import type { Tracker } from '../tracker-types'
import type { AddressOf } from './by-address'
import type { DeliveryOptions } from './delivery'
import type { PropagateTo } from './origins'
import type { GatedStorage } from './persistence'

export type Consent = 'required' | 'granted' | 'denied'

/** An OpenTelemetry instrumentation, by structure. */
export interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void
  enable(): void
  disable(): void
}

export interface PageOptions {
  /** Official instrumentations, such as `new FetchInstrumentation()`. */
  readonly instrumentations?: readonly Instrumentation[] | undefined
  /** `granted` if left out, unless the browser sends Global Privacy Control. */
  readonly consent?: Consent | undefined
  /**
   * The address by which steps with `at` are entered: another one than the page's, without a base path say, or
   * undefined to stay on the step, for a modal that has an address of its own.
   *
   * @example addressOf: (address) => (history.state?.isModal ? undefined : address)
   */
  readonly addressOf?: AddressOf | undefined
  /** Also record what is passed to `console.error`. */
  readonly consoleErrors?: boolean | undefined
  /**
   * Errors to leave out, besides those that are not the page's (benign ones, aborts, extensions, scripts that
   * blockers keep out): a text that is part of `TypeError: its message`, or a pattern. They are counted.
   */
  readonly ignoreErrors?: readonly (string | RegExp)[] | undefined
  /** Writes each journey event, what was ignored and why, and what is wrong with the set-up, to the console. */
  readonly debug?: boolean | undefined
}

/** The ready-made set-up, on a provider of OpenTelemetry JS 2.x. */
export interface ReadyMadeOptions extends PageOptions, DeliveryOptions {
  readonly serviceName: string
  readonly journeys: readonly Journey[]
  readonly hypotheses?: readonly Hypothesis[] | undefined
  /** The unit that variants are assigned to, an opaque id. */
  readonly subject?: string | undefined
  /**
   * Other origins that may see the journey as baggage; each must allow the header by CORS. Instrumentations of
   * requests need the list too: `new FetchInstrumentation(tracing({ propagateTo }))`.
   */
  readonly propagateTo?: PropagateTo | undefined
  /** Share of runs whose other spans are kept, 0 to 1; journey events, vitals and errors are kept always. */
  readonly sampleRatio?: number | undefined
  /** More resource attributes, such as `service.version`. */
  readonly resource?: Attributes | undefined
  readonly tracker?: never
  readonly provider?: never
}

/** A provider of the host's own, built with `throughlineParts({ tracker, … })`. */
export interface OwnProviderOptions extends PageOptions {
  readonly tracker: Tracker
  /** Vitals, errors and flushing start on it; nothing is registered globally. */
  readonly provider: TracerProvider & { forceFlush?(): Promise<void> }
  /** The gate that the tracker's `storage` was given, so that consent opens and shuts it. */
  readonly storage?: GatedStorage | undefined
}

export type StartOptions = ReadyMadeOptions | OwnProviderOptions

/** What is known of an error that the application reports. */
export interface CaptureOptions {
  /** False where nothing in the application dealt with it; true if left out. */
  readonly handled?: boolean | undefined
  /** The journey on whose step it happened; the ambient one if left out. */
  readonly journey?: Journey | undefined
  /** Of a framework: the components that it happened in. */
  readonly componentStack?: string | null | undefined
}

/** A tracker that is wired to its page. */
export interface Throughline extends Tracker {
  /**
   * Records an error on its step: one that the application caught, or that a framework hands to its own handler
   * instead of the window. The same error is recorded once, however many ways it comes in; what frameworks throw to
   * steer (`redirect()`, `notFound()`) is not.
   *
   * @example app.config.errorHandler = (error) => tracker.captureError(error, { handled: false })
   */
  captureError(error: unknown, options?: CaptureOptions): void
  /** Sends what waits, now. */
  flush(): Promise<void>
  /** Granting sends what waited and keeps the current run; denying drops it and clears what was stored. */
  consent(state: 'granted' | 'denied'): void
  /** Takes everything off the page again, at once; resolves when what waited was sent, after 3 seconds at most. */
  stop(): Promise<void>
}
