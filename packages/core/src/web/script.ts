// The script tag: a global `throughline` with what an HTML file needs. Work that came before the script did waits in
// the snippet's queue, with the time of each call; here it is done in that order, as if at that time.
import { checkHypothesis, checkJourney } from '../checks'
import { defineHypothesis } from '../hypothesis'
import { defineJourney } from '../journey'
import { createTracker } from '../tracker'
import type { TrackerOptions } from '../tracker-types'
import { startThroughline } from './index'
import type { StartOptions, Throughline } from './options'

type Work = (throughline: typeof api) => void

/** When the work at hand was queued, in ms on the page's clock; undefined for what is done as it is called. */
let queuedAt: number | undefined
const now = () => performance.timeOrigin + (queuedAt ?? performance.now())

/** Definitions are checked as they are made: here there is no other build for development. */
const api = {
  createTracker: (options: TrackerOptions) => createTracker({ now, ...options }),
  defineHypothesis: ((id, options) => {
    checkHypothesis(id, options)
    return defineHypothesis(id, options)
  }) as typeof defineHypothesis,
  defineJourney: ((name, options) => {
    checkJourney(name, options as never)
    return defineJourney(name, options)
  }) as typeof defineJourney,
  // The ready-made set-up hands all that it is given on to its tracker; its options keep quiet about the clock.
  startThroughline(options: StartOptions): Throughline {
    const timed: StartOptions & Pick<TrackerOptions, 'now'> = Object.assign({ now }, options)
    return startThroughline(timed)
  },
  q: { push: (work: Work) => perform(work) },
}

/** Pages call this through the queue: what they do wrong must not stop the others. */
function perform(work: Work, at = queuedAt) {
  const before = queuedAt
  queuedAt = at
  try {
    work(api)
  } catch (error) {
    console.error(error)
  } finally {
    queuedAt = before
  }
}

const page = globalThis as { throughline?: { q?: { waiting?: unknown }; startThroughline?: unknown } }
// A page that loads the script twice goes on with the first, and with what was started there.
if (!page.throughline?.startThroughline) {
  const waiting = page.throughline?.q?.waiting
  page.throughline = api as never
  if (Array.isArray(waiting)) for (const [at, work] of waiting as [number, Work][]) perform(work, at)
}
