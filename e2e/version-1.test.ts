import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result, Store } from '@throughline/analysis'
import { analyse, openStore } from '@throughline/analysis'
import { defineHypothesis, defineJourney } from '@throughline/core'
import { afterAll, describe, expect, it } from 'vitest'
import { decode } from '../packages/analysis/src/receive/decode.ts'
import { openChdb } from '../packages/analysis/src/store/chdb.ts'
import { rounded } from './rounded.ts'
import { browsers, recordedAt as now, reportOfThen, schemaOfThen, servers } from './version-1/recording.ts'

// Later releases must read what the release before version 2 sent the same, also in a store that the old release
// filled.

const report = reportOfThen()

// The shop's definitions as they were.
const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '5m',
  idle: '10m',
  ready: { product: { p75: 1500 }, payment: { p75: 2000 } },
})
const onePagePayment = defineHypothesis('one-page-payment', {
  statement: 'Address and payment on one page let more people finish checkout',
  journey: checkout,
  from: 'shipping',
  variants: ['control', 'one-page'],
  weights: [0.5, 0.5],
  expect: { metric: 'conversion', relative: +0.1 },
  guardrails: [
    { metric: 'inp', step: 'payment', p75AtMost: 200 },
    { metric: 'errors', relativeAtMost: 0.05 },
  ],
  flag: 'one-page-payment',
})

const folder = mkdtempSync(join(tmpdir(), 'throughline-version-1-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Stores the recording as a receiver of its day would have: browsers' requests as public ones. */
async function fill(store: Store): Promise<void> {
  for (const { path, headers, body } of [...browsers, ...servers]) {
    const table = path === '/v1/logs' ? 'otel_logs' : 'otel_traces'
    const options = { isProtobuf: false, isGzip: false, isPublic: 'origin' in headers, now: now.getTime() }
    const { lines, rejected } = decode(Buffer.from(body), { table, ...options })
    expect(rejected).toBe(0)
    await store.append(table, lines)
  }
}

/**
 * The old report, but for what is changed on purpose:
 * - what endpoints refused is counted (the old release's pages did not count it);
 * - who met two variants under two names is counted (there were no aliases);
 * - every run is in a column: none of these began later or may still go on;
 * - what a page has not accounted for is a figure of its own;
 * - clocks that jump or are ahead, and conversions that no clock could date, are counted;
 * - what servers say of their events (the old release's said nothing);
 * - runs of crawlers and tests, errors that pages ignored, reasons of refusals and the time zone are said;
 * - why people left, where problems come from, scores, and what a finding means are said;
 * - conversions that are in no time are counted;
 * - of a hypothesis, who is counted and the effect are compared: how a verdict is reached and worded may change.
 */
const expected = {
  ...report,
  journeys: report.journeys.map((journey) => ({
    ...journey,
    beganLater: { runs: 0, conversions: 0, stillGoing: 0, value: [] },
    stillGoing: 0,
    untimed: 0,
    finishedRate: null,
    steps: journey.steps.map((step) => ({ ...step, stillGoing: 0 })),
  })),
  trust: {
    ...report.trust,
    delivery: {
      ...report.trust.delivery,
      ...{ refused: 0, refusedFor: [], unaccounted: 0, withoutAccount: 0, errorsIgnored: 0 },
    },
    servers: { instances: 0, emitted: 0, delivered: 0, refused: 0, dropped: 0, pending: 0, recovered: 0 },
    jumpedRuns: 0,
    runsAhead: 0,
    clocksAhead: { runs: 0, most: 0 },
    untestedConversions: 0,
  },
  synthetic: { shown: 'exclude', runs: 0 },
  timeZone: 'UTC',
  hypotheses: report.hypotheses.map((hypothesis) => ({
    ...hypothesis,
    leftOut: { ...hypothesis.leftOut, underTwoNames: 0 },
  })),
}

/** Who is counted for a hypothesis, and the effect. */
const counted = (result: Pick<Result, 'hypotheses'>) => ({
  ...result,
  hypotheses: result.hypotheses.map(
    ({ id, statement, decidedBy, verdict, leftOut, sampleRatio, variants, comparisons }) => ({
      ...{ id, statement, decidedBy, verdict, leftOut, sampleRatio, variants },
      effects: comparisons.map(({ variant, absolute, relative }) => ({
        variant,
        absolute: absolute?.fixed.value,
        relative: relative?.fixed.value,
      })),
    }),
  ),
})

const withoutCause = <Problem extends { cause?: unknown }>({ cause, ...problem }: Problem) => problem

/** Without what the old release did not ask: why people left, where problems come from, cuts, marks, one ranking of all. */
function asThen({ schemaVersion: _version, cut: _cut, marks: _marks, ...result }: Result) {
  const journeys = result.journeys.map(
    ({ satisfaction, ranking, breakdown, trend, change, incidents, ...journey }) => ({
      ...journey,
      steps: journey.steps.map(({ leftBecause, readySource, ...step }) => {
        expect(leftBecause!.reduce((sum, { units }) => sum + units, 0)).toBe(step.droppedOff)
        return step
      }),
      latency: journey.latency.map(withoutCause),
      errors: journey.errors.map(withoutCause),
      endpoints: journey.endpoints.map(withoutCause),
    }),
  )
  // How often events were sent again, only the second store knows.
  const notes = result.trust.notes
    .filter(({ kind }) => kind !== 'duplicates')
    .map(({ level, text }) => ({ level, text }))
  return { ...result, journeys, trust: { ...result.trust, notes } }
}

async function reportOn(store: Store) {
  const definitions = { journeys: [checkout], hypotheses: [onePagePayment] }
  // As of when nobody who was here could still convert.
  const until = new Date(now.getTime() + 2 * checkout.within)
  return rounded(counted(asThen(await analyse(store, definitions, { now, until }))))
}

describe('what the release before version 2 sent', () => {
  it('leads to the report of that release', async () => {
    const store = await openStore(join(folder, 'new'))
    try {
      await fill(store)
      expect(await reportOn(store)).toEqual(rounded(counted(expected as never)))
    } finally {
      await store.close()
    }
  })

  it('leads to it from a store that the old release filled, and that takes on what is sent again', async () => {
    const data = join(folder, 'old')
    const old = openChdb(data)
    const statements = schemaOfThen().split(/;\s*$/m)
    for (const statement of statements.filter((text) => text.trim())) await old.command(statement)
    await fill(old)
    await old.close()

    const store = await openStore(data)
    try {
      expect(await reportOn(store)).toEqual(rounded(counted(expected as never)))
      await fill(store)
      expect(await reportOn(store)).toEqual(rounded(counted(expected as never)))
    } finally {
      await store.close()
    }
  })
})
