import { uuidv7Time } from '@throughline/core'
import { Advice } from '../advice'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import { queryText } from '../sql'
import { recentRuns } from './recent-runs'
import type { RunSpan } from './run-entry'
import { entryOf, momentOf } from './run-entry'
import type { PageNumbers } from './run-gaps'
import { missingNumbers, silences } from './run-gaps'
import type { RunTimeline } from './run-types'

/** More than this of one run are not listed. */
const MOST = 2000
const DAY = 864e5

/**
 * Everything that is stored of one run, in order of time.
 *
 * @param id the run's
 * @throws Advice when it is no run id, or nothing is stored of it; whatever the engine throws
 */
export async function runTimeline(
  engine: Engine,
  definitions: Definitions,
  id: string,
): Promise<RunTimeline> {
  const run = id.trim().toLowerCase()
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(run))
    throw new Advice(`"${id}" is no run id; give one such as 0193f0a0-7e2c-7def-8abc-0123456789ab`)
  const began = uuidv7Time(run) || 0
  const last = Date.now() + 4 * DAY
  const spans = await engine.query<RunSpan>(queryText('run-spans'), {
    run,
    from: began - 4 * DAY,
    last,
    most: MOST + 1,
  })
  if (!spans.length) throw new Advice(`nothing is stored of run ${run}`)
  const shown = spans.slice(0, MOST).sort((a, b) => momentOf(a) - momentOf(b))
  const start = momentOf(shown[0]!)
  const byId = new Map(shown.map((span) => [span.span, span]))
  const pages = [...new Set(shown.flatMap(({ attributes }) => attributes['throughline.page.id'] || []))]
  const numbers = await engine.query<PageNumbers>(queryText('run-pages'), { pages })
  const [summary] = await recentRuns(engine, definitions, {
    since: new Date(began),
    until: new Date(began + 1),
    synthetic: 'include',
    run,
  })
  return {
    run,
    summary: summary ?? null,
    entries: shown.map((span) => entryOf(span, byId, start)),
    capped: spans.length > MOST,
    missing: missingNumbers(numbers, shown, start),
    silences: silences(shown, start),
  }
}
