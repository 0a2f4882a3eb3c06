import { between, count, duration, money, percent, plain, UNKNOWN } from '../../format'
import type { FunnelStep, JourneyResult, Result } from '../../result'
import { biggestDrop } from '../highlights'
import { everyone, observedText, units, untimedText } from '../words'
import type { Ink } from './ink'
import { bar, columns, cut, roomBeside, table, wrap } from './ink'

const BAR_AT_LEAST = 6
const BAR_AT_MOST = 40

function readiness({ ready, readiness: target }: FunnelStep, { paint }: Ink): string {
  const measured = ready ? duration(ready.p75) : UNKNOWN
  if (!target) return measured
  const limit = `≤ ${duration(target.p75AtMost)}`
  if (target.met === null) return paint.dim(`${measured} (${limit})`)
  return target.met ? paint.green(`${measured} ✓ ${limit}`) : paint.red(`${measured} ✗ ${limit}`)
}

/** How many came, converted and for how much. */
export function headline(journey: JourneyResult, unit: Result['unit'], ink: Ink): string {
  const { paint } = ink
  const { runs, conversions, rate, value, timeToConvert } = journey
  const title = `${paint.bold(plain(journey.name))} ${paint.dim(`version ${plain(journey.version)}`)}`
  const converted = `${paint.bold(percent(rate.value))} converted (${between(rate, percent)})`
  const more = [
    `${count(conversions)} of ${units(runs, unit)}`,
    ...value.map(({ amount, currency }) => `worth ${money(amount, currency)}`),
    timeToConvert &&
      [`median ${duration(timeToConvert.p50)} to convert`, untimedText(journey.untimed)]
        .filter(Boolean)
        .join(', '),
  ].filter(Boolean)
  const all = everyone(journey, unit)
  return [title, `  ${converted}`, wrap(more.join(' · '), ink, 2), ...(all ? [wrap(all, ink, 2)] : [])].join(
    '\n',
  )
}

/** One line per step: how far people came, where they left, how long it took. */
export function funnelTable({ steps }: JourneyResult, ink: Ink): string {
  const { paint } = ink
  const worst = biggestDrop(steps)
  const someGo = steps.some(({ stillGoing }) => stillGoing > 0)
  const head = ['>reached', '>share', '>left', ...(someGo ? ['>still here'] : []), '>next in', 'ready (p75)']
  const numbers = steps.map((step) => {
    const left = step.droppedOff ? `−${count(step.droppedOff)}` : UNKNOWN
    return [
      count(step.reached),
      percent(step.fromStart.value),
      step === worst ? paint.red(left) : left,
      ...(someGo ? [step.stillGoing ? count(step.stillGoing) : UNKNOWN] : []),
      step.timeToNext ? duration(step.timeToNext.p50) : UNKNOWN,
      readiness(step, ink),
    ]
  })
  const room = roomBeside(head, numbers, ink) - 2
  const names = steps.map(({ name, optional }) =>
    cut(optional ? `${name} (opt.)` : name, Math.max(8, room - BAR_AT_LEAST)),
  )
  const longest = Math.max(0, ...names.map(columns))
  const length = Math.min(BAR_AT_MOST, Math.max(BAR_AT_LEAST, room - longest))
  const rows = numbers.map((row, at) => [
    names[at]!,
    paint.cyan(bar(steps[at]!.fromStart.value, length)),
    ...row,
  ])
  const observed = observedText(steps)
  return [
    table(['step', '', ...head], rows, ink),
    ...(observed ? [ink.paint.dim(wrap(observed, ink, 2))] : []),
  ].join('\n')
}
