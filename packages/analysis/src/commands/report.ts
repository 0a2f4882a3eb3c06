import { writeFileSync } from 'node:fs'
import { Advice } from '../advice'
import type { Selection } from '../ask/selection'
import { FAILURES } from '../show/fail-on'
import { renderHtml } from '../show/html'
import { readQuestion } from './as-written'
import type { ResultFlags } from './ask-result'
import { askResult } from './ask-result'
import { printResult } from './print-result'
import { parseFailures, stopAt } from './stop-at'

export interface ReportFlags extends Selection, ResultFlags {
  readonly failOn?: string
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
  const result = await askResult(flags, definitions, selection)
  if (html !== undefined) {
    write(html, renderHtml(result))
    process.stderr.write(`throughline: the report is in ${html}\n`)
  }
  stopAt(result, failOn)
  if (json || csv || html === undefined) printResult(result, flags)
}
