import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketsOf, weekHour } from './calendar'
import { parseSelection } from './selection'

const now = new Date('2026-11-20T12:00:00Z')

it.each([
  ['7d', '2026-11-13T12:00:00.000Z'],
  ['2026-10-31', '2026-10-31T00:00:00.000Z'],
  ['2026-11-20T10:00:00+01:00', '2026-11-20T09:00:00.000Z'],
])('reads %s', (since, iso) => {
  expect(parseSelection({ since }, now).since!.toISOString()).toBe(iso)
})

it.each(['2026-11-31', '2026', '11/25/2026', '2026-02-29', 'yesterday', '2026-13-01', '2026-1-1'])(
  'refuses %s, which is no day or could be another one',
  (since) => {
    expect(() => parseSelection({ since }, now)).toThrow(/since is ".*"; write/)
  },
)

it.each([
  // Clocks go forward at 2 h on 29 March and back at 3 h on 25 October.
  ['2026-03-29', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', '2026-03-29T22:00:00.000Z'],
  ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25', '2026-10-24T22:00:00.000Z'],
  ['2026-10-26', '2026-10-25T23:00:00.000Z'],
  ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25T02:30:00Z', '2026-10-25T02:30:00.000Z'],
  ['7d', '2026-11-13T12:00:00.000Z'],
])('reads %s in a time zone with daylight saving', (since, iso) => {
  const { since: from, timeZone } = parseSelection({ since, timezone: 'Europe/Berlin' }, now)
  expect([from!.toISOString(), timeZone]).toEqual([iso, 'Europe/Berlin'])
})

it.each([
  [{ timezone: 'Berlin' }, /timezone is "Berlin"; write one such as Europe/],
  [{ synthetic: 'no' }, /synthetic is "no"; write exclude, include or only/],
  [{ by: ['run', 'subject'] }, /by is both "run" and "subject"/],
  [{ by: ['browser', 'os'] }, /by is "browser" and "os"; choose one/],
  [{ every: 'year' }, /every is "year"; write hour, day or week/],
  [{ against: '2026-03-29..2026-03-28' }, /against is "2026-03-29..2026-03-28", which ends before/],
  [{ against: 'x..y' }, /against is "x"/],
  [{ since: '2026-03-29T25:00' }, /since is/],
])('refuses %j', (selection, message) => {
  expect(() => parseSelection(selection, now)).toThrow(message)
})

it('refuses a time that ends before it begins', () => {
  expect(() => parseSelection({ since: '2026-11-10', until: '2026-11-10' }, now)).toThrow(
    /does not lie before until/,
  )
  expect(() => parseSelection({ since: '2026-12-01' }, now)).toThrow(/does not lie before now/)
})

it('takes what is counted and what it is broken down by from one option', () => {
  expect(parseSelection({ by: 'subject' }, now)).toEqual({ now, by: 'subject' })
  expect(parseSelection({ by: ['subject', 'browser', 'browser'] }, now)).toMatchObject({
    by: 'subject',
    breakdown: 'browser',
  })
  expect(
    parseSelection({ where: 'browser=Firefox', every: 'day', against: 'previous', step: 'cart' }, now),
  ).toEqual({
    now,
    where: ['browser=Firefox'],
    every: 'day',
    against: 'previous',
    step: 'cart',
  })
  expect(
    parseSelection({ against: '2026-11-01..2026-11-08', timezone: 'Europe/Berlin' }, now).against,
  ).toEqual({
    since: new Date('2026-10-31T23:00:00Z'),
    until: new Date('2026-11-07T23:00:00Z'),
  })
})

describe('parts of time', () => {
  const at = (iso: string) => Date.parse(iso)
  const iso = (times: readonly number[]) => times.map((time) => new Date(time).toISOString())

  it('begins days at midnight of the time zone, also where clocks change', () => {
    // 23 hours on 29 March, 25 on 25 October.
    expect(iso(bucketsOf(at('2026-03-28T12:00Z'), at('2026-03-30T12:00Z'), 'day', 'Europe/Berlin'))).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ])
    expect(iso(bucketsOf(at('2026-10-25T12:00Z'), at('2026-10-25T23:30Z'), 'day', 'Europe/Berlin'))).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
  })

  it('begins weeks on Monday, and hours where the zone has them', () => {
    expect(iso(bucketsOf(at('2026-11-22T12:00Z'), at('2026-11-24T00:00Z'), 'week', 'UTC'))).toEqual([
      '2026-11-16T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ])
    expect(iso(bucketsOf(at('2026-11-20T12:40Z'), at('2026-11-20T13:31Z'), 'hour', 'Asia/Kolkata'))).toEqual([
      '2026-11-20T12:30:00.000Z',
      '2026-11-20T13:30:00.000Z',
    ])
  })

  it('holds every moment in one part, whatever the zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    )
    const every = fc.constantFrom('hour' as const, 'day' as const, 'week' as const)
    const moment = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2026-12-31T00:00Z') })
    fc.assert(
      fc.property(
        zones,
        every,
        moment,
        fc.integer({ min: 1, max: 20 * 864e5 }),
        (zone, length, since, span) => {
          const edges = bucketsOf(since, since + span, length, zone)
          expect(edges[0]).toBeLessThanOrEqual(since)
          expect(edges.at(-1)).toBeLessThan(since + span)
          const most = { hour: 36e5, day: 25 * 36e5, week: 7 * 864e5 + 36e5 }[length]
          for (const [at, edge] of edges.entries())
            expect((edges[at + 1] ?? since + span) - edge).toBeLessThanOrEqual(most)
        },
      ),
    )
  })

  it('refuses a trend that nobody reads', () => {
    expect(() => bucketsOf(0, 400 * 864e5, 'hour', 'UTC')).toThrow('every hour makes over 1000 parts')
  })

  it('knows which day of the week and hour it is somewhere', () => {
    expect(weekHour(at('2026-11-22T23:30Z'), 'Europe/Berlin')).toEqual({ weekday: 0, hour: 0 })
    expect(weekHour(at('2026-11-22T23:30Z'), 'UTC')).toEqual({ weekday: 6, hour: 23 })
  })
})
