/** How this document was navigated to; undefined where nobody measures, as in jsdom. */
export const navigationEntry = (): (PerformanceNavigationTiming & { activationStart?: number }) | undefined =>
  performance.getEntriesByType?.('navigation')[0] as PerformanceNavigationTiming | undefined

/** Whether the browser tells of entries of a type. */
export const isObservable = (type: string): boolean =>
  !!globalThis.PerformanceObserver?.supportedEntryTypes?.includes(type)
