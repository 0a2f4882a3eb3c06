import { writeFileSync } from 'node:fs'
import { Advice } from '../advice'
import type { Selection } from '../ask/selection'
import { plain } from '../format'
import type { Result } from '../result'
import type { Failure } from '../show/fail-on'
import { FAILURES, judge } from '../show/fail-on'
import { renderHtml } from '../show/html'
import { readQuestion } from './as-written'
import type { ResultFlags } from './ask-result'
import { askResult } from './ask-result'
import { printResult } from './print-result'

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

function parseFailures(text: string): Failure[] {
  return String(text)
    .split(',')
    .map((name) => {
      const found = FAILURES.find((failure) => failure === name.trim())
      if (!found)
        throw new Advice(`--fail-on is "${text}"; give any of ${FAILURES.join(', ')}, with commas between`)
      return found
    })
}

/** Says why a pipeline should stop, and sets the exit code. */
function stopAt(result: Result, failOn: readonly Failure[]): void {
  const { code, reasons } = judge(result, failOn)
  for (const reason of reasons) process.stderr.write(`throughline: ${plain(reason)}\n`)
  process.exitCode = code
}

/** `throughline report`: what the data says, on the terminal, as JSON, CSV or as one HTML file. */
export async function report(flags: ReportFlags): Promise<void> {
  const { json, csv, html } = flags
  const failOn = flags.failOn === undefined ? undefined : parseFailures(flags.failOn)
  const { selection, definitions } = await readQuestion(flags)
  const result = await askResult(flags, definitions, selection)
  if (html !== undefined) {
    write(html, renderHtml(result))
    process.stderr.write(`throughline: the report is in ${html}\n`)
  }
  if (failOn) stopAt(result, failOn)
  if (json || csv || html === undefined) printResult(result, flags)
}
