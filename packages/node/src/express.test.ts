import { DiagLogLevel, diag, trace } from '@opentelemetry/api'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { throughline } from './express'
import { getJourney } from './request-journey'
import {
  checkout,
  definitions,
  header,
  members,
  onePage,
  runId,
  serving,
  signup,
  stampOf,
  startOpenTelemetry,
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
      ...{ journey: 'checkout', version: '1', run, step: 'payment', attempt: 2 },
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
