import { malformed } from './bad-request.ts'

/** The engine's times are 64-bit integers with a sign; they end in 2262. */
const LAST = 2n ** 63n - 1n

/**
 * Nanoseconds since the epoch.
 *
 * @throws BadRequest when it is no whole number or beyond the engine's times; a missing one is 0
 */
export function nanoseconds(value: unknown, what: string): bigint {
  if (value === undefined || value === null) return 0n
  const isWhole = typeof value === 'string' ? /^(0|[1-9]\d{0,18})$/.test(value) : Number.isInteger(value)
  const time = typeof value === 'bigint' ? value : isWhole ? BigInt(value as string | number) : -1n
  if (time >= 0n && time <= LAST) return time
  throw malformed(`${what} must be nanoseconds since 1970, not ${JSON.stringify(String(value))}`)
}

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
