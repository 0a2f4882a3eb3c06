import type { Journey } from '@throughline/core'
import type { ReactNode } from 'react'
import { createElement, Fragment, useEffect, useLayoutEffect } from 'react'
import { useTracker } from './provider'

/**
 * Runs before any `useEffect` of the same commit: children's effects come before their parents', and a request that a child
 * starts in one belongs to the step that is being entered. React 18 complains about layout effects on a server.
 */
const useCommitEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect

export interface UseStepOptions {
  /** Whether the step is usable; true if left out, which is measured once what was rendered is on the screen. */
  readonly ready?: boolean
}

/**
 * Enters a step while this component is on the page. Rendering again, StrictMode and remounting do not enter twice; another
 * step leaves this one.
 */
export function useStep<S extends string>(
  journey: Journey<string, S>,
  step: NoInfer<S>,
  { ready = true }: UseStepOptions = {},
): void {
  const tracker = useTracker()
  useCommitEffect(() => tracker?.enter(journey, step), [tracker, journey, step])
  useEffect(() => {
    if (!ready || !tracker) return
    // The frame after the next has painted what this effect follows.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        if (tracker.current(journey)?.step === step) tracker.ready(journey)
      })
    })
    return () => cancelAnimationFrame(frame)
  }, [tracker, journey, step, ready])
}

export interface StepProps<S extends string> extends UseStepOptions {
  readonly journey: Journey<string, S>
  readonly name: NoInfer<S>
  readonly children?: ReactNode
}

/** `useStep` as a component. */
export function Step<S extends string>({ journey, name, ready = true, children }: StepProps<S>) {
  useStep(journey, name, { ready })
  return createElement(Fragment, null, children)
}
