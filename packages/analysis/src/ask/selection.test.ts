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

it('refuses a time that ends before it begins', () => {
  expect(() => parseSelection({ since: '2026-11-10', until: '2026-11-10' }, now)).toThrow(
    /does not lie before until/,
  )
  expect(() => parseSelection({ since: '2026-12-01' }, now)).toThrow(/does not lie before now/)
})
