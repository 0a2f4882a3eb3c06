import { epochOf } from '../clock'
import { outsideZone } from './zone'

/** How this document was navigated to; undefined where nobody measures, as in jsdom. */
export const navigationEntry = (): (PerformanceNavigationTiming & { activationStart?: number }) | undefined =>
  performance.getEntriesByType?.('navigation')[0] as PerformanceNavigationTiming | undefined

/** Whether the browser tells of entries of a type. */
export const isObservable = (type: string): boolean =>
  !!globalThis.PerformanceObserver?.supportedEntryTypes?.includes(type)

/**
 * Of what the page has loaded, what code that loads later needs: it is passed, since bundlers would split what both
 * import once more.
 */
export const tools = { epochOf, isObservable, navigationEntry, outsideZone }

export type Tools = typeof tools
