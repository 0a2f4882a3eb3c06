import { change, declared, points } from '../format'
import type { Comparison } from '../result'

export const INTERVAL_NAMES = {
  sequential: 'always-valid interval',
  fixed: 'fixed-horizon interval',
} as const

/** The interval that decides, the other one, and how to write them: in the unit that the effect was declared in. */
export function effectOf({ relative, absolute, expected }: Comparison, decidedBy: 'sequential' | 'fixed') {
  const inPoints = expected.relative === undefined
  const effect = inPoints ? absolute : relative
  const write = inPoints ? points : change
  const expectedValue = expected.relative ?? expected.absolute ?? 0
  return {
    deciding: effect[decidedBy],
    other: effect[decidedBy === 'fixed' ? 'sequential' : 'fixed'],
    expectedValue,
    expected: declared(write(expectedValue)),
    write,
  }
}
