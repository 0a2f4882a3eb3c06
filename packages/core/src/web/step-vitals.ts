import { Name } from '../attributes'
import type { Tracker } from '../tracker-types'
import type { Tools } from './tools'
import type { Measured } from './vitals'

/** An interaction as Event Timing tells of it, or as far as its own event does. */
interface Interaction {
  readonly startTime: number
  /** ms; 0 while it is not known. */
  duration: number
}

/** Interactions and shifts of one visit. */
interface Tally {
  readonly id: string
  /** When the visit began, ms since the epoch. */
  readonly start: number
  first?: Interaction
  /**
   * The first one that its own event told of, and how long it took at least: Event Timing's word comes late on a busy
   * machine.
   */
  own?: Interaction
  /** The longest ones, by id. */
  readonly interactions: Map<number, PerformanceEventTiming>
  count: number
  /** The largest session window of shifts: at most 1 s between two, 5 s in all (web.dev, "Evolving the CLS metric"). */
  shifts: number
  worst: LayoutShift | undefined
  readonly window: { value: number; first: number; last: number }
}

/** Event Timing tells of no shorter interactions, and rounds to 8 ms. */
const SHORTEST = 16
const ROUNDING = 8
const MOST_INTERACTIONS = 50
/** A click ends an interaction that began with a press, within this time (ms). */
const SAME = 1000

const rate = (value: number, good: number, poor: number): Measured['rating'] =>
  value <= good ? 'good' : value <= poor ? 'needs-improvement' : 'poor'

/**
 * What kind of navigation led to a visit that began at a moment.
 *
 * @param restored when the page came back from the back/forward cache last
 */
function navigationOf(
  start: number,
  restored: number,
  { epochOf, navigationEntry }: Tools,
): Measured['navigationType'] {
  const entry = navigationEntry()
  const shown = entry?.activationStart ?? 0
  if (start === restored) return 'back-forward-cache'
  if (!entry || start > epochOf(shown) + 1) return 'soft-navigation'
  return shown > 0 ? 'prerender' : (entry.type.replace('_', '-') as Measured['navigationType'])
}

/**
 * The first interaction's delay for each visit, which analysis compares (the worst of a visit grows with its length);
 * and INP and CLS for each visit where web-vitals has one of each for several: in a whole document, or in one soft
 * navigation. Loads after the page, with `later.ts`.
 *
 * @param hasOwn whether web-vitals measures INP and CLS by soft navigation
 */
export function observeStepVitals(
  tracker: Tracker,
  report: (measured: Measured) => void,
  hasOwn: boolean,
  tools: Tools,
  signal: AbortSignal,
): void {
  const { epochOf, isObservable, outsideZone } = tools
  const tallies = new Map<string, Tally>()
  const told = new Set<string>()
  /** Visits that share their navigation with another: one was entered without a navigation of its own. */
  const sharing = new Set<string>()
  let restored = Number.NaN

  function tallyAt(time: number): Tally {
    const { id, start } = tracker.at(epochOf(time) - 0.5) ?? { id: '', start: 0 }
    const known = tallies.get(id)
    if (known) return known
    const window = { value: 0, first: 0, last: 0 }
    const made = { id, start, interactions: new Map(), count: 0, shifts: 0, worst: undefined, window }
    tallies.set(id, made)
    return made
  }

  function observe(type: string, each: (entry: never) => void, more?: object) {
    if (!isObservable(type)) return () => {}
    const take = (entries: PerformanceEntryList) => {
      for (const entry of entries) each(entry as never)
    }
    const observer = new PerformanceObserver((list) => take(list.getEntries()))
    observer.observe({ type, buffered: true, ...more })
    signal.addEventListener('abort', () => observer.disconnect())
    return () => take(observer.takeRecords())
  }

  function first(interaction: Interaction) {
    const tally = tallyAt(interaction.startTime)
    if (!tally.first || interaction.startTime < tally.first.startTime) tally.first = interaction
  }

  const takeEvents = observe(
    'event',
    (entry: PerformanceEventTiming & { interactionId?: number }) => {
      if (!entry.interactionId) return
      const tally = tallyAt(entry.startTime)
      const { interactions } = tally
      const known = interactions.get(entry.interactionId)
      if (!known) tally.count++
      if (!known || known.duration < entry.duration) interactions.set(entry.interactionId, entry)
      if (interactions.size <= MOST_INTERACTIONS) return
      const [[shortest]] = [...interactions].sort(([, a], [, b]) => a.duration - b.duration) as [
        [number, never],
      ]
      interactions.delete(shortest)
    },
    { durationThreshold: SHORTEST },
  )
  // One that came before this code had loaded.
  const takeFirst = observe('first-input', (entry: PerformanceEventTiming) => first(entry))
  // One that is too short for Event Timing is known by its event alone; and of one that is not, Event Timing may not
  // have told yet when its visit ends. It took at least until the frame that followed, where browsers call back right
  // before they paint.
  if (isObservable('event'))
    for (const type of ['click', 'keydown'])
      addEventListener(
        type,
        ({ timeStamp: startTime, target, isTrusted }) => {
          if (!isTrusted) return
          const interaction = { startTime, target, duration: 0 }
          first(interaction)
          tallyAt(startTime).own ??= interaction
          requestAnimationFrame(() => {
            const frames = Math.floor((performance.now() - startTime) / ROUNDING)
            interaction.duration = Math.max(1, frames) * ROUNDING
          })
        },
        { capture: true, passive: true, signal },
      )
  const takeShifts = observe('layout-shift', (entry: LayoutShift) => {
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

  function tell(tally: Tally, name: Measured['name'], value: number, limits: [number, number], of: object) {
    const navigationType = navigationOf(tally.start, restored, tools)
    const entries = [of as PerformanceEntry]
    report({ name, value, rating: rate(value, ...limits), navigationType, entries })
  }

  /** A visit has ended, or may have: sends what is known. The largest value of an id counts. */
  function send(tally: Tally) {
    const { id, interactions, count, worst } = tally
    if (tally.first && !told.has(id)) {
      const { startTime } = tally.first
      const [entry = tally.first] = [...interactions.values()]
        .filter((one) => one.startTime < startTime + 1 && one.startTime > startTime - SAME)
        .sort((a, b) => a.startTime - b.startTime)
      const { own } = tally
      const isSame = own && Math.abs(own.startTime - startTime) < SAME
      const duration = Math.max(entry.duration, isSame ? own.duration : 0)
      if (duration) {
        tell(tally, 'first-interaction', duration, [200, 500], entry)
        told.add(id)
      }
    }
    if (hasOwn && !sharing.has(id)) return
    // One of every fifty interactions is ignored (web.dev, "Interaction to Next Paint").
    const slowest = [...interactions.values()].sort((a, b) => b.duration - a.duration)
    const inp = slowest[Math.min(slowest.length - 1, Math.floor(count / 50))]
    if (inp) tell(tally, 'INP', inp.duration, [200, 500], inp)
    if (worst) tell(tally, 'CLS', tally.shifts, [0.1, 0.25], worst)
  }

  function sendAll(ended = [...tallies.values()]) {
    takeEvents()
    takeFirst()
    takeShifts()
    for (const tally of ended) if (tallies.delete(tally.id)) send(tally)
    for (const all of [told, sharing]) for (const id of all) if (all.size > 100) all.delete(id)
  }

  // An interaction that led to the next step is timed only after the frame that it caused, however long that takes.
  const painted = (then: () => void) =>
    outsideZone(() => requestAnimationFrame(() => requestAnimationFrame(then)))
  let before = tracker.current()
  const stop = tracker.onChange(() => {
    before = tracker.current()
    const ended = [...tallies.values()].filter(({ id }) => id !== before?.id)
    if (ended.length > 0) painted(() => setTimeout(() => sendAll(ended), 200))
  })
  const unsubscribe = tracker.subscribe(({ visit, attributes }) => {
    if (attributes[Name.STEP_START] === 'call') sharing.add(visit!.id).add(before?.id ?? '')
    // What is entered next may be so without a navigation.
    if (attributes[Name.STEP_OUTCOME] === 'left') sharing.add(visit!.id)
  })
  signal.addEventListener('abort', () => {
    stop()
    unsubscribe()
  })
  addEventListener(
    'pageshow',
    ({ persisted, timeStamp }) => {
      if (persisted) restored = epochOf(timeStamp)
    },
    { signal },
  )
  // On window, as web-vitals does: before what is known then is sent.
  addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && sendAll(), {
    capture: true,
    signal,
  })
}
