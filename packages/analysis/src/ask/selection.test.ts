import { expect, it } from 'vitest'
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
  [{ by: 'people' }, /by is "people"; write run or subject/],
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
