import { Advice } from '../advice'
import { plain } from '../format'
import type { Result } from '../result'
import type { Failure } from '../show/fail-on'
import { judge } from '../show/fail-on'

/**
 * Reads `--fail-on`.
 *
 * @param known what this command can stop at
 * @returns undefined if it was not given
 * @throws Advice when it names anything else
 */
export function parseFailures(text: string | undefined, known: readonly Failure[]): Failure[] | undefined {
  if (text === undefined) return undefined
  return String(text)
    .split(',')
    .map((name) => {
      const found = known.find((failure) => failure === name.trim())
      if (!found)
        throw new Advice(`--fail-on is "${text}"; give any of ${known.join(', ')}, with commas between`)
      return found
    })
}

/** Says why a pipeline should stop, and sets the exit code. */
export function stopAt(result: Result, failOn: readonly Failure[] | undefined): void {
  if (!failOn) return
  const { code, reasons } = judge(result, failOn)
  for (const reason of reasons) process.stderr.write(`throughline: ${plain(reason)}\n`)
  process.exitCode = code
}
