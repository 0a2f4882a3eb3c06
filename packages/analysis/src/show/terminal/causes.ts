import { harmless, plain } from '../../format'
import type { Cause, JourneyResult, LostConversions } from '../../result'
import { certainLosses, frequentErrors } from '../highlights'
import { causeTexts, problemName } from '../words'
import type { Ink } from './ink'
import { cut, wrap } from './ink'

/** Errors whose cause a report shows. */
const SHOWN = 3
/** Lines of a stack. */
const LINES = 4

const stackLines = ({ stack }: Cause, most: number, { paint, width }: Ink): string[] =>
  harmless(stack)
    .split('\n')
    .filter((line) => line.trim())
    .slice(0, most)
    .map((line) => paint.dim(`    ${cut(line, width - 4)}`))

/** One error: where it was seen, its stack, and runs that met it. */
export function causeBlock(
  error: LostConversions,
  timeZone: string,
  ink: Ink,
  { lines, runs } = { lines: LINES, runs: 1 },
): string {
  const { cause, key } = error
  const head = [
    `  ${ink.paint.bold(cut(problemName(error), ink.width - 2))}`,
    ink.paint.dim(`    ${cut(key, 60)}`),
  ]
  if (!cause) return head.join('\n')
  const examples = cause.examples
    .slice(0, runs)
    .map(({ run, trace }) => wrap(`Met in run ${plain(run)}, trace ${plain(trace)}.`, ink, 4))
  return [
    ...head,
    ...causeTexts(cause, timeZone).map((text) => wrap(text, ink, 4)),
    ...examples,
    ...stackLines(cause, lines, ink),
  ].join('\n')
}

/** Where the errors that cost the most come from. */
export function causesSection({ ranking, errors }: JourneyResult, timeZone: string, ink: Ink): string {
  const shown = [...certainLosses(ranking).certain, ...frequentErrors(ranking)]
    .flatMap(({ kind, key }) =>
      errors.filter((error) => kind === 'error' && error.key === key && error.cause),
    )
    .slice(0, SHOWN)
  if (!shown.length) return ''
  return [
    ink.paint.underline('Where these errors come from'),
    ...shown.map((error) => causeBlock(error, timeZone, ink)),
  ].join('\n')
}
