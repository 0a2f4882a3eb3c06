import { checkJourney } from './checks'
import type { Confirms } from './confirms'
import type { Duration } from './define'
import { milliseconds } from './define'
import type { At } from './steps-by-address'

/** A step as declared: its name, or its name with what is special about it. */
export type StepInput = string | { readonly name: string; readonly optional?: boolean; readonly at?: At }

/** The names of the steps in a declaration. */
export type StepName<S extends readonly StepInput[]> = {
  [I in keyof S]: S[I] extends { readonly name: infer N extends string }
    ? N
    : S[I] extends string
      ? S[I]
      : never
}[number]

/** One step of a journey, in declared order. */
export interface Step<Name extends string = string> {
  readonly name: Name
  readonly optional: boolean
  /** Where it is entered by itself. */
  readonly at?: At
}

/** A named, versioned path of steps with a conversion. Plain data, but for `confirms.when`. */
export interface Journey<Name extends string = string, Steps extends string = string> {
  readonly name: Name
  readonly version: string
  readonly steps: readonly Step<Steps>[]
  /** The step whose entry converts the run. */
  readonly converts: Steps
  /** Milliseconds from the run's first enter until which a conversion counts. */
  readonly within: number
  /** Milliseconds without an event after which the next enter starts a new run. */
  readonly idle: number
  /** Where its run lives between pages: with the tab, or in the browser. */
  readonly keep: 'tab' | 'browser'
  /** Declared readiness targets: the 75th percentile of `ready_ms` that user research asks for, in ms. */
  readonly ready: { readonly [S in Steps]?: { readonly p75: number } }
  /** The request by which a server confirms the conversion. */
  readonly confirms?: Confirms | undefined
}

/** What `defineJourney` takes besides the name. */
export interface JourneyOptions<S extends readonly StepInput[]> {
  /** Change it when the steps change, so that old and new runs are not mixed. */
  version: string
  /** In order; at least two. */
  steps: S
  converts: NoInfer<StepName<S>>
  /** `'2h'`, `'30m'`, `'1d'` or milliseconds; 2 hours if left out. */
  within?: Duration
  /** As `within`; 30 minutes if left out. */
  idle?: Duration
  /**
   * `'tab'` if left out: a run ends with its tab. `'browser'` keeps it in `localStorage` until `idle` or `within` has
   * passed, for a cart that is filled on Monday and paid on Wednesday; only with an explicit `consent: 'granted'`,
   * else with the tab.
   */
  keep?: 'tab' | 'browser'
  ready?: Partial<Record<NoInfer<StepName<S>>, { readonly p75: number }>>
  /**
   * `{ at: 'POST /orders' }`: the middleware of `@throughline/node` confirms the conversion when that request is
   * answered with 2xx. A browser has no use for it.
   */
  confirms?: Confirms
}

/**
 * Declares a customer journey: the one definition that browser, React, server, collector and analysis share.
 *
 * @param name matches `/^[a-z0-9][a-z0-9-]{0,47}$/`, as do the names of the steps
 * @throws TypeError that says what to change, when a name, a step or a duration is not usable
 */
export function defineJourney<const Name extends string, const S extends readonly StepInput[]>(
  name: Name,
  options: JourneyOptions<S>,
): Journey<Name, StepName<S>> {
  if (__DEV__) checkJourney(name, options as never)
  return {
    ...options,
    name,
    steps: options.steps.map((step) => {
      const { optional = false, ...given } = typeof step === 'string' ? { name: step } : step
      return { ...given, name: given.name as StepName<S>, optional }
    }),
    within: milliseconds(options.within ?? '2h'),
    idle: milliseconds(options.idle ?? '30m'),
    keep: options.keep ?? 'tab',
    ready: (options.ready ?? {}) as Journey<Name, StepName<S>>['ready'],
  }
}
