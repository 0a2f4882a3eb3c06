import { createHmac } from 'node:crypto'
import { createTracker, joinJourney } from '@throughline/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { continueRun } from './continue-run'
import { createHandover } from './handover'
import { getJourney } from './request-journey'
import { checkout, definitions, runId, signup, startOpenTelemetry, VISIT } from './testing'

const secret = 'a secret of some thirty-two bytes'
const handover = createHandover({ secret })
const onPayment = () => ({
  ...{ journey: 'checkout', version: '1', run: runId(), step: 'payment', index: 3, attempt: 2 },
  ...{ visitId: VISIT, visitIndex: 4, within: checkout.within },
})
const DAY = 864e5

afterEach(() => vi.useRealTimers())

describe('a handover token', () => {
  it('carries a run', () => {
    const run = onPayment()
    expect(handover.verify(handover.sign(run))).toEqual(run)
    const { step, index, attempt, visitId, visitIndex, ...known } = run
    expect(handover.verify(handover.sign(known))).toEqual(known)
    const { visitIndex: _, ...entered } = { ...run, visitAfter: 4 }
    expect(handover.verify(handover.sign(entered))).toEqual(entered)
  })

  it('of the first release is taken until it expires', () => {
    const [t, x] = [Date.now(), Date.now() + DAY]
    const run = runId()
    const json = JSON.stringify({ j: 'checkout', v: '1', r: run, s: 'payment', a: 2, t, x, n: 'n' })
    const payload = Buffer.from(json).toString('base64url')
    const signature = createHmac('sha256', secret).update(payload).digest('base64url')
    expect(handover.verify(`${payload}.${signature}`)).toEqual({
      ...{ journey: 'checkout', version: '1', run, step: 'payment', attempt: 2 },
    })
  })

  it('fits into a link', () => expect(handover.sign(onPayment())).toMatch(/^[\w-]{1,500}\.[\w-]{43}$/))

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

  it.each<[string, object, number]>([
    ['as long as its journey can convert', {}, checkout.within],
    ['a day when that is not known', { within: undefined }, DAY],
    ['a year at most', { within: 400 * DAY }, 366 * DAY],
  ])('lives %s', (_, change, ms) => {
    vi.useFakeTimers({ now: Date.now() })
    const token = handover.sign({ ...onPayment(), ...change })
    vi.setSystemTime(Date.now() + ms - 1)
    expect(handover.verify(token)).toBeDefined()
    vi.setSystemTime(Date.now() + 1)
    expect(handover.verify(token)).toBeUndefined()
  })

  it('that servers take for longer is joined by a browser while the run can convert', () => {
    vi.useFakeTimers({ now: Date.now() })
    const token = createHandover({ secret, lifetime: '180d' }).sign(onPayment())!
    const joins = () => joinJourney(createTracker({ journeys: [checkout] }), token, undefined as never)
    expect(joins()).toBe(true)
    vi.setSystemTime(Date.now() + checkout.within + 1)
    expect(joins()).toBe(false)
    expect(handover.verify(token)).toBeDefined()
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
    `{"j":"a","v":"1","r":"x","t":${Date.now() - DAY},"x":${Date.now() + 366 * DAY}}`,
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
    expect(tracker.current()).toMatchObject({ run: run.run, step: 'payment', attempt: 3, visitIndex: 5 })
  })

  it('of a step that a server entered goes on behind what that was after', () => {
    const { visitIndex, ...run } = { ...onPayment(), visitAfter: 4 }
    const tracker = createTracker({ journeys: [checkout] })
    joinJourney(tracker, handover.sign(run)!, undefined as never)
    tracker.enter(checkout, 'confirmation')
    expect(tracker.current()).toMatchObject({ run: run.run, visitIndex: 5 })
  })

  it.each<[string, object, RegExp]>([
    ['no secret', { secret: undefined }, /openssl rand/],
    ['no secrets', { secret: [] }, /openssl rand/],
    ['a short secret', { secret: 'hunter2' }, /at least 16 bytes/],
    ['a long life', { secret, lifetime: '367d' }, /366d/],
    ['a life that is none', { secret, lifetime: 'soon' }, /366d/],
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
        'throughline.visit.id': VISIT,
        'throughline.visit.index': 4,
        'throughline.conversion.value': 12.5,
        'throughline.subject.id': 'ann',
      },
    ])
  })

  it.each<[string, object | undefined]>([
    ['none', undefined],
    ['an unknown step', { ...onPayment(), step: 'gone' }],
    ['a version that is none', { ...onPayment(), version: 'one two' }],
    ['a visit that is none', { ...onPayment(), visitId: 'x' }],
    ['an old run', { ...onPayment(), run: runId(Date.now() - 401 * DAY) }],
  ])('works without a journey when the run is %s', (_, run) => {
    expect(continueRun(definitions, run as never, () => getJourney()?.current())).toBeUndefined()
  })

  it('goes on with a run of a version that is not declared here, on its step', () => {
    const run = { ...onPayment(), version: '9', step: 'gift', index: 7 }
    continueRun(definitions, handover.verify(handover.sign(run)), () => {
      expect(getJourney()?.current()).toMatchObject(run)
      getJourney()?.enter(checkout, 'confirmation')
      expect(getJourney()?.current()).toMatchObject({ version: '9', step: 'confirmation', visitAfter: 4 })
      expect(getJourney()?.current()?.attributes).not.toHaveProperty(['throughline.visit.index'])
      expect(getJourney()?.current()?.attributes).toHaveProperty(['throughline.visit.after'], 4)
    })
  })

  it('knows a run of which only the id came along', () => {
    const run = runId()
    continueRun(definitions, { journey: 'signup', version: '2', run }, () => {
      expect(getJourney()?.current()).toBeUndefined()
      expect(getJourney()?.current(signup)).toMatchObject({ run, version: '2' })
    })
  })
})
