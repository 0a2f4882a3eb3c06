import { Advice } from '../advice'
import type { AnalyseOptions } from '../ask/analyse'
import type { Selection } from '../ask/selection'
import type { Definitions } from '../config'
import { plain } from '../format'
import type { ReportPart, Result } from '../result'
import { DATA_FAILURES } from '../show/fail-on'
import { causeBlock } from '../show/terminal/causes'
import { renderFindings } from '../show/terminal/findings'
import { readQuestion, valuesOf } from './as-written'
import type { ResultFlags } from './ask-result'
import { askResult } from './ask-result'
import { outputInk, printJson } from './data'
import { printResult } from './print-result'
import { parseFailures, stopAt } from './stop-at'

export interface PartFlags extends Selection, ResultFlags {}

/** Asks for some parts of a report. */
async function ask(
  flags: PartFlags,
  parts: readonly ReportPart[],
  more: (definitions: Definitions) => Partial<AnalyseOptions> = () => ({}),
): Promise<Result> {
  const { selection, definitions } = await readQuestion(flags)
  return askResult(flags, definitions, { ...selection, parts, ...more(definitions) })
}

/** `throughline funnel`, `latency`, `endpoints`: that part of the report alone. */
export const part =
  (name: ReportPart) =>
  async (flags: PartFlags): Promise<void> =>
    printResult(await ask(flags, [name]), flags, [name])

/** `throughline hypothesis [id]`: all hypotheses, or one. */
export async function hypothesis(id: string | undefined, flags: PartFlags): Promise<void> {
  const only = ({ hypotheses }: Definitions) => {
    if (id === undefined) return {}
    const found = hypotheses.find((one) => one.id === id)
    const names = hypotheses.map((one) => one.id).join(', ') || 'none is declared'
    if (!found) throw new Advice(`"${id}" is no hypothesis of the configuration: ${names}`)
    return { hypothesis: id, journey: found.journey }
  }
  printResult(await ask(flags, ['hypotheses'], only), flags, ['hypotheses'])
}

export interface ErrorsFlags extends PartFlags {
  readonly id?: string | number
}

/** `throughline errors`: what errors cost and where they come from; with `--id`, all that is known of one. */
export async function errors(flags: ErrorsFlags): Promise<void> {
  const id = valuesOf('--id', process.argv).at(-1)
  const result = await ask(flags, ['errors'], () => (id === undefined ? {} : { error: id }))
  if (id === undefined) return printResult(result, flags, ['errors'])
  const found = result.journeys.flatMap((journey) => journey.errors.filter(({ key }) => key === id))
  if (!found.length)
    throw new Advice(`no error with the key "${plain(id)}" was met; "throughline errors" lists them`)
  if (flags.json) return printJson(found)
  const ink = outputInk()
  for (const error of found)
    process.stdout.write(`${causeBlock(error, error.cause, result.timeZone, ink, { lines: 50, runs: 5 })}\n`)
}

export interface DoctorFlags extends PartFlags {
  readonly failOn?: string
}

/** `throughline doctor`: what speaks against the numbers, what that does to them, and what to do. */
export async function doctor(flags: DoctorFlags): Promise<void> {
  const failOn = parseFailures(flags.failOn, DATA_FAILURES)
  const result = await ask(flags, ['hypotheses'])
  stopAt(result, failOn)
  if (flags.json) return printJson(result.trust)
  process.stdout.write(renderFindings(result, outputInk()))
}
