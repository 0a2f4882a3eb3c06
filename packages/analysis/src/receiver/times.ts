import { malformed } from './bad-request.ts'

/** The engine's times are 64-bit integers with a sign; they end in 2262. */
const LAST = '9223372036854775807'

/**
 * Nanoseconds since the epoch, as decimal digits: a number would lose some, and a bigint is slow where every span has two.
 *
 * @throws BadRequest when it is no whole number or beyond the engine's times; a missing one is 0
 */
export function nanoseconds(value: unknown, what: string): string {
  if (value === undefined || value === null) return '0'
  const text = typeof value === 'number' && Number.isInteger(value) ? String(BigInt(value)) : String(value)
  if (text.length <= 19 && /^(0|[1-9]\d*)$/.test(text) && (text.length < 19 || text <= LAST)) return text
  throw malformed(`${what} must be nanoseconds since 1970, not ${JSON.stringify(text)}`)
}

/** Nanoseconds as ms, as near as a number can be. */
export const milliseconds = (time: string): number =>
  Number(time.slice(0, -9)) * 1000 + Number(time.slice(-9)) / 1e6

/** From one time to another, in ns: exact up to a hundred days. */
export const elapsed = (start: string, end: string): number =>
  (Number(end.slice(0, -9)) - Number(start.slice(0, -9))) * 1e9 +
  Number(end.slice(-9)) -
  Number(start.slice(-9))

const HEX = /^[\da-f]+$/i
const ZEROS = /^0+$/

/**
 * An id as lower-case hex digits; all zeros are no id, which is the empty string.
 *
 * @throws BadRequest when it has not as many digits
 */
export function hexId(value: unknown, digits: number, what: string): string {
  if (value === undefined || value === null || value === '') return ''
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
  if (text === '') return ''
  if (typeof text !== 'string' || text.length !== digits || !HEX.test(text))
    throw malformed(`${what} must be ${digits} hex digits`)
  return ZEROS.test(text) ? '' : text.toLowerCase()
}
