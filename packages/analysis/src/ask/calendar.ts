import { Advice } from '../advice'

const UNITS: Readonly<Record<string, number>> = { m: 6e4, h: 36e5, d: 864e5, w: 7 * 864e5 }

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** @throws Advice when no such time zone is known */
export function checkTimeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    throw new Advice(`timezone is "${name}"; write one such as Europe/Berlin, America/New_York or UTC`)
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than using it a hundred times. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, made)
  return made
}

/** How far the clocks of a time zone are ahead of UTC at a moment, in ms. */
function offsetAt(time: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(time)
  const [month, day, year, hour, minute, second] = parts
    .filter(({ type }) => type !== 'literal')
    .map(({ value }) => Number(value)) as [number, number, number, number, number, number]
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000
}

/**
 * When the clocks of a time zone show this. Of two such moments (clocks go back) the earlier one; where there is none
 * (clocks go forward) as much later as they skip: as Temporal's "compatible".
 *
 * @param shown ms, as if it were UTC
 */
function inZone(shown: number, timeZone: string): number {
  const [before, after] = [offsetAt(shown - 864e5, timeZone), offsetAt(shown + 864e5, timeZone)]
  const fits = [shown - before, shown - after].filter((time) => shown - time === offsetAt(time, timeZone))
  return fits.length ? Math.min(...fits) : shown - before
}

/** A day or moment as ISO 8601 has it; undefined for any other text, and for a day that no month has. */
function calendar(text: string, timeZone: string): Date | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', offset] =
    ISO.exec(text) ?? []
  if (!day) return undefined
  if (offset) {
    const date = new Date(text)
    // `2026-11-31` would become the first of December.
    const same = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
    return Number.isNaN(date.getTime()) || same.getUTCMonth() !== Number(month) - 1 ? undefined : date
  }
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)]
  const shown = new Date(Date.UTC(...(parts as [number, number, number, number, number, number])))
  const same = [
    shown.getUTCFullYear(),
    shown.getUTCMonth(),
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
  ]
  if (parts.some((part, index) => part !== same[index])) return undefined
  return new Date(inZone(shown.getTime() + Math.floor(Number(fraction) * 1000), timeZone))
}

/**
 * A moment: `7d` before now, or ISO 8601; a day is its beginning in the time zone.
 *
 * @throws Advice when it is neither
 */
export function parseMoment(text: string, what: string, now: Date, timeZone: string): Date {
  const [, count, unit] = /^(\d{1,9})([mhdw])$/.exec(text) ?? []
  const date = count ? new Date(now.getTime() - Number(count) * UNITS[unit!]!) : calendar(text, timeZone)
  if (!date || Number.isNaN(date.getTime()))
    throw new Advice(`${what} is "${text}"; write 30m, 12h, 7d, 4w (ago) or a date such as 2026-01-31`)
  return date
}

const HOUR = 36e5
const DAY = 864e5
/** More parts than these are no trend that anyone reads. */
const MOST_BUCKETS = 1000

export type Every = 'hour' | 'day' | 'week'

/** What the clocks of a time zone show at a moment: ms, as if it were UTC. */
const shownAt = (time: number, timeZone: string) => time + offsetAt(time, timeZone)

/** On which day of the week (0 is Monday) and in which hour a moment is, in a time zone. */
export function weekHour(time: number, timeZone: string): { weekday: number; hour: number } {
  const shown = new Date(shownAt(time, timeZone))
  return { weekday: (shown.getUTCDay() + 6) % 7, hour: shown.getUTCHours() }
}

/**
 * When the hours, days or weeks (from Monday on) of a time zone begin that lie between two moments, the one that
 * `since` is in among them. A day on which clocks change has 23 or 25 hours.
 *
 * @throws Advice when there are too many
 */
export function bucketsOf(since: number, until: number, every: Every, timeZone: string): number[] {
  const shown = shownAt(since, timeZone)
  const length = { hour: HOUR, day: DAY, week: 7 * DAY }[every]
  if ((until - since) / length > MOST_BUCKETS)
    throw new Advice(
      `every ${every} makes over ${MOST_BUCKETS} parts of this time; choose a longer one, or a later "since"`,
    )
  if (every === 'hour') {
    const first = since - (((shown % HOUR) + HOUR) % HOUR)
    return Array.from({ length: Math.ceil((until - first) / HOUR) }, (_, at) => first + at * HOUR)
  }
  const day = Math.floor(shown / DAY) * DAY
  // The first of January 1970 was a Thursday.
  const first = every === 'day' ? day : day - ((((day / DAY + 3) % 7) + 7) % 7) * DAY
  const edges: number[] = []
  for (let at = first; ; at += length) {
    const edge = inZone(at, timeZone)
    if (edge >= until && edges.length > 0) return edges
    edges.push(edge)
  }
}
