// The script tag: a global `throughline` with what an HTML file needs. Work that came before the script did waits in
// `throughline.q`, as functions that are given the global once it is there.
import { diag } from '@opentelemetry/api'
import { defineHypothesis } from '../hypothesis'
import { defineJourney } from '../journey'
import { createTracker } from '../tracker'
import { startThroughline } from './index'

const api = { createTracker, defineHypothesis, defineJourney, startThroughline, q: { push: work } }

/** Pages call this through the queue: what they do wrong must not stop the others. */
function work(fn: (throughline: typeof api) => void) {
  try {
    fn(api)
  } catch (error) {
    diag.error('throughline:', error)
    console.error(error)
  }
}

const page = globalThis as { throughline?: { q?: unknown } }
const waiting = page.throughline?.q
page.throughline = api
if (Array.isArray(waiting)) waiting.forEach(work)
