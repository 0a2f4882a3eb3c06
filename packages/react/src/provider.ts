import type { Tracker } from '@throughline/core'
import type { ReactElement, ReactNode } from 'react'
import { createContext, createElement, useContext } from 'react'

const TrackerContext = createContext<Tracker | undefined>(undefined)

export interface ThroughlineProviderProps {
  /** From `startThroughline` or `createTracker`. */
  readonly tracker: Tracker
  readonly children?: ReactNode
}

/** Gives the hooks below it their tracker. */
export function ThroughlineProvider({ tracker, children }: ThroughlineProviderProps): ReactElement {
  return createElement(TrackerContext.Provider, { value: tracker }, children)
}

let warned = false

/**
 * The tracker of the nearest `ThroughlineProvider`. Without one it is undefined, the other hooks do nothing, and the
 * console says so once: a page must not break for want of telemetry.
 */
export function useTracker(): Tracker | undefined {
  const tracker = useContext(TrackerContext)
  if (!tracker && !warned && typeof window !== 'undefined') {
    warned = true
    console.warn('throughline: no journey is tracked here; wrap the app in <ThroughlineProvider tracker={…}>')
  }
  return tracker
}
