import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { analyse } from '../ask/analyse'
import { foldParams } from '../ask/journey-scope'
import { AT_ONCE } from '../ask/leaving'
import type { Engine } from '../engine'
import type { FunnelStep, LeavingReason } from '../result'
import type { SpanRow } from '../testing'
import { asVersion2, emptyTables, enter, openTestEngine, runId, span } from '../testing'
import { checkout2 } from './definitions'
import { fateOfRun } from './figures'
import { leavingOf } from './leaving'
import { MINUTE, T, worldOf } from './world'

const checkout: typeof checkout2 = { ...checkout2, ready: { payment: { p75: 2000 }, cart: { p75: 1000 } } }
const definitions = { journeys: [checkout], hypotheses: [] }
const RUNS = 2500

let engine: Engine
const hashes = new Map<string, string>()
beforeAll(async () => {
  engine = await openTestEngine()
  const rows = await engine.query<{ id: string; hash: string }>(
    `SELECT leftPad(lower(hex(number)), 32, '0') AS id, leftPad(toString(cityHash64(id)), 20, '0') AS hash FROM numbers(${RUNS * 64})`,
  )
  for (const { id, hash } of rows) hashes.set(id, hash)
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

const reasonsOf = ({ leftBecause }: FunnelStep) =>
  Object.fromEntries(leftBecause!.map(({ reason, units }) => [reason, units]))
const sumOf = ({ leftBecause }: FunnelStep) => leftBecause!.reduce((sum, { units }) => sum + units, 0)

it.each([1, 2])(
  'gives the reasons that the model gives of 2,500 random runs (%i)',
  async (seed) => {
    const world = worldOf(RUNS, seed, (id) => hashes.get(id)!)
    // More of the visits are ready, some are left at once, and some have a request, of which half fail.
    const entered = new Map(
      world.rows
        .filter(({ SpanName }) => SpanName === 'throughline.step.enter')
        .map((row) => [hashes.get(row.SpanAttributes['throughline.visit.id']!)!, row]),
    )
    const failing = new Set<string>()
    const rows = [...world.rows]
    const told = world.runs.map((run, number) => ({
      ...run,
      visits: run.visits.map((visit, at) => {
        const { SpanAttributes: own, Timestamp, ...enterRow } = entered.get(visit.id)!
        const add = (more: Partial<SpanRow>, attributes: Record<string, string> = {}) =>
          rows.push({
            ...enterRow,
            Timestamp,
            ...more,
            SpanId: `${rows.length}`.padStart(16, 'c'),
            SpanAttributes: { ...own, 'throughline.event.id': '', ...attributes },
          })
        const lot = (number * 7 + at) % 20
        if (lot % 6 === 5) {
          if (lot === 5) failing.add(visit.id)
          add({ SpanName: 'POST /orders', SpanKind: 'Server', StatusCode: lot === 5 ? 'Error' : 'Unset' })
        }
        if (visit.isServer) return visit
        const isReady = visit.ready === undefined && lot > 1
        const isLeft = visit.left === undefined && lot % 3 === 0
        if (isReady)
          add({ SpanName: 'throughline.step.ready' }, { 'throughline.step.ready_ms': `${lot * 150}` })
        if (isLeft)
          add(
            { SpanName: 'throughline.step.leave', Duration: lot * 250 * 1e6 },
            { 'throughline.step.outcome': lot === 18 ? 'returned' : 'left' },
          )
        return {
          ...visit,
          ...(isReady && { ready: lot * 150 }),
          ...(isLeft && {
            left: { time: visit.time + lot * 250, outcome: lot === 18 ? 'returned' : 'left' },
          }),
        }
      }),
    }))
    await engine.insert('otel_traces', rows)

    const asOf = T + 3 * 864e5 + 30 * MINUTE
    const options = { now: new Date(asOf), since: new Date(T - MINUTE), until: new Date(asOf) }
    const [found] = (await analyse(engine, definitions, options)).journeys
    const { previous, converts } = foldParams(checkout)
    const rules = {
      required: previous.map((before) => before - 1),
      converts: converts - 1,
      within: checkout.within,
      asOf,
    }
    const place = new Map<string, number>(checkout.steps.map(({ name }, at) => [name, at]))
    const runs = told
      .filter(({ journey, version, began }) => journey === 'checkout' && version === '2' && began < asOf)
      .map((run) => {
        const visits = run.visits.map(({ name, ...visit }) => ({ ...visit, step: place.get(name)! }))
        const fate = fateOfRun({ enters: visits, reports: run.reports }, rules)
        return { visits, fate, device: run.device, failed: false }
      })
    const expected = leavingOf(runs, {
      ...rules,
      targets: checkout.steps.map(({ name }) => checkout.ready[name]?.p75),
      timed: found!.steps.map(({ ready }) => ready !== null),
      quick: AT_ONCE,
      failedOn: ({ id }) => failing.has(id),
    })
    expect(found!.steps.map(reasonsOf)).toEqual(expected)
    expect(found!.steps.map(sumOf)).toEqual(found!.steps.map(({ droppedOff }) => droppedOff))
    // Every reason occurs, so that none is compared with nothing.
    expect(new Set(expected.flatMap((counts) => Object.keys(counts))).size).toBe(7)

    // In every cut, by people as well, they add up to those who left.
    for (const cut of [{ by: 'subject' as const }, { since: new Date(T + 864e5) }]) {
      const [own] = (await analyse(engine, definitions, { ...options, ...cut })).journeys
      expect(own!.steps.map(sumOf)).toEqual(own!.steps.map(({ droppedOff }) => droppedOff))
    }
  },
  120_000,
)

it('finds the errors and requests of spans that name no visit', async () => {
  const journey = defineJourney('checkout', { version: '1', steps: ['cart', 'payment'], converts: 'payment' })
  const [met, failed, twice] = ['met', 'failed', 'twice'].map((name) => runId(T, name)) as [
    string,
    string,
    string,
  ]
  const error = (run: string) =>
    span('exception', T + 10, { run, step: 'cart', attributes: { 'exception.type': 'E' } })
  const rows = [
    ...[met, failed, twice].map((run) => enter(run, 'cart', T)),
    error(met),
    span('GET /', T + 10, { run: failed, step: 'cart', kind: 'Server', status: 'Error' }),
    // Of two visits with one step and attempt nobody knows which met it.
    enter(twice, 'cart', T + 60_000),
    error(twice),
  ]
  const reasons = async () => {
    const { journeys } = await analyse(
      engine,
      { journeys: [journey], hypotheses: [] },
      { now: new Date(T + 864e5) },
    )
    return reasonsOf(journeys[0]!.steps[0]!)
  }
  await engine.insert('otel_traces', rows)
  const expected: Partial<Record<LeavingReason, number>> = { error: 1, 'failing-request': 1, other: 1 }
  expect(await reasons()).toEqual(expected)
  await emptyTables(engine)
  await engine.insert('otel_traces', asVersion2(rows, ['cart', 'payment']))
  expect(await reasons()).toMatchObject({ error: 2, 'failing-request': 1 })
})
