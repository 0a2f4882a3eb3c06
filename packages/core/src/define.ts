/** Milliseconds, or a number with a unit. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }

/** A duration in milliseconds; NaN when it is none. */
export function milliseconds(input: Duration): number {
  const [, count, unit = 'ms'] = /^([\d.]+)(\D+)?$/.exec(`${input}`) ?? []
  return Number(count) * UNITS[unit]!
}
