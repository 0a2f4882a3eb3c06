import { recentRuns } from '../ask/recent-runs'
import { runTimeline } from '../ask/run-timeline'
import type { Selection } from '../ask/selection'
import { parseSelection } from '../ask/selection'
import { loadConfig } from '../config'
import { renderRun, renderRuns } from '../show/terminal/run'
import { readQuestion } from './as-written'
import type { DataFlags } from './data'
import { askData, outputInk, parseCount, printJson } from './data'

export interface RunsFlags
  extends DataFlags,
    Pick<Selection, 'journey' | 'since' | 'until' | 'timezone' | 'synthetic' | 'where'> {
  readonly limit: string | number
  readonly json?: boolean
}

/** `throughline runs`: the newest runs, one line each. */
export async function runs(flags: RunsFlags): Promise<void> {
  const limit = parseCount(flags.limit, '--limit', 10_000)
  const { selection, definitions } = await readQuestion(flags)
  const found = await askData(flags, (engine) => recentRuns(engine, definitions, { ...selection, limit }))
  if (flags.json) return printJson(found)
  process.stdout.write(renderRuns(found, outputInk(), selection.timeZone))
}

export interface RunFlags extends DataFlags {
  readonly timezone: string
  readonly json?: boolean
}

/** `throughline run ID`: everything that is stored of one run, in order of time. */
export async function run(id: string, flags: RunFlags): Promise<void> {
  const { timeZone } = parseSelection({ timezone: flags.timezone }, new Date())
  const definitions = await loadConfig(flags.config)
  const timeline = await askData(flags, (engine) => runTimeline(engine, definitions, id))
  if (flags.json) return printJson(timeline)
  process.stdout.write(renderRun(timeline, outputInk(), timeZone))
}
