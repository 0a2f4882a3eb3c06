import { createHash } from 'node:crypto'
import type { Journey, JourneyEvent, Visit } from '@throughline/core'
import { createTracker, stepAt } from '@throughline/core'
import type { ExistingSpan, StoredSpan } from './existing-span'
import { storedEvent, storedSpan } from './existing-span'

/** Who does one thing after another: a session, a person, or, where nobody is named, a trace. */
export interface Visitor {
  /** When its last page was seen, ms since the epoch. */
  readonly seen: () => number
  /** What becomes of its next span: the spans are given in the order of time. Whether it was a page of a step. */
  take(span: ExistingSpan, store: (row: StoredSpan) => void): boolean
}

/** What is said of a page afterwards, when the next one may be seen already: it leads nowhere. */
const AFTERWARDS = ['browser.web_vital', 'exception']
/** A load that began within so many ms of the first sign of a page is that page's. */
const SAME_LOAD = 1000

const sha256 = (text: string) => createHash('sha256').update(text).digest()

const strings = (attributes: JourneyEvent['attributes']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]])),
  )

function addressOf(text: string): URL[] {
  try {
    return [new URL(text, 'http://page')]
  } catch {
    return []
  }
}

/** The step of a journey that a span's page is on: by the first of its addresses that is one. */
export function stepOf(journey: Journey, addresses: readonly string[]): string | undefined {
  for (const address of addresses.flatMap(addressOf)) {
    const step = stepAt(journey, address)
    if (step) return step
  }
  return undefined
}

/**
 * Walks through journeys as the pages of a visitor show: with the tracker that pages use, so that runs begin, go on and
 * end by the same rules.
 *
 * @param key what ids are made of: the same spans give the same ones
 */
export function createVisitor(key: string, journeys: readonly Journey[]): Visitor {
  let clock = 0
  let seen = Number.NEGATIVE_INFINITY
  let drawn = 0
  let events: JourneyEvent[] = []
  /** Exceptions of a trace, which each span on their way may have recorded. */
  const thrown = new Set<string>()
  const tracker = createTracker({
    journeys,
    now: () => clock,
    randomBytes: (bytes) => new Uint8Array(sha256(`${key} ${drawn++}`)).subarray(0, bytes),
  })
  tracker.subscribe((event) => events.push(event))

  const emit = (span: ExistingSpan, store: (row: StoredSpan) => void) => {
    for (const { name, time, end, attributes } of events) {
      const own = strings({ ...attributes, 'throughline.subject.id': span.person || undefined })
      store(storedEvent(span, { name, time, end, id: own['throughline.event.id']!, attributes: own }))
    }
    events = []
  }

  /** Of each journey and step, the visit that was last on it. */
  const visits = new Map<string, Visit>()

  function enter(journey: Journey, span: ExistingSpan): boolean {
    const step = !AFTERWARDS.includes(span.name) && stepOf(journey, span.addresses)
    if (!step) return false
    tracker.enter(journey, step)
    const visit = tracker.current(journey)!
    visits.set(`${journey.name} ${step}`, visit)
    if (span.loads && span.duration > 0 && clock - visit.start < SAME_LOAD) {
      const began = clock
      clock += span.duration / 1e6
      tracker.ready(journey, 'auto')
      clock = began
    }
    return true
  }

  /** The visit that a span belongs to: what is said afterwards, to that of its page. */
  function visitOf(journey: Journey, span: ExistingSpan): Visit | undefined {
    const current = tracker.current(journey)
    const step = AFTERWARDS.includes(span.name) ? stepOf(journey, span.addresses) : undefined
    const earlier = step && visits.get(`${journey.name} ${step}`)
    return earlier && earlier.run === current?.run ? earlier : current
  }

  function exceptionsOf(span: ExistingSpan, visit: Visit): StoredSpan[] {
    if (span.name === 'exception') return []
    return span.exceptions.flatMap((exception) => {
      const what = [visit.journey, span.trace, exception['exception.type'], exception['exception.message']]
      const id = sha256(what.join('\n')).toString('hex').slice(0, 32)
      if (thrown.has(id)) return []
      thrown.add(id)
      const attributes = { ...exception, ...strings(visit.attributes), 'throughline.event.id': id }
      const time = span.time / 1000
      return [storedEvent(span, { name: 'exception', time, end: time, id, attributes })]
    })
  }

  return {
    seen: () => seen,
    take(span, store) {
      clock = span.time / 1000
      const entered = journeys.filter((journey) => enter(journey, span))
      if (entered.length > 0) seen = clock
      emit(span, store)
      for (const journey of journeys) {
        const visit = visitOf(journey, span)
        // After a pause as long as that, the visitor may be anywhere.
        if (!visit || clock - seen > journey.idle) continue
        store(storedSpan(span, strings(visit.attributes)))
        for (const row of exceptionsOf(span, visit)) store(row)
      }
      return entered.length > 0
    },
  }
}
