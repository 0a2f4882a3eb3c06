import { expect, it } from 'vitest'
import { bySlice } from './slices'
import type { Scope } from './tables'

const DAY = 864e5

/** A scope of an engine that keeps tables, with so many first visits on each day; an answer is the time it is about. */
function scopeOf(visits: readonly number[], keeps = true): Scope {
  const days = visits.map((count, day) => ({ day: day * DAY, visits: count }))
  const scope = {
    keeps,
    params: { since: 0, last: 30 * DAY },
    ask: async () => days,
    extend: (params: object) => ({ ...scope, params }),
  }
  return scope as unknown as Scope
}

const slicesOf = (scope: Scope) => bySlice(scope, async ({ params }) => [[params.since, params.last]])

it('asks for whole days, none twice and none left out', async () => {
  expect(await slicesOf(scopeOf([300_000, 300_000, 2_000_000, 10, 0, 20]))).toEqual([
    [0, 2 * DAY - 1],
    [2 * DAY, 3 * DAY - 1],
    [3 * DAY, 6 * DAY - 1],
  ])
})

it('asks once for little, for nothing, and where no table is kept', async () => {
  expect(await slicesOf(scopeOf([5, 5]))).toEqual([[0, 2 * DAY - 1]])
  expect(await slicesOf(scopeOf([]))).toEqual([])
  expect(await slicesOf(scopeOf([2e6, 2e6], false))).toEqual([[0, 30 * DAY]])
})
