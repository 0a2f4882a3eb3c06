import type { Result } from '../result'
import { isEmpty } from './highlights'

/** What a pipeline may stop at. */
export const FAILURES = ['refuted', 'invalid', 'readiness', 'guardrail', 'loss', 'warning'] as const
export type Failure = (typeof FAILURES)[number]
/** Those that are about the data, and not about what it says. */
export const DATA_FAILURES: readonly Failure[] = ['invalid', 'loss', 'warning']

const REASONS: Readonly<Record<Failure, (result: Result) => string[]>> = {
  refuted: ({ hypotheses }) =>
    hypotheses.filter(({ verdict }) => verdict === 'refuted').map(({ id }) => `hypothesis ${id} is refuted`),
  invalid: ({ hypotheses }) =>
    hypotheses.filter(({ verdict }) => verdict === 'invalid').map(({ id }) => `hypothesis ${id} is invalid`),
  readiness: ({ journeys }) =>
    journeys.flatMap(({ name, steps }) =>
      steps
        .filter(({ readiness }) => readiness?.met === false)
        .map((step) => `${step.name} of ${name} is slower than its target`),
    ),
  guardrail: ({ hypotheses }) =>
    hypotheses.flatMap(({ id, guardrails }) =>
      guardrails
        .filter(({ status }) => status === 'violated')
        .map(
          ({ metric, step, variant }) =>
            `${id}: ${metric}${step ? ` at ${step}` : ''} is violated by ${variant}`,
        ),
    ),
  loss: ({ trust }) =>
    trust.notes
      .filter(({ level, kind }) => level === 'warning' && /^(server-)?loss/.test(kind ?? ''))
      .map(({ text }) => text),
  warning: ({ trust }) => trust.notes.filter(({ level }) => level === 'warning').map(({ text }) => text),
}

/**
 * What a pipeline asked to stop at: why, in sentences, and the exit code. 0 if all is well, 1 if something is not, 2
 * if there are no data to tell by.
 */
export function judge(result: Result, failOn: readonly Failure[]): { code: 0 | 1 | 2; reasons: string[] } {
  if (isEmpty(result)) return { code: 2, reasons: ['there are no data to judge by'] }
  const reasons = [...new Set(failOn.flatMap((failure) => REASONS[failure](result)))]
  return { code: reasons.length ? 1 : 0, reasons }
}
