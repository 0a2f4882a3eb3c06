import type { Journey } from '@throughline/core'
import { epochOf } from '@throughline/core'
import type { ReactElement, ReactNode } from 'react'
import { createElement, Fragment, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTracker } from './provider'
import { hideStep, nextOrder, showStep, showStepAgain, uncoverStep } from './shown-steps'

/**
 * Runs before any `useEffect` of the same commit: children's effects come before their parents', and a request that a
 * child starts in one belongs to the step that is being entered. React 18 complains about layout effects on a server.
 */
const useCommitEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect

/** Whether the page was hidden after a moment (ms since the epoch), as far as the browser says so. */
const wasHidden = (since: number) =>
  performance
    .getEntriesByType?.('visibility-state')
    .some(({ name, startTime }) => name === 'hidden' && epochOf(startTime) >= since)

export interface UseStepOptions {
  /**
   * Whether the step is usable; true if left out, which is measured once what was rendered is on the screen. Of a
   * page that was hidden meanwhile nothing is reported: nobody waited.
   */
  readonly ready?: boolean | undefined
}

/**
 * Enters a step when this component is shown. Rendering again, StrictMode and remounting do not enter twice; another
 * step leaves this one, unmounting does not, since what follows may be the next step, still loading. Where a
 * component that is still shown has a step of this journey (the page below a modal that closes), that is entered
 * again, as its next attempt.
 */
export function useStep<S extends string>(
  journey: Journey<string, S>,
  step: NoInfer<S>,
  { ready = true }: UseStepOptions = {},
): void {
  const tracker = useTracker()
  const entered = useRef<readonly unknown[]>([])
  const isShown = useRef(false)
  const isHidden = useRef(false)
  const readyAgain = useRef(() => {})
  const gone = useRef(() => {})
  const [order] = useState(nextOrder)
  useCommitEffect(() => {
    if (!tracker || !journey) return
    const shown = { tracker, journey, step, order, readyAgain: () => readyAgain.current() }
    const isOnTop = showStep(shown)
    const cleanUp = () => {
      const before = hideStep(shown)
      gone.current = () => uncoverStep(shown, before)
    }
    // StrictMode and a Suspense boundary run this again on a step that was not left, whose run may have ended since.
    const key = [tracker, journey.name, step]
    if (key.every((part, i) => part === entered.current[i])) {
      showStepAgain()
      return cleanUp
    }
    entered.current = key
    // A prerendered page is hidden until it begins.
    isHidden.current =
      document.visibilityState === 'hidden' && !(document as { prerendering?: boolean }).prerendering
    if (isOnTop) tracker.enter(journey, step)
    return cleanUp
  }, [tracker, journey, step, order])
  useEffect(() => {
    const hide = () => {
      isHidden.current ||= document.visibilityState === 'hidden'
    }
    document.addEventListener('visibilitychange', hide)
    return () => document.removeEventListener('visibilitychange', hide)
  }, [])
  useEffect(() => {
    isShown.current = true
    return () => {
      isShown.current = false
      // StrictMode shows again at once. What is still hidden afterwards (an `<Activity>`) enters again when it comes
      // back. By then all effects of this commit have run; those of what Suspense hides are not undone, and it stays
      // the step.
      queueMicrotask(() => {
        if (isShown.current) return
        entered.current = []
        gone.current()
      })
    }
  }, [])
  useEffect(() => {
    if (!ready || !tracker) return
    let frame = 0
    const report = () => {
      // The frame after the next has painted what this effect follows.
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => {
          const visit = journey && tracker.current(journey)
          if (visit?.step === step && !isHidden.current && !wasHidden(visit.start))
            tracker.ready(journey, 'component')
        })
      })
    }
    // From the back/forward cache: entered again, and there at once.
    const back = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return
      isHidden.current = false
      report()
    }
    report()
    readyAgain.current = report
    addEventListener('pageshow', back)
    return () => {
      readyAgain.current = () => {}
      cancelAnimationFrame(frame)
      removeEventListener('pageshow', back)
    }
  }, [tracker, journey, step, ready])
}

export interface StepProps<S extends string> extends UseStepOptions {
  readonly journey: Journey<string, S>
  readonly name: NoInfer<S>
  readonly children?: ReactNode
}

/** `useStep` as a component. */
export function Step<S extends string>({ journey, name, ready, children }: StepProps<S>): ReactElement {
  useStep(journey, name, { ready })
  return createElement(Fragment, null, children)
}
