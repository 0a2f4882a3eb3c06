// What the wire contract (docs/attributes.md) bounds. Browser, server and receiver use these; the gateway repeats them.
import { uuidv7Time } from './ids'

const DAY = 864e5

/** The longest `within`: a conversion later than this does not belong to its run. */
export const LONGEST_WITHIN: number = 366 * DAY

const isBetween = (time: number | undefined, now: number, past: number): boolean =>
  time! >= now - past * DAY && time! <= now + 3 * DAY

/**
 * Whether a run can be taken: its id is a UUIDv7 whose time lies at most 400 days in the past or three days in the
 * future.
 *
 * @param now ms since the epoch
 */
export const isRunId = (id: unknown, now: number): boolean => isBetween(uuidv7Time(id), now, 400)

/**
 * Whether something that happened at a moment can be taken: at most 31 days in the past or three days in the future.
 *
 * @param time ms since the epoch
 * @param now ms since the epoch
 */
export const isTimely = (time: number, now: number): boolean => isBetween(time, now, 31)

/** Whether a text can be the name of a journey, step, hypothesis or variant. */
export const isName = (name: unknown): name is string =>
  typeof name === 'string' && /^[a-z0-9][a-z0-9-]{0,47}$/.test(name)

/** Whether a text can be a journey's version: one that comes through every implementation of baggage unchanged. */
export const isVersion = (version: unknown): version is string =>
  typeof version === 'string' && /^[\w.-]{1,32}$/.test(version)

/** Whether a text is the id of a visit or an event: 32 hex digits. */
export const isEventId = (id: unknown): id is string => /^[\da-f]{32}$/.test(`${id}`)
