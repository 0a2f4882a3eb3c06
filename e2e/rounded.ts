import type { Result } from '@throughline/analysis'

/** Sums of fractions depend on the order of what is added: the last digits say nothing. */
export const rounded = (result: unknown): Result =>
  JSON.parse(JSON.stringify(result), (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  )
