import type { JourneyResult, LostConversions } from '../../result'
import { between, count, firstOf, percent, plain } from '../format'
import { problemName, worthText } from '../words'
import type { Ink } from './ink'
import { cut, roomBeside, table, wrap } from './ink'

const SHOWN = 8

function ranking(title: string, problems: readonly LostConversions[], ink: Ink): string[] {
  if (!problems.length) return []
  const { paint } = ink
  const head = ['>lost', '95 %', '>worth', '>runs', '>recovered']
  const numbers = problems
    .slice(0, SHOWN)
    .map(({ lost, lostValue, runs, recovered }) => [
      lost.low > 0 ? paint.red(count(lost.value)) : paint.dim(count(lost.value)),
      paint.dim(between(lost, count)),
      lostValue ? cut(worthText(lostValue), 14) : '',
      count(runs),
      percent(recovered.value),
    ])
  const room = Math.max(16, roomBeside(head, numbers, ink))
  const rows = numbers.map((row, at) => [cut(problemName(problems[at]!), room), ...row])
  const more = problems.length - SHOWN
  const parts = [paint.underline(title), table(['', ...head], rows, ink)]
  if (more > 0) parts.push(`  and ${count(more)} more`)
  return parts
}

/** Errors and endpoints, the most expensive first. */
export function lossesSection({ errors, endpoints }: JourneyResult, ink: Ink): string[] {
  const [first] = [...errors, ...endpoints].sort((a, b) => b.lost.value - a.lost.value)
  if (!first) return []
  const where = `${firstOf(first.steps, 3)}${first.service ? ` (${plain(first.service)})` : ''}`
  const byError = ranking('Conversions lost to errors', errors, ink)
  const byEndpoint = ranking('Conversions lost to endpoints', endpoints, ink)
  const parts =
    byError.length && byEndpoint.length ? [...byError, '', ...byEndpoint] : [...byError, ...byEndpoint]
  const note =
    'Lost: associated with it, beyond what such visits lose without it. An error and the endpoint behind it may count the same loss.'
  if (first.lost.low > 0) parts.push(wrap(`The costliest happens at ${cut(where, 120)}.`, ink, 2))
  return [...parts, wrap(note, ink, 2)]
}
