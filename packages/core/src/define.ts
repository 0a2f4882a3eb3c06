/** Milliseconds, or a number with a unit. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }

/** Throws when a definition is not usable: definitions are written by developers and fail at start, never later. */
export function check(ok: boolean, message: string): asserts ok {
  if (!ok) throw new TypeError(`throughline: ${message}`)
}

export function checkName(name: unknown, what: string): void {
  check(
    typeof name === 'string' && /^[a-z0-9][a-z0-9-]{0,47}$/.test(name),
    `${what} has the name "${name}"; use 1 to 48 lower-case letters, digits and hyphens`,
  )
}

/** A duration in milliseconds. */
export function duration(input: Duration, what: string): number {
  const [, count, unit] = /^([\d.]+)(ms|[smhd])$/.exec(`${input}`) ?? []
  const ms = typeof input === 'number' ? input : Number(count) * UNITS[unit!]!
  check(
    ms > 0 && ms < Number.POSITIVE_INFINITY,
    `${what} is "${input}"; write milliseconds or '30m', '2h', '1d'`,
  )
  return ms
}
