import type { ReportPart, Result } from '../result'
import { renderCsv } from '../show/csv'
import { renderTerminal } from '../show/terminal'
import { outputInk, printJson } from './data'

/** In which form a result is printed: as text if in none of these. */
export interface FormFlags {
  readonly json?: boolean
  readonly csv?: boolean
}

/**
 * Prints a result on standard output.
 *
 * @param parts only these, as text; all if left out
 */
export function printResult(result: Result, { json, csv }: FormFlags, parts?: readonly ReportPart[]): void {
  const { width, paint } = outputInk()
  if (json) printJson(result)
  else if (csv) process.stdout.write(renderCsv(result))
  else {
    const options = { color: paint.isColorSupported, width, ...(parts && { parts }) }
    process.stdout.write(renderTerminal(result, options))
  }
}
