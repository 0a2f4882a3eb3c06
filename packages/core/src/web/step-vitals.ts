import type { Tracker } from '../tracker-types'
import type { Measured } from './vitals'

/** Interactions and shifts of one visit. */
interface Tally {
  readonly id: string
  readonly interactions: Map<number, PerformanceEventTiming>
  /** The largest session window of shifts: at most 1 s between two, 5 s in all (web.dev, "Evolving the CLS metric"). */
  shifts: number
  worst: Shift | undefined
  readonly window: { value: number; first: number; last: number }
}

type Shift = LayoutShift

const rate = (value: number, good: number, poor: number): Measured['rating'] =>
  value <= good ? 'good' : value <= poor ? 'needs-improvement' : 'poor'

/**
 * INP and CLS for each visit, for browsers without soft navigations, where web-vitals has one of each for the whole document. Loads
 * after the page, with `later.ts`.
 */
export function observeStepVitals(
  tracker: Tracker,
  report: (measured: Measured) => void,
  signal: AbortSignal,
): void {
  const tallies = new Map<string, Tally>()
  const page = `${performance.timeOrigin}`

  function tallyAt(time: number): Tally {
    const id = tracker.at(performance.timeOrigin + time - 0.5)?.id ?? page
    const known = tallies.get(id)
    if (known) return known
    const window = { value: 0, first: 0, last: 0 }
    const made = { id, interactions: new Map(), shifts: 0, worst: undefined, window }
    tallies.set(id, made)
    return made
  }

  function observe(type: string, each: (entry: never) => void, more?: object) {
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return () => {}
    const take = (entries: PerformanceEntryList) => {
      for (const entry of entries) each(entry as never)
    }
    const observer = new PerformanceObserver((list) => take(list.getEntries()))
    observer.observe({ type, buffered: true, ...more })
    signal.addEventListener('abort', () => observer.disconnect())
    return () => take(observer.takeRecords())
  }

  const takeEvents = observe(
    'event',
    (entry: PerformanceEventTiming & { interactionId?: number }) => {
      if (!entry.interactionId) return
      const interactions = tallyAt(entry.startTime).interactions
      const known = interactions.get(entry.interactionId)
      if (!known || known.duration < entry.duration) interactions.set(entry.interactionId, entry)
    },
    { durationThreshold: 40 },
  )
  const takeShifts = observe('layout-shift', (entry: Shift) => {
    if (entry.hadRecentInput) return
    const tally = tallyAt(entry.startTime)
    const { window } = tally
    if (entry.startTime - window.last > 1000 || entry.startTime - window.first > 5000)
      Object.assign(window, { value: 0, first: entry.startTime })
    window.value += entry.value
    window.last = entry.startTime
    tally.shifts = Math.max(tally.shifts, window.value)
    if (!tally.worst || tally.worst.value < entry.value) tally.worst = entry
  })

  /** A visit has ended, or may have: sends what is known. The largest value of an id counts. */
  function send(tally: Tally) {
    // One of every fifty interactions is ignored (web.dev, "Interaction to Next Paint").
    const slowest = [...tally.interactions.values()].sort((a, b) => b.duration - a.duration)
    const inp = slowest[Math.min(slowest.length - 1, Math.floor(tally.interactions.size / 50))]
    const common = { navigationType: 'soft-navigation' } as const
    if (inp)
      report({
        ...common,
        name: 'INP',
        id: `inp-${tally.id}`,
        value: inp.duration,
        rating: rate(inp.duration, 200, 500),
        entries: [inp],
      })
    if (tally.worst)
      report({
        ...common,
        name: 'CLS',
        id: `cls-${tally.id}`,
        value: tally.shifts,
        rating: rate(tally.shifts, 0.1, 0.25),
        entries: [tally.worst],
      })
  }

  function sendAll(but?: string) {
    takeEvents()
    takeShifts()
    for (const tally of tallies.values())
      if (tally.id !== but) {
        send(tally)
        tallies.delete(tally.id)
      }
  }

  // An interaction that led to the next step is timed only after the frame that it caused.
  const stop = tracker.onChange(() => {
    const now = tracker.current()?.id
    if ([...tallies.keys()].some((id) => id !== now)) setTimeout(() => sendAll(tracker.current()?.id), 200)
  })
  signal.addEventListener('abort', stop)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && sendAll(), {
    capture: true,
    signal,
  })
}
