import type { Result } from '@throughline/analysis'
import { rounded as toDigits } from '../packages/analysis/src/ask/rounded.ts'

/** A report as JSON has it, also one of a release that did not round: sums of fractions depend on their order. */
export const rounded = (result: unknown): Result => JSON.parse(JSON.stringify(toDigits(result)))
