/** A sequence of numbers that is the same for the same seed. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number
  between(from: number, to: number): number
  /** A whole number of `from` to `to`. */
  whole(from: number, to: number): number
  pick<T>(from: readonly T[]): T
  /** A sequence of its own, so that what runs at the same time does not disturb it. */
  fork(): Random
}

/** Mulberry32. @param seed a whole number */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (from: number, to: number) => from + (to - from) * next()
  const whole = (from: number, to: number) => Math.floor(between(from, to + 1))
  return {
    next,
    between,
    whole,
    pick: (from) => from[whole(0, from.length - 1)]!,
    fork: () => randomOf(Math.floor(next() * 2 ** 32)),
  }
}
