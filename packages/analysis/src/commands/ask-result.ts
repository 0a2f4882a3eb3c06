import type { AnalyseOptions } from '../ask/analyse'
import { analyse } from '../ask/analyse'
import type { Definitions } from '../config'
import { analyseExisting } from '../existing/analyse-existing'
import { UNKNOWN } from '../existing/notes'
import type { Result } from '../result'
import type { DataFlags } from './data'
import { askData, placeOf, whileShown } from './data'
import type { FormFlags } from './print-result'

export interface ResultFlags extends DataFlags, FormFlags {
  readonly html?: string
  readonly fromExisting?: boolean
}

/** Asks what is stored of journeys or, with `--from-existing`, makes them of spans that know nothing of Throughline. */
export async function askResult(
  flags: ResultFlags,
  definitions: Definitions,
  options: AnalyseOptions,
): Promise<Result> {
  if (!flags.fromExisting) return askData(flags, (engine) => analyse(engine, definitions, options))
  const result = await whileShown(analyseExisting(placeOf(flags), definitions, options))
  // Text for a terminal has it among what has to be known.
  if (flags.json || flags.csv || flags.html !== undefined) process.stderr.write(`throughline: ${UNKNOWN}\n`)
  return result
}
