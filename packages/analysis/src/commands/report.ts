import { writeFileSync } from 'node:fs'
import { Advice } from '../advice'
import { analyse } from '../ask/analyse'
import type { Selection } from '../ask/selection'
import { analyseExisting } from '../existing/analyse-existing'
import { UNKNOWN } from '../existing/notes'
import { FAILURES } from '../show/fail-on'
import { renderHtml } from '../show/html'
import { readQuestion } from './as-written'
import type { DataFlags } from './data'
import { askData, placeOf, whileShown } from './data'
import type { FormFlags } from './print-result'
import { printResult } from './print-result'
import { parseFailures, stopAt } from './stop-at'

export interface ReportFlags extends Selection, DataFlags, FormFlags {
  readonly html?: string
  readonly failOn?: string
  readonly fromExisting?: boolean
}

function write(file: string, text: string) {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new Advice(`cannot write ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** `throughline report`: what the data says, on the terminal, as JSON, CSV or as one HTML file. */
export async function report(flags: ReportFlags): Promise<void> {
  const { json, csv, html } = flags
  const failOn = parseFailures(flags.failOn, FAILURES)
  const { selection, definitions } = await readQuestion(flags)
  const result = flags.fromExisting
    ? await whileShown(analyseExisting(placeOf(flags), definitions, selection))
    : await askData(flags, (engine) => analyse(engine, definitions, selection))
  // The terminal's report has it among what has to be known.
  if (flags.fromExisting && (json || csv || html !== undefined))
    process.stderr.write(`throughline: ${UNKNOWN}\n`)
  if (html !== undefined) {
    write(html, renderHtml(result))
    process.stderr.write(`throughline: the report is in ${html}\n`)
  }
  stopAt(result, failOn)
  if (json || csv || html === undefined) printResult(result, flags)
}
