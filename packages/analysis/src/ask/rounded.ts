/** More digits than these are noise of the computer's arithmetic: 0.1 + 0.2 is no 0.30000000000000004. */
const DIGITS = 12

/** The same value with every number in it rounded to the digits that mean something; whole numbers stay as they are. */
export function rounded<Value>(value: Value): Value {
  const of = (part: unknown): unknown => {
    if (typeof part === 'number')
      return Number.isFinite(part) && !Number.isSafeInteger(part) ? Number(part.toPrecision(DIGITS)) : part
    if (Array.isArray(part)) return part.map(of)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, of(one)]))
  }
  return of(value) as Value
}
