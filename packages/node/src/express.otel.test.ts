import { createHash } from 'node:crypto'
import { trace } from '@opentelemetry/api'
import { uuidv7Time } from '@throughline/core'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { throughline } from './express'
import { getJourney } from './request-journey'
import {
  checkout,
  definitions,
  header,
  headersTo,
  members,
  onePage,
  runId,
  serving,
  signup,
  stampOf,
  startOpenTelemetry,
  VISIT,
} from './testing'

let otel: ReturnType<typeof startOpenTelemetry>
beforeEach(() => {
  otel = startOpenTelemetry()
})
afterEach(() => otel.stop())

const tick = () => new Promise((resolve) => setImmediate(resolve))
const attributesOf = (name: string) => otel.spans(name).map((span) => span.attributes)

function app(options: Partial<Parameters<typeof throughline<express.Request>>[0]> = {}) {
  const it = express()
  it.use(throughline<express.Request>({ ...definitions, subject: (req) => req.get('x-subject'), ...options }))
  return it
}

describe('the request journey', () => {
  it('stamps what the request does, also after it has waited', async () => {
    const it = app()
    it.get('/', async (_req, res) => {
      await tick()
      trace.getTracer('app').startSpan('query').end()
      res.json(getJourney()?.current())
    })
    const run = runId()
    const current = await serving(it, async (url) =>
      (await fetch(url, { headers: { baggage: header(members(run)) } })).json(),
    )
    expect(attributesOf('query')).toEqual([stampOf(run)])
    expect(current).toEqual({
      ...{ journey: 'checkout', version: '1', run, step: 'payment', index: 3, attempt: 2 },
      ...{ visitId: VISIT, visitIndex: 4, within: 2 * 36e5 },
      attributes: stampOf(run),
    })
  })

  it('never mixes requests that are handled at the same time', async () => {
    const it = app()
    const gate: (() => void)[] = []
    it.get('/:step', async (req, res) => {
      await tick()
      getJourney()?.enter(checkout, req.params.step as 'cart')
      await new Promise<void>((resolve) => {
        gate.push(resolve)
        if (gate.length === 2) for (const open of gate.splice(0).reverse()) open()
      })
      await tick()
      trace.getTracer('app').startSpan(`query ${req.params.step}`).end()
      res.json(getJourney()?.current()?.run)
    })
    const [a, b] = [runId(), runId()]
    await serving(it, async (url) => {
      const get = async (step: string, run: string) =>
        (await fetch(`${url}/${step}`, { headers: { baggage: header(members(run)) } })).json()
      for (let round = 0; round < 20; round++)
        expect(await Promise.all([get('cart', a), get('shipping', b)])).toEqual([a, b])
    })
    for (const [step, run] of [
      ['cart', a],
      ['shipping', b],
    ] as const)
      for (const stamp of attributesOf(`query ${step}`))
        expect(stamp).toMatchObject({ 'throughline.run.id': run, 'throughline.step.name': step })
    expect(attributesOf('query cart')).toHaveLength(20)
  })
})

describe('the handle', () => {
  /** Calls the handle inside a request of the run, with another active one behind it. */
  async function inRequest(work: () => unknown, run = runId(), other = runId()) {
    const it = app()
    it.get('/', async (_req, res) => {
      await tick()
      res.json((await work()) ?? null)
    })
    const baggage = header(members(run, { 'throughline.active.signup': other, 'tenant.id': 'acme' }))
    const answer = await serving(it, async (url) =>
      (await fetch(url, { headers: { baggage, 'x-subject': 'ann' } })).json(),
    )
    return { run, other, answer }
  }

  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)

  it('confirms a conversion once, with an id that anybody can work out', async () => {
    const convert = () => getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key: 'order-7' })
    const { run } = await inRequest(() => {
      convert()
      convert()
    })
    await inRequest(convert, run)
    expect(otel.spans('throughline.run.end')).toHaveLength(1)
    const [end] = otel.spans('throughline.run.end')
    expect(end!.attributes).toEqual({
      ...stampOf(run),
      'throughline.event.id': hash(`${run}/converted/order-7`),
      'throughline.event.legacy_id': hash(`${run}/order-7`),
      'throughline.event.source': 'server',
      'throughline.schema.version': 2,
      'throughline.run.outcome': 'converted',
      'throughline.conversion.value': 40,
      'throughline.conversion.currency': 'EUR',
      'throughline.subject.id': 'ann',
    })
    expect(end!.startTime).toEqual(end!.endTime)
  })

  it('gives a run one conversion and one failure where there are no keys', async () => {
    const { run } = await inRequest(() => {
      for (let i = 0; i < 2; i++) {
        getJourney()?.fail(checkout, { reason: 'payment-declined' })
        getJourney()?.convert(checkout)
      }
    })
    expect(attributesOf('throughline.run.end')).toMatchObject([
      {
        'throughline.event.id': hash(`${run}/failed/`),
        'throughline.event.legacy_id': hash(`${run}/failed`),
        'throughline.run.outcome': 'failed',
        'throughline.run.end_reason': 'payment-declined',
      },
      {
        'throughline.event.id': hash(`${run}/converted/`),
        'throughline.event.legacy_id': hash(`${run}/converted`),
        'throughline.run.outcome': 'converted',
      },
    ])
    expect(attributesOf('throughline.run.end')).toHaveLength(2)
  })

  it('records each fact that has a key: declined, converted, charged back', async () => {
    const at = Math.floor(Date.now()) - 5000
    const { run } = await inRequest(() => {
      const journey = getJourney()!
      for (let delivery = 0; delivery < 2; delivery++) {
        journey.fail(checkout, { reason: 'declined', key: 'payment-1' })
        journey.fail(checkout, { reason: 'declined', key: 'payment-2' })
        journey.convert(checkout, { value: '12.50', currency: 'eur', key: 'order-7', at: new Date(at) })
        journey.fail(checkout, { reason: 'charged-back', key: 'dispute-1', at: at + 0.4 })
      }
    })
    const outcomes = attributesOf('throughline.run.end').map((it) => [
      it['throughline.event.id'],
      it['throughline.event.legacy_id'],
      it['throughline.run.end_reason'],
      it['throughline.run.outcome_at'],
      it['throughline.conversion.value'],
      it['throughline.conversion.currency'],
    ])
    const failed = (key: string, reason: string, at?: number) => [
      hash(`${run}/failed/${key}`),
      undefined,
      reason,
      at,
      undefined,
      undefined,
    ]
    expect(outcomes).toEqual([
      failed('payment-1', 'declined'),
      failed('payment-2', 'declined'),
      [hash(`${run}/converted/order-7`), hash(`${run}/order-7`), undefined, at, 12.5, 'EUR'],
      failed('dispute-1', 'charged-back', at),
    ])
  })

  it('confirms another active journey without the marks of the ambient one', async () => {
    const { other } = await inRequest(() => getJourney()?.convert(signup))
    expect(attributesOf('throughline.run.end')).toEqual([
      {
        'throughline.journey.name': 'signup',
        'throughline.journey.version': '2',
        'throughline.run.id': other,
        'throughline.event.id': hash(`${other}/converted/`),
        'throughline.event.legacy_id': hash(`${other}/converted`),
        'throughline.event.source': 'server',
        'throughline.schema.version': 2,
        'throughline.run.outcome': 'converted',
        'throughline.subject.id': 'ann',
      },
    ])
  })

  it('enters a step for this request, its spans and its calls to other services', async () => {
    const { run, other, answer } = await inRequest(() => {
      getJourney()?.enter(checkout, 'confirmation')
      getJourney()?.enter(checkout, 'confirmation')
      trace.getTracer('app').startSpan('query').end()
      return headersTo('http://billing/invoices')
    })
    const [{ 'throughline.event.id': id } = {}] = attributesOf('throughline.step.enter')
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    // The index in force before stays behind: it is the browser's visit's.
    const { 'throughline.visit.index': index, ...stamp } = stampOf(run)
    const confirmation = {
      ...stamp,
      'throughline.step.name': 'confirmation',
      'throughline.step.index': 4,
      'throughline.step.attempt': 1,
      'throughline.visit.id': id,
      'throughline.visit.after': index,
    }
    expect(attributesOf('query')).toEqual([confirmation])
    expect(attributesOf('throughline.step.enter')).toEqual([
      {
        ...confirmation,
        'throughline.event.id': id,
        'throughline.event.source': 'server',
        'throughline.schema.version': 2,
        'throughline.step.previous': 'payment',
        'throughline.step.start': 'call',
        'throughline.subject.id': 'ann',
      },
    ])
    const sent = { ...confirmation, 'throughline.active.signup': `${other}/2`, 'tenant.id': 'acme' }
    expect(Object.fromEntries(new URLSearchParams(answer.baggage.replaceAll(',', '&')))).toEqual(
      Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, `${value}`])),
    )
  })

  it('starts a run where the request came without one', async () => {
    const it = app()
    it.get('/', (_req, res) => {
      getJourney()?.enter(signup, 'form')
      res.json(getJourney()?.current(signup))
    })
    const current = await serving(it, async (url) => (await fetch(url)).json())
    expect(current).toMatchObject({ journey: 'signup', version: '2', step: 'form', attempt: 1 })
    expect(uuidv7Time(current.run)).toBeGreaterThan(Date.now() - 60_000)
    const own = { 'throughline.run.id': current.run, 'throughline.visit.after': 0 }
    expect(attributesOf('throughline.step.enter')).toMatchObject([own])
  })

  it('records that a variant was met, once for a run, and stamps it from then on', async () => {
    const { run } = await inRequest(() => {
      getJourney()?.expose(onePage, 'control')
      getJourney()?.expose(onePage, 'control')
      trace.getTracer('app').startSpan('query').end()
    })
    const control = { ...stampOf(run), 'throughline.hypothesis.one-page-payment': 'control' }
    expect(attributesOf('query')).toEqual([control])
    expect(attributesOf('throughline.exposure')).toEqual([
      {
        ...control,
        'throughline.event.id': expect.stringMatching(/^[0-9a-f]{32}$/),
        'throughline.event.source': 'server',
        'throughline.schema.version': 2,
        'throughline.exposure.hypothesis': 'one-page-payment',
        'throughline.exposure.variant': 'control',
        'feature_flag.key': 'one-page-payment',
        'throughline.subject.id': 'ann',
      },
    ])
  })

  it('takes names of the definitions only', async () => {
    await inRequest(() => {
      const journey = getJourney()!
      // @ts-expect-error no such step
      journey.enter(checkout, 'paymnet')
      // @ts-expect-error a step of another journey
      journey.enter(signup, 'payment')
      // @ts-expect-error no such variant
      journey.expose(onePage, 'two-pages')
      // @ts-expect-error a value is a number
      journey.convert(checkout, { value: {}, currency: 'euro' })
    })
    expect(otel.spans('throughline.step.enter')).toEqual([])
    expect(otel.spans('throughline.exposure')).toEqual([])
    expect(attributesOf('throughline.run.end')[0]).not.toHaveProperty('throughline.conversion.value')
    expect(attributesOf('throughline.run.end')[0]).not.toHaveProperty('throughline.conversion.currency')
  })

  it('is not there outside of a request', () => expect(getJourney()).toBeUndefined())
})
