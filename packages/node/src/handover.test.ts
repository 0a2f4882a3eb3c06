import { createHmac } from 'node:crypto'
import { createTracker, joinJourney } from '@throughline/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { continueRun } from './continue-run'
import { createHandover } from './handover'
import { getJourney } from './request-journey'
import { checkout, definitions, runId, signup, startOpenTelemetry } from './testing'

const secret = 'a secret of some thirty-two bytes'
const handover = createHandover({ secret })
const onPayment = () => ({ journey: 'checkout', version: '1', run: runId(), step: 'payment', attempt: 2 })
const DAY = 864e5

afterEach(() => vi.useRealTimers())

describe('a handover token', () => {
  it('carries a run', () => {
    const run = onPayment()
    expect(handover.verify(handover.sign(run))).toEqual(run)
    const { step, attempt, ...known } = run
    expect(handover.verify(handover.sign(known))).toEqual(known)
  })

  it('fits into a link', () => expect(handover.sign(onPayment())).toMatch(/^[\w-]+\.[\w-]{43}$/))

  it('is none without a run', () => {
    expect(handover.sign(undefined)).toBeUndefined()
    expect(handover.verify(undefined)).toBeUndefined()
  })

  it('expires', () => {
    vi.useFakeTimers({ now: Date.now() })
    const token = createHandover({ secret, lifetime: '2d' }).sign(onPayment())
    vi.setSystemTime(Date.now() + 2 * DAY - 1)
    expect(handover.verify(token)).toBeDefined()
    vi.setSystemTime(Date.now() + 1)
    expect(handover.verify(token)).toBeUndefined()
  })

  it('is worth nothing when a single character was changed', () => {
    const token = handover.sign(onPayment())!
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'aZ09-_.='), (at, letter) => {
        fc.pre(token[at] !== letter)
        expect(handover.verify(token.slice(0, at) + letter + token.slice(at + 1))).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['', '.', 'a', 'a.b', 'a.b.c', '.'.repeat(5000), null, undefined, 7, {}])('is not %j', (token) =>
    expect(handover.verify(token as never)).toBeUndefined(),
  )

  it.each([
    'null',
    '7',
    '[]',
    '{',
    '{"j":1,"v":"1","r":"x","t":0,"x":9e15}',
    `{"t":0,"x":${Date.now() + 32 * DAY}}`,
  ])('is not %s, even when it is signed', (json) => {
    const payload = Buffer.from(json).toString('base64url')
    const signature = createHmac('sha256', secret).update(payload).digest('base64url')
    expect(handover.verify(`${payload}.${signature}`)).toBeUndefined()
  })

  it('of the secret before is taken while both are known', () => {
    const token = handover.sign(onPayment())
    const next = 'another secret of thirty-two bytes'
    expect(createHandover({ secret: [next, secret] }).verify(token)).toBeDefined()
    expect(createHandover({ secret: next }).verify(token)).toBeUndefined()
  })

  it('is joined by a browser', () => {
    const run = onPayment()
    const tracker = createTracker({ journeys: [checkout] })
    expect(joinJourney(tracker, handover.sign(run)!, undefined as never)).toBe(true)
    tracker.enter(checkout, 'payment')
    expect(tracker.current()).toMatchObject({ run: run.run, step: 'payment', attempt: 3 })
  })

  it.each<[string, object, RegExp]>([
    ['no secret', { secret: undefined }, /openssl rand/],
    ['no secrets', { secret: [] }, /openssl rand/],
    ['a short secret', { secret: 'hunter2' }, /at least 16 bytes/],
    ['a long life', { secret, lifetime: '32d' }, /31d/],
    ['a life that is none', { secret, lifetime: 'soon' }, /31d/],
  ])('is not made with %s', (_, options, message) =>
    expect(() => createHandover(options as never)).toThrow(message),
  )
})

describe('continueRun', () => {
  let otel: ReturnType<typeof startOpenTelemetry>
  beforeEach(() => {
    otel = startOpenTelemetry()
  })
  afterEach(() => otel.stop())

  it('confirms what a webhook reports about a run', async () => {
    const run = onPayment()
    const token = handover.sign(run)
    const result = await continueRun({ ...definitions, subject: 'ann' }, handover.verify(token), async () => {
      await new Promise((resolve) => setImmediate(resolve))
      getJourney()?.convert(checkout, { value: 12.5, currency: 'EUR', key: 'order-9' })
      return 'done'
    })
    expect(result).toBe('done')
    expect(otel.spans('throughline.run.end').map(({ attributes }) => attributes)).toMatchObject([
      {
        'throughline.run.id': run.run,
        'throughline.step.name': 'payment',
        'throughline.step.index': 3,
        'throughline.step.attempt': 2,
        'throughline.conversion.value': 12.5,
        'throughline.subject.id': 'ann',
      },
    ])
  })

  it.each<[string, object | undefined]>([
    ['none', undefined],
    ['an unknown step', { ...onPayment(), step: 'gone' }],
    ['an unknown version', { ...onPayment(), version: '9' }],
    ['an old run', { ...onPayment(), run: runId(Date.now() - 40 * DAY) }],
  ])('works without a journey when the run is %s', (_, run) => {
    expect(continueRun(definitions, run as never, () => getJourney()?.current())).toBeUndefined()
  })

  it('knows a run of which only the id came along', () => {
    const run = runId()
    continueRun(definitions, { journey: 'signup', version: '2', run }, () => {
      expect(getJourney()?.current()).toBeUndefined()
      expect(getJourney()?.current(signup)).toMatchObject({ run, version: '2' })
    })
  })
})
