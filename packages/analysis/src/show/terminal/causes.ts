import { harmless, plain } from '../../format'
import type { Cause, CauseExample, JourneyResult, Problem } from '../../result'
import { causeOf, certainLosses, frequentErrors } from '../highlights'
import { causeTexts, problemName } from '../words'
import type { Ink } from './ink'
import { cut, wrap } from './ink'

/** Problems whose cause a report shows. */
const SHOWN = 3
/** Lines of a stack. */
const LINES = 4

const stackLines = ({ stack }: Cause, most: number, { paint, width }: Ink): string[] =>
  harmless(stack)
    .split('\n')
    .filter((line) => line.trim())
    .slice(0, most)
    .map((line) => paint.dim(`    ${cut(line, width - 4)}`))

const exampleText = ({ run, trace, release }: CauseExample): string =>
  `Met in run ${plain(run)}${trace && `, trace ${plain(trace)}`}${release ? `, answered by release ${plain(release)}` : ''}.`

/** One problem: where it was seen, an error's stack, and runs that met it. */
export function causeBlock(
  problem: Pick<Problem, 'kind' | 'label' | 'key' | 'steps' | 'service'>,
  cause: Cause | undefined,
  timeZone: string,
  ink: Ink,
  { lines, runs } = { lines: LINES, runs: 1 },
): string {
  const { key, kind, service } = problem
  const head = [
    `  ${ink.paint.bold(cut(problemName(problem), ink.width - 2))}`,
    ...(kind === 'slow-step' ? [] : [ink.paint.dim(`    ${cut(kind === 'error' ? key : service, 60)}`)]),
  ]
  if (!cause) return head.join('\n')
  const examples = cause.examples.slice(0, runs).map((example) => wrap(exampleText(example), ink, 4))
  return [
    ...head,
    ...causeTexts(cause, kind, timeZone).map((text) => wrap(text, ink, 4)),
    ...examples,
    ...stackLines(cause, lines, ink),
  ].join('\n')
}

/** Where the problems that cost the most come from. */
export function causesSection(journey: JourneyResult, timeZone: string, ink: Ink): string {
  const { ranking } = journey
  const shown = [...certainLosses(ranking).certain, ...frequentErrors(ranking)]
    .map((problem) => ({ problem, cause: causeOf(journey, problem) }))
    .filter(({ cause }) => cause)
    .slice(0, SHOWN)
  if (!shown.length) return ''
  return [
    ink.paint.underline('Where these come from'),
    ...shown.map(({ problem, cause }) => causeBlock(problem, cause, timeZone, ink)),
  ].join('\n')
}
