import type { MetricType } from 'web-vitals'
import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import {
  WEB_VITAL,
  WEB_VITAL_ID,
  WEB_VITAL_NAME,
  WEB_VITAL_NAVIGATION_TYPE,
  WEB_VITAL_RATING,
  WEB_VITAL_VALUE,
} from '../attributes'
import type { Tracker } from '../tracker'
import { scrubUrl } from './scrub'

/** A performance entry with what the five vitals' entries may hold. */
interface Cause extends PerformanceEntry {
  readonly interactionId?: number
  readonly element?: Element | null
  readonly target?: Element | null
  readonly url?: string
  readonly value?: number
  readonly sources?: { readonly node?: Node | null }[]
}

/** Where an element is, by tags, ids and classes: never its text or its attributes' values. */
export function selectorOf(element: Element | null | undefined): string | undefined {
  const path: string[] = []
  for (let at = element; at && path.length < 4; at = at.parentElement) {
    path.unshift(
      at.localName +
        (at.id
          ? `#${at.id}`
          : [...(at.classList ?? [])]
              .slice(0, 2)
              .map((name) => `.${name}`)
              .join('')),
    )
    if (at.id) break
  }
  return path.join('>').slice(0, 200) || undefined
}

let report: ((metric: MetricType) => void) | undefined
let isObserving = false

/**
 * Records web vitals on the step in which they occurred: interactions and shifts by their own time; TTFB, FCP and LCP on the
 * step that their navigation led to.
 */
export function observeVitals(tracker: Tracker, signal: AbortSignal): void {
  report = (metric) => {
    const { name, value, rating, id, navigationType, navigationStartTime, entries } = metric
    const isSoft = navigationType === 'soft-navigation'
    if (isSoft && name === 'TTFB') return
    const causes = entries as Cause[]
    const worst = causes.reduce<Cause | undefined>(
      (a, b) => ((b.value ?? 0) > (a?.value ?? -1) ? b : a),
      undefined,
    )
    const start = navigationStartTime ?? activationStart()
    const isOccurrence = name === 'INP' || name === 'CLS'
    const occurred = (isOccurrence && (name === 'CLS' ? worst : causes[0])?.startTime) || start
    const shifted = worst?.sources?.[0]?.node
    const element =
      worst?.element ?? causes[0]?.target ?? (shifted instanceof Element ? shifted : shifted?.parentElement)
    tracker.record(
      WEB_VITAL,
      {
        [WEB_VITAL_NAME]: name.toLowerCase(),
        [WEB_VITAL_VALUE]: value,
        [WEB_VITAL_RATING]: rating,
        [WEB_VITAL_ID]: id,
        [WEB_VITAL_NAVIGATION_TYPE]: navigationType,
        'browser.web_vital.target': name === 'TTFB' || name === 'FCP' ? undefined : selectorOf(element),
        'browser.web_vital.resource': name === 'LCP' && worst?.url ? scrubUrl(worst.url) : undefined,
      },
      // Half a millisecond in: the step that a navigation led to starts exactly with it.
      { time: performance.timeOrigin + occurred + 0.5 },
    )
  }
  signal.addEventListener('abort', () => {
    report = undefined
  })
  // web-vitals has no way to unsubscribe: its observers are set once for the document, whoever listens now.
  if (isObserving) return
  isObserving = true
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB] as ((
    callback: (metric: MetricType) => void,
    options: { reportSoftNavs: boolean },
  ) => void)[])
    on((metric) => report?.(metric), { reportSoftNavs: true })
}

function activationStart(): number {
  const [entry] = performance.getEntriesByType('navigation') as (PerformanceEntry & {
    activationStart?: number
  })[]
  return entry?.activationStart ?? 0
}
