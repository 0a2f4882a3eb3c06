import { uuidv7Time } from '@throughline/core'
import { malformed } from './bad-request'

const DAY = 864e5

/**
 * Whether a moment (ms since the epoch) can be taken: at most 31 days in the past or a day in the future. Older ones would
 * also scatter an insert over so many days that the engine refuses it.
 */
export const isTimely = (time: number, now: number): boolean => time >= now - 31 * DAY && time <= now + DAY

/** Whether a run can be taken: its id is a UUIDv7 whose time is timely. */
export function isTimelyRun(id: string, now: number): boolean {
  const started = uuidv7Time(id)
  return started !== undefined && isTimely(started, now)
}

/**
 * Nanoseconds since the epoch.
 *
 * @throws BadRequest when it is no whole number of at most 64 bits; a missing one is 0
 */
export function nanoseconds(value: unknown, what: string): bigint {
  if (typeof value === 'bigint') return value
  if (value === undefined || value === null) return 0n
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value)
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return BigInt(value)
  throw malformed(`${what} must be nanoseconds since 1970, not ${JSON.stringify(value)}`)
}

/**
 * An id as lower-case hex digits; all zeros are no id, which is the empty string.
 *
 * @throws BadRequest when it has not as many digits
 */
export function hexId(value: unknown, digits: number, what: string): string {
  if (value === undefined || value === null || value === '') return ''
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
  if (text === '') return ''
  if (typeof text !== 'string' || text.length !== digits || !/^[\da-f]+$/i.test(text))
    throw malformed(`${what} must be ${digits} hex digits`)
  return /^0+$/.test(text) ? '' : text.toLowerCase()
}
