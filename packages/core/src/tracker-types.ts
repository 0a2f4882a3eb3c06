import type { Context } from '@opentelemetry/api'
import type { JourneyEvent, Visit } from './event'
import type { Hypothesis } from './hypothesis'
import type { Journey } from './journey'
import type { Run } from './state'

/** What a conversion is worth and how it is recognised. */
export interface Conversion {
  /**
   * 0 or more; a number, or its decimal text (`'50.00'`), as databases answer. Another value is left out with one
   * `diag`.
   */
  readonly value?: number | string | undefined
  /** ISO 4217, in any case. */
  readonly currency?: string | undefined
}

/** Why a run ended. */
export interface Ending {
  /** In the application's words: `payment-declined`. */
  readonly reason?: string | undefined
}

/** Who said that a step is usable: the application, the component that shows it, or what was observed of the page. */
export type ReadySource = 'app' | 'component' | 'auto'

/** Where a run's state lives between pages: `sessionStorage`, or anything with its three methods. */
export interface StateStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
  /** Where runs of journeys with `keep: 'browser'` outlive the tab; without it they do not. */
  readonly kept?: StateStorage | undefined
}

export interface TrackerOptions {
  readonly journeys: readonly Journey[]
  readonly hypotheses?: readonly Hypothesis[] | undefined
  /** Where state survives the page; memory alone if left out. One that throws is left alone after one `diag`. */
  readonly storage?: StateStorage | undefined
  /** ms since the epoch; the page's clock if left out, which follows the wall clock. */
  readonly now?: (() => number) | undefined
  /** Fills run and event ids; `crypto.getRandomValues` if left out. */
  readonly randomBytes?: ((count: number) => Uint8Array) | undefined
  /**
   * The unit that variants are assigned to, an opaque id: an anonymous one (of a cookie, say) as long as nobody has
   * logged in. Pass the id of who has to `identify`.
   */
  readonly subject?: string | undefined
}

/** How the next entered step came to be: what its visit's start is taken from. */
export type NavigationKind = 'navigation' | 'soft-navigation'

/** A small store of journey runs. It never throws into its host; what it ignores it reports through `diag`. */
export interface Tracker {
  /** Enters a step: starts a run when there is none, leaves the step before. The current step again is a no-op. */
  enter<S extends string>(journey: Journey<string, S>, step: NoInfer<S>): void
  /**
   * The current step is usable; only the first call of a visit counts. Without a journey it is the ambient visit's,
   * if that was entered last.
   */
  ready(journey?: Journey, source?: ReadySource): void
  /**
   * Leaves the journey's current step without entering another: to a page outside of the journey, or because it
   * failed.
   */
  leave(journey: Journey, outcome?: 'left' | 'failed'): void
  /**
   * The run converted; only its first conversion is reported. One without a value, by entering the converting step
   * for instance, can be given one once.
   */
  convert(journey: Journey, conversion?: Conversion): void
  /** The run failed, at a declined payment for instance. Entering one of its steps goes on with it. */
  fail(journey: Journey, ending?: Ending): void
  /** Ends the run as abandoned, when the user said so. */
  abandon(journey: Journey, ending?: Ending): void
  /**
   * The variant that the subject was given; stamped from now on. Undefined when it is in no arm any longer: the flag
   * was switched off.
   *
   * @param reason `'stale'` when the flag's provider could not ask: exposures say so
   */
  assign<V extends string>(
    hypothesis: Hypothesis<string, V>,
    variant: NoInfer<V> | undefined,
    reason?: 'stale' | undefined,
  ): void
  /** The subject met the variant; recorded once per run. Also assigns. */
  expose<V extends string>(hypothesis: Hypothesis<string, V>, variant: NoInfer<V>): void
  /** A score that the user gave, out of `scale`. */
  rate(score: number, scale: number): void
  /**
   * Records an event about a visit: the one that was current at `time`, unless given (null: none). Vitals and errors
   * come in here.
   */
  record(
    name: string,
    attributes: Record<string, string | number | boolean | undefined>,
    options?: { time?: number | undefined; visit?: Visit | null | undefined },
  ): void
  /**
   * Says who the user is. An anonymous subject is linked to the first id that it becomes; an id that was given here
   * before is somebody else's, and is not linked. Undefined when they log out.
   */
  identify(subject: string | undefined): void
  /**
   * The ambient visit, or the given journey's; undefined when no run is active. A stable object while nothing
   * changes.
   */
  current(journey?: Journey): Visit | undefined
  /** The visit that was ambient at a moment (ms since the epoch). */
  at(time: number): Visit | undefined
  /** The variant assigned in the journey's current run. */
  variant<V extends string>(hypothesis: Hypothesis<string, V>): V | undefined
  /**
   * Work done inside belongs to the journey's visit, whatever is ambient: across `await` where the context manager
   * can carry it, and everywhere inside the function that `fn` is given.
   */
  run<T>(journey: Journey, fn: (inside: <R>(work: () => R) => R) => T): T
  /** The visit in force in an OpenTelemetry context: the explicit one, else the ambient one. */
  active(context?: Context): Visit | undefined
  /** Other runs that are still active, beside a visit's; beside the ambient one if left out. */
  others(visit?: Visit): readonly Visit[]
  /**
   * A navigation began at `start` (ms since the epoch): the first step entered before an interaction is back-dated to
   * it. `led` is called once: with the visit that the navigation led to, or without when something else came first.
   */
  navigated(start: number, kind: NavigationKind, led?: (visit?: Visit) => void): void
  /** The user interacted at `time`. */
  interacted(time: number): void
  /** Reads the stored state again, which another document may have changed. */
  restore(): void
  /** Takes over a run that began elsewhere (another tab, another origin); true when it fits the definitions. */
  adopt(run: Run): true | undefined
  /** Called with each event, in order, synchronously; returns the way to stop. */
  subscribe(listener: (event: JourneyEvent) => void): () => void
  /** Called after anything that `current()` or `variant()` answers has changed; for view stores. */
  onChange(listener: () => void): () => void
  readonly journeys: readonly Journey[]
  readonly hypotheses: readonly Hypothesis[]
}
