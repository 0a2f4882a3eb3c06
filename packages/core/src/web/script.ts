// The script tag: a global `throughline` with what an HTML file needs. Work that came before the script did waits in
// the snippet's queue, with the time of each call; here it is done in that order, as if at that time.
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { checkHypothesis, checkJourney } from '../checks'
import { doAsAt } from '../clock'
import { defineHypothesis } from '../hypothesis'
import { defineJourney } from '../journey'
import { createTracker } from '../tracker'
import { startThroughline } from './index'

type Work = (throughline: typeof api) => void

/** Definitions are checked as they are made: here there is no other build for development. */
const api = {
  createTracker,
  /** For `instrumentations`: a server learns the journey of a request by it alone. */
  FetchInstrumentation,
  defineHypothesis: ((id, options) => {
    checkHypothesis(id, options)
    return defineHypothesis(id, options)
  }) as typeof defineHypothesis,
  defineJourney: ((name, options) => {
    checkJourney(name, options as never)
    return defineJourney(name, options)
  }) as typeof defineJourney,
  startThroughline,
  q: { push: (work: Work) => perform(work) },
}

/** Pages call this through the queue: what they do wrong must not stop the others. */
function perform(work: Work) {
  try {
    work(api)
  } catch (error) {
    console.error(error)
  }
}

const page = globalThis as { throughline?: { q?: { waiting?: unknown }; startThroughline?: unknown } }
// A page that loads the script twice goes on with the first, and with what was started there.
if (!page.throughline?.startThroughline) {
  const waiting = page.throughline?.q?.waiting
  page.throughline = api as never
  if (Array.isArray(waiting))
    for (const [at, work] of waiting as [number, Work][]) doAsAt(at, () => perform(work))
}
