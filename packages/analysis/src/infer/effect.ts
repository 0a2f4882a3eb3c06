import { change, declared, points } from '../format'
import type { Comparison } from '../result'

export const INTERVAL_NAMES = {
  sequential: 'always-valid interval',
  fixed: 'fixed-horizon interval',
} as const

/** A relative interval that holds both half and twice the control tells nothing. */
const NOTHING = { low: -0.5, high: 1 }

/** The interval that decides, the other one, and how to write them: in the unit that the effect was declared in. */
export function effectOf({ relative, absolute, expected }: Comparison, decidedBy: 'sequential' | 'fixed') {
  const inPoints = expected.relative === undefined
  const effect = inPoints ? absolute : relative
  const write = inPoints ? points : change
  const expectedValue = expected.relative ?? expected.absolute ?? 0
  const { low, high } = relative[decidedBy]
  return {
    deciding: effect[decidedBy],
    other: effect[decidedBy === 'fixed' ? 'sequential' : 'fixed'],
    expectedValue,
    expected: declared(write(expectedValue)),
    write,
    /** Whether the interval that decides is narrow enough to be written down. */
    tells: !(low <= NOTHING.low && high >= NOTHING.high),
  }
}
