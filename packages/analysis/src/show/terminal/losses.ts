import { between, count, firstOf, percent, plain, UNKNOWN } from '../../format'
import type { JourneyResult, Ranking } from '../../result'
import { certainLosses, costliest, frequentErrors } from '../highlights'
import { correctionText, problemName, worthText } from '../words'
import type { Ink } from './ink'
import { cut, roomBeside, table, wrap } from './ink'

const SHOWN = 8

function list(ranking: Ranking, ink: Ink): string[] {
  const { paint } = ink
  const head = ['>lost', '95 %', '>worth', '>runs', '>recovered']
  const { certain, others } = certainLosses(ranking)
  const frequent = frequentErrors(ranking)
  const shown = [...certain.slice(0, SHOWN), ...frequent]
  const numbers = shown.map((problem) => {
    const { lost, lostValue, runs, recovered } = problem
    const told = frequent.includes(problem)
      ? [UNKNOWN, paint.dim('too little to tell'), '']
      : [
          paint.red(count(lost.value)),
          paint.dim(between(lost, count)),
          lostValue ? cut(worthText(lostValue), 14) : '',
        ]
    return [...told, count(runs), percent(recovered.value)]
  })

  const room = Math.max(16, roomBeside(head, numbers, ink))
  const rows = numbers.map((row, at) => [cut(problemName(shown[at]!), room), ...row])
  const more = certain.length - Math.min(certain.length, SHOWN)
  const rest = others.length - frequent.length
  const parts = [paint.underline('What costs conversions')]
  if (shown.length) parts.push(table(['', ...head], rows, ink))
  if (more > 0) parts.push(`  and ${count(more)} more`)
  if (rest > 0)
    parts.push(paint.dim(`  ${shown.length ? `${count(rest)} more` : count(rest)} without a certain loss`))
  return [...parts, wrap(correctionText(ranking), ink, 2)]
}

/** Errors, endpoints and slow steps in one list, the most expensive first. */
export function lossesSection(journey: JourneyResult, ink: Ink): string[] {
  if (!journey.ranking.problems.length) return []
  const parts = [list(journey.ranking, ink).join('\n')]
  const worst = costliest(journey)
  if (!worst) return parts
  const where = `${firstOf(worst.steps, 3)}${worst.service ? ` (${plain(worst.service)})` : ''}`
  const note = [
    wrap(`Most is lost to ${cut(problemName(worst), 60)} at ${where}.`, ink, 2),
    wrap(
      'Lost: fewer conversions than among comparable visits without it. An error, the endpoint behind it and the slow step may count the same loss.',
      ink,
      2,
    ),
  ]
  return [...parts, note.join('\n')]
}
