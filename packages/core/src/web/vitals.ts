import type { MetricType } from 'web-vitals'
import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import { Name } from '../attributes'
import type { Visit } from '../event'
import type { Tracker } from '../tracker-types'
import type { VitalCause } from './causes'
import type { Navigations } from './navigation'
import type { Tools } from './tools'

/** What is recorded of a metric, by web-vitals or by us. */
export type Measured = Pick<MetricType, 'value' | 'rating' | 'navigationType'> & {
  readonly id?: string
  readonly name: MetricType['name'] | 'first-interaction'
  readonly entries: readonly PerformanceEntry[]
  readonly navigationStartTime?: number
}

export type CauseOf = (name: string, entry: PerformanceEntry | undefined) => VitalCause

/** The entry that decided a metric: the largest of its layout shifts, else the first. */
function decisive(entries: readonly (PerformanceEntry & { value?: number })[]) {
  const [first] = entries
  return first && entries.reduce((one, other) => ((other.value ?? 0) > (one.value ?? 0) ? other : one), first)
}

/** web-vitals has no way to unsubscribe: its observers are set once for the document, for all listeners that follow. */
let listener: ((metric: Measured) => void) | undefined
let isObserving = false

/**
 * Records web vitals on the step in which they occurred: interactions and shifts by their own time; TTFB, FCP and LCP
 * on the step that their navigation led to. Loads after the page has started, with `later.ts`: browsers keep what
 * happened until then.
 *
 * @param causeOf what caused a metric
 * @returns records a metric that something else measured
 */
export function observeVitals(
  tracker: Tracker,
  navigations: Navigations,
  causeOf: CauseOf,
  { epochOf, isObservable, maskText, pageStart }: Tools,
  signal: AbortSignal,
): (measured: Measured) => void {
  const report = (measured: Measured) => {
    const { name, value, rating, id, navigationType, navigationStartTime, entries } = measured
    const isOccurrence = /INP|CLS|first/.test(name)
    const entry = decisive(entries)
    const { target, script, resource } = causeOf(name, entry)
    const isFirst = name === 'first-interaction'
    const attributes: Record<string, string | number | undefined> = {
      ...(isFirst
        ? { [Name.FIRST_INTERACTION_DURATION_MS]: value }
        : {
            [Name.WEB_VITAL_NAME]: name.toLowerCase(),
            [Name.WEB_VITAL_VALUE]: value,
            [Name.WEB_VITAL_RATING]: rating,
            [Name.WEB_VITAL_ID]: id,
          }),
      [Name.WEB_VITAL_NAVIGATION_TYPE]: navigationType,
      [Name.WEB_VITAL_TARGET]: target,
      [Name.WEB_VITAL_SCRIPT]: script,
      [Name.WEB_VITAL_RESOURCE]: resource && maskText(resource),
    }
    const start = isOccurrence && entry ? entry.startTime : navigationStartTime || pageStart()
    const time = epochOf(start)
    const record = (visit: Visit | null) => {
      // One for each visit in a document: web-vitals has one for a navigation, which may be of
      // several visits.
      if (isOccurrence && visit && !isFirst)
        attributes[Name.WEB_VITAL_ID] = `${name.toLowerCase()}-${performance.timeOrigin}-${visit.id}`
      tracker.record(isFirst ? Name.FIRST_INTERACTION : Name.WEB_VITAL, attributes, { time, visit })
    }
    // A step that an interaction leads to begins with it: the interaction itself was on the step before.
    if (isOccurrence && entry) record(tracker.at(time - 0.5) ?? null)
    else navigations.ledTo(start, record)
  }
  listener = (metric) => {
    const isEmpty = metric.name === 'TTFB' && metric.navigationType === 'soft-navigation'
    // Without soft navigations these two are measured for each visit instead (`step-vitals.ts`).
    const isElsewhere = /INP|CLS/.test(metric.name) && !isObservable('soft-navigation')
    if (!isEmpty && !isElsewhere) report(metric)
  }
  signal.addEventListener('abort', () => {
    listener = undefined
  })
  // jsdom and the like have no timings, which web-vitals does not expect.
  if (!isObserving && 'getEntriesByType' in performance)
    for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB] as ((
      callback: (metric: MetricType) => void,
      options: { reportSoftNavs: boolean },
    ) => void)[])
      on((metric) => listener?.(metric), { reportSoftNavs: true })
  isObserving = true
  return report
}
