// The script tag: `throughline` on the page, with everything that an HTML file needs. Calls that came before the script did wait
// in `throughline.q` (the snippet in the README) and are made now.
import { defineHypothesis } from '../hypothesis'
import { defineJourney } from '../journey'
import { startThroughline } from './start'

type Queued = [method: string, ...args: unknown[]]

const page = globalThis as { throughline?: { q?: Queued[] } }
const waiting = page.throughline?.q ?? []
const api: Record<string, unknown> & { q?: { push(call: Queued): void } } = {
  defineHypothesis,
  defineJourney,
}

function call([method, ...args]: Queued) {
  const fn = api[method]
  if (typeof fn === 'function') fn(...args)
}

api.start = (options: Parameters<typeof startThroughline>[0]) => {
  const started = startThroughline(options)
  Object.assign(api, started)
  return started
}
api.q = { push: call }
page.throughline = api as { q?: Queued[] }
for (const queued of waiting) call(queued)
