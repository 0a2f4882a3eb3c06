import { createHash } from 'node:crypto'
import { diag } from '@opentelemetry/api'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hostile } from '../../core/src/hostile'
import { continueRun } from './continue-run'
import type { ServerConversion, ServerFailure } from './journey-handle'
import { getJourney } from './request-journey'
import { checkout, definitions, runId, startOpenTelemetry } from './testing'

const DAY = 864e5
const warn = vi.fn()
let otel: ReturnType<typeof startOpenTelemetry>
beforeEach(() => {
  otel = startOpenTelemetry()
  const quiet = () => {}
  diag.setLogger({ warn, error: warn, info: quiet, debug: quiet, verbose: quiet })
})
afterEach(() => {
  otel.stop()
  diag.disable()
  warn.mockReset()
})

const outcomes = () => otel.spans('throughline.run.end').map(({ attributes }) => attributes)
const on = (run: string, work: () => void) =>
  continueRun(definitions, { journey: 'checkout', version: '1', run, step: 'payment' }, work)

/** What is recorded of a conversion, by short names, and what is said about it. */
function converted(conversion: object, run = runId()) {
  on(run, () => getJourney()?.convert(checkout, conversion as ServerConversion))
  const found = outcomes().at(-1)!
  return {
    value: found['throughline.conversion.value'],
    currency: found['throughline.conversion.currency'],
    at: found['throughline.run.outcome_at'],
    said: warn.mock.calls.map(([message]) => `${message}`),
  }
}

describe('what a conversion is worth', () => {
  it.each([
    [40, 40],
    [0, 0],
    ['40', 40],
    ['12.50', 12.5],
    [' 7 ', 7],
  ])('is read: %j', (value, expected) =>
    expect(converted({ value })).toMatchObject({ value: expected, said: [] }),
  )

  it.each(['1,50', '1e3', '0x10', '', 'forty', Number.NaN, Number.POSITIVE_INFINITY, true, {}])(
    'is ignored, and the conversion recorded: %j',
    (value) =>
      expect(converted({ value })).toMatchObject({
        value: undefined,
        said: [expect.stringContaining('ignored the value of a conversion')],
      }),
  )

  it.each([-1, '-0.01'])('says what to do about a refund: %j', (value) =>
    expect(converted({ value, currency: 'EUR' })).toMatchObject({
      ...{ value: undefined, currency: 'EUR' },
      said: [expect.stringMatching(/after a full refund call fail\(journey, \{ key \}\)/)],
    }),
  )

  it.each(['eur', 'EUR', 'Eur'])('is in %s', (currency) =>
    expect(converted({ currency })).toMatchObject({ currency: 'EUR', said: [] }),
  )

  it.each(['euro', '€', 'E1R', 978, ''])('is in nothing: %j', (currency) =>
    expect(converted({ currency })).toMatchObject({
      currency: undefined,
      said: [expect.stringContaining('ignored the currency of a conversion')],
    }),
  )
})

it('a conversion without a value can be given one, once', () => {
  const run = runId()
  on(run, () => {
    for (const value of [undefined, undefined, 40, undefined, 50])
      getJourney()?.convert(checkout, { value, key: 'order-7' })
  })
  const [first, second, ...more] = outcomes()
  expect(first).not.toHaveProperty(['throughline.event.resent'])
  expect(second).toEqual({ ...first, 'throughline.conversion.value': 40, 'throughline.event.resent': true })
  expect(more).toEqual([])
})

describe('when an outcome happened', () => {
  it.each([new Date(Date.now() - DAY), new Date(), Date.now() - DAY, Date.now() + 0.6])('is %s', (at) =>
    expect(converted({ at }, runId(Date.now() - 2 * DAY))).toMatchObject({
      at: Math.round(Number(at)),
      said: [],
    }),
  )

  it('may be as long ago as a run may be', () => {
    const [start, at] = [Date.now() - 399 * DAY, Date.now() - 398 * DAY]
    expect(converted({ at }, runId(start))).toMatchObject({ at, said: [] })
  })

  it.each<[string, unknown]>([
    ['a text', new Date().toISOString()],
    ['no date', new Date('x')],
    ['no number', Number.NaN],
    ['seconds', Date.now() / 1000],
    ['long before the run', Date.now() - 4 * DAY],
    ['to come', Date.now() + 4 * DAY],
    ['beyond dates', 9e15],
  ])('is ignored, and the outcome recorded, when it is %s', (_, at) =>
    expect(converted({ at })).toMatchObject({
      at: undefined,
      said: [expect.stringContaining('`at` of an outcome')],
    }),
  )
})

describe('the id of an outcome', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
  /** As the first release worked it out. */
  const version1 = (run: string, key: string) => hash(`${run}/${key}`)

  it('comes with the one that the first release gave it, whatever the key', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ maxLength: 40 }), { nil: undefined }), (key) => {
        const run = runId()
        on(run, () => {
          getJourney()?.convert(checkout, { key })
          getJourney()?.fail(checkout, { key })
        })
        const [convert, fail] = outcomes().slice(-2)
        expect(convert).toMatchObject({
          'throughline.event.id': hash(`${run}/converted/${key ?? ''}`),
          'throughline.event.legacy_id': version1(run, key ?? 'converted'),
        })
        expect(fail!['throughline.event.id']).toBe(hash(`${run}/failed/${key ?? ''}`))
        expect(fail!['throughline.event.legacy_id']).toBe(key ? undefined : version1(run, 'failed'))
      }),
    )
  })

  it('of a number is that of its digits', () => {
    const run = runId()
    on(run, () => getJourney()?.convert(checkout, { key: 7 } as never))
    expect(outcomes()[0]).toMatchObject({ 'throughline.event.legacy_id': version1(run, '7') })
  })

  it('says once that failures without a key are one', () => {
    const fail = (failure?: ServerFailure) => on(run, () => getJourney()?.fail(checkout, failure))
    const run = runId()
    fail({ key: 'a' })
    fail({ key: 'a' })
    fail()
    expect(warn).not.toHaveBeenCalled()
    for (let i = 0; i < 3; i++) fail({ reason: 'declined' })
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/fail\(journey, \{ key: payment.id \}\)/)]])
    expect(outcomes()).toHaveLength(2)
  })

  it('is the same for a reason alone, as JavaScript of the first release passes it', () => {
    const run = runId()
    on(run, () => getJourney()?.fail(checkout, 'declined' as never))
    expect(outcomes()).toMatchObject([
      { 'throughline.event.legacy_id': version1(run, 'failed'), 'throughline.run.end_reason': 'declined' },
    ])
  })
})

it('whatever is passed, the host goes on, and attributes have their types', () => {
  const types: Record<string, string> = {
    'throughline.conversion.value': 'number',
    'throughline.conversion.currency': 'string',
    'throughline.run.outcome_at': 'number',
    'throughline.event.legacy_id': 'string',
  }
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, hostile, (journey, value, currency, key, at) => {
      on(runId(), () => {
        const given = { value, currency, key, at, reason: 'x' } as never
        getJourney()?.convert(checkout, given)
        getJourney()?.fail(checkout, given)
        getJourney()?.convert(checkout, value as never)
        getJourney()?.fail(journey as never, value as never)
      })
    }),
    { numRuns: 500 },
  )
  expect(outcomes().length).toBeGreaterThan(500)
  for (const found of outcomes())
    for (const [name, type] of Object.entries(types)) if (name in found) expect(typeof found[name]).toBe(type)
})
