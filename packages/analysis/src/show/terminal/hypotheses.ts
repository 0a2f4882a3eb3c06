import { between, change, count, percent, plain, points, probability, UNKNOWN } from '../../format'
import { effectOf, INTERVAL_NAMES } from '../../infer/effect'
import type { HypothesisResult, Verdict } from '../../result'
import {
  decidedByText,
  guardrailName,
  guardrailNumbers,
  leftOutText,
  preliminaryText,
  sampleRatioText,
} from '../words'
import type { Ink } from './ink'
import { cut, table, wrap } from './ink'

function badge(verdict: Verdict, { paint }: Ink): string {
  const colour = {
    supported: paint.green,
    refuted: paint.red,
    inconclusive: paint.yellow,
    invalid: paint.magenta,
  }
  return paint.bold(colour[verdict](verdict.toUpperCase()))
}

function variantTable({ variants, preliminary }: HypothesisResult, ink: Ink): string {
  const rows = (preliminary ?? variants).map(({ variant, control, subjects, conversions, rate }) => [
    cut(control && variant !== 'control' ? `${variant} (control)` : variant, ink.width < 100 ? 24 : 48),
    count(subjects),
    count(conversions),
    subjects ? percent(rate.value) : UNKNOWN,
    subjects ? between(rate, percent) : '',
  ])
  return table(['variant', '>subjects', '>converted', '>rate', '95 %'], rows, ink)
}

function comparison(result: HypothesisResult, at: number, ink: Ink): string {
  const one = result.comparisons[at]!
  const { deciding, other, expected, write, tells } = effectOf(one, result.decidedBy)
  const [decides, otherwise] =
    result.decidedBy === 'fixed' ? (['fixed', 'sequential'] as const) : (['sequential', 'fixed'] as const)
  return [
    wrap(
      `${plain(one.variant)} against the control: ${tells ? write(deciding.value) : 'too little to tell'}; expected ${expected}`,
      ink,
      2,
    ),
    `    ${INTERVAL_NAMES[decides].padEnd(23)}${between(deciding, write)}  ${probability(deciding.p)} (decides)`,
    ink.paint.dim(
      `    ${INTERVAL_NAMES[otherwise].padEnd(23)}${between(other, write)}  ${probability(other.p)}`,
    ),
    ink.paint.dim(
      write === change
        ? `    in points              ${between(one.absolute[result.decidedBy], points)}`
        : `    relative               ${between(one.relative[result.decidedBy], change)}`,
    ),
  ].join('\n')
}

function guardrails({ guardrails: all, variants }: HypothesisResult, ink: Ink): string[] {
  const { paint } = ink
  const several = variants.length > 2
  const signs = { holds: paint.green('✓'), violated: paint.red('✗'), unknown: paint.yellow('?') }
  return all.map((one) => {
    const { limit, measured } = guardrailNumbers(one)
    const who = several ? ` (${one.variant})` : ''
    const text = `Guardrail ${guardrailName(one)}${who} ${limit}: ${measured}, ${one.status}`
    return wrap(text, ink, 2, '* ').replace('*', signs[one.status])
  })
}

/** One hypothesis: its numbers, whether they may be believed, and what follows. */
export function hypothesisSection(result: HypothesisResult, ink: Ink): string[] {
  const { id, verdict, statement, journey, reasons, sampleRatio, comparisons } = result
  const { paint } = ink
  const leftOut = leftOutText(result)
  return [
    `${paint.bold(plain(id))}  ${badge(verdict, ink)}`,
    wrap(`“${plain(statement)}” (journey ${plain(journey)})`, ink, 2),
    ...reasons.map((reason) => wrap(reason, ink, 2, '→ ')),
    '',
    ...(result.preliminary ? [wrap(preliminaryText(result), ink, 2)] : []),
    variantTable(result, ink),
    ...comparisons.map((_, at) => comparison(result, at, ink)),
    wrap(decidedByText(result), ink, 2),
    `  ${sampleRatio.ok ? paint.green('✓') : paint.red('✗')} ${cut(sampleRatioText(result), ink.width - 4)}`,
    ...guardrails(result, ink),
    ...(leftOut ? [wrap(leftOut, ink, 2)] : []),
  ]
}
