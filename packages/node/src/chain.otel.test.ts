import { trace } from '@opentelemetry/api'
import { baggageOf, contextAttributes, defineHypothesis, defineJourney } from '@throughline/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withJourney } from './http'
import { getJourney } from './request-journey'
import {
  checkout,
  definitions,
  header,
  headersTo,
  members,
  membersOf1,
  runId,
  serving,
  startOpenTelemetry,
  VISIT,
} from './testing'

// Servers that call each other over real sockets: what a browser sent, and what each server entered, as the next one
// hears it.

let otel: ReturnType<typeof startOpenTelemetry>
beforeEach(() => {
  otel = startOpenTelemetry()
})
afterEach(() => otel.stop())

const attributesOf = (name: string) => otel.spans(name).map((span) => span.attributes)

/** A service that does some work of its own, and then calls the next one. */
const service = (
  work: () => unknown,
  using: Parameters<typeof withJourney>[0] = definitions,
  next?: string,
) =>
  withJourney(using, async (_req, res) => {
    await new Promise((resolve) => setImmediate(resolve))
    work()
    res.end(next ? await (await fetch(next, { headers: headersTo(next) })).text() : 'end')
  })

/** Asks a shop that asks billing that asks a ledger. */
async function ask(baggage: string, shop: () => unknown, billing: () => unknown, ledger: () => unknown) {
  const query = (name: string, work: () => unknown) => () => {
    work()
    trace.getTracer('app').startSpan(name).end()
  }
  await serving(service(query('ledger', ledger)), (third) =>
    serving(service(query('billing', billing), definitions, third), (second) =>
      serving(service(query('shop', shop), definitions, second), async (first) => {
        expect(await (await fetch(first, { headers: { baggage } })).text()).toBe('end')
      }),
    ),
  )
  const place = (name: string) => {
    const [found] = attributesOf(name)
    return {
      step: found?.['throughline.step.name'],
      id: found?.['throughline.visit.id'],
      index: found?.['throughline.visit.index'],
      after: found?.['throughline.visit.after'],
    }
  }
  return [place('shop'), place('billing'), place('ledger')] as const
}

const nothing = () => {}
const enter = (step: 'shipping' | 'confirmation') => () => getJourney()?.enter(checkout, step)

describe('servers in a row', () => {
  it('pass on the visit of the browser', async () => {
    const visit = { step: 'payment', id: VISIT, index: 4, after: undefined }
    expect(await ask(header(members(runId())), nothing, nothing, nothing)).toEqual([visit, visit, visit])
  })

  it('pass on what one of them entered, and say of each own step which visit it came after', async () => {
    const places = await ask(header(members(runId())), nothing, enter('shipping'), enter('confirmation'))
    const [second, third] = attributesOf('throughline.step.enter')
    expect(second!['throughline.step.previous']).toBe('payment')
    expect(third!['throughline.step.previous']).toBe('shipping')
    expect(places).toEqual([
      { step: 'payment', id: VISIT, index: 4, after: undefined },
      { step: 'shipping', id: second!['throughline.event.id'], index: undefined, after: 4 },
      { step: 'confirmation', id: third!['throughline.event.id'], index: undefined, after: 4 },
    ])
    expect(new Set(places.map(({ id }) => id)).size).toBe(3)
  })

  it('hear the step of the one before, also when they enter none', async () => {
    const [shop, billing, ledger] = await ask(
      header(members(runId())),
      enter('confirmation'),
      nothing,
      nothing,
    )
    expect(shop).toMatchObject({ step: 'confirmation', after: 4 })
    expect([billing, ledger]).toEqual([shop, shop])
  })

  it('do not know after which visit it was in a run of a version 1 browser', async () => {
    const places = await ask(header(membersOf1(runId())), nothing, enter('confirmation'), nothing)
    const id = expect.stringMatching(/^[0-9a-f]{32}$/)
    const own = { step: 'confirmation', id, index: undefined, after: undefined }
    expect(places).toEqual([{ step: 'payment', id: undefined, index: undefined, after: undefined }, own, own])
  })

  it('come before every visit of a browser in a run that a server began', async () => {
    const places = await ask('', enter('shipping'), enter('confirmation'), nothing)
    expect(places).toMatchObject([{ after: 0 }, { after: 0 }, { after: 0 }])
    const runs = new Set(attributesOf('throughline.step.enter').map((it) => it['throughline.run.id']))
    expect(runs.size).toBe(1)
  })

  it('pass on a version that none of them declares, and confirm its conversion', async () => {
    const change = {
      'throughline.journey.version': '7',
      'throughline.step.name': 'gift',
      'throughline.step.index': '9',
    }
    const convert = () => getJourney()?.convert(checkout, { key: 'order-7' })
    const places = await ask(header(members(runId(), change)), nothing, nothing, convert)
    expect(places.map(({ step }) => step)).toEqual(['gift', 'gift', 'gift'])
    expect(attributesOf('throughline.run.end')).toMatchObject([
      { 'throughline.journey.version': '7', 'throughline.step.name': 'gift', 'throughline.step.index': 9 },
    ])
  })
})

it('a journey with the longest names, four hypotheses and two more runs comes through whole', async () => {
  const long = (name: string) => name.padEnd(48, '-long')
  const named = (name: string) =>
    defineJourney(long(name), {
      version: 'v'.repeat(32),
      steps: [long('one'), long('two')],
      converts: long('two'),
    })
  const [journey, ...others] = [named('journey'), named('second'), named('third')]
  const hypotheses = ['a', 'b', 'c', 'd'].map((name) =>
    defineHypothesis(long(name), {
      statement: 'It holds',
      journey,
      variants: ['control', long('variant')],
      expect: { metric: 'conversion', relative: 0.1 },
    }),
  )
  const visitOf = ({ name, version, steps }: typeof journey, run = runId()) => {
    const visit = {
      journey: name,
      run,
      step: steps[1]!.name,
      index: 1,
      attempt: 1000,
      id: VISIT,
      visitIndex: 9999,
    }
    const assigned = Object.fromEntries(hypotheses.map(({ id, variants }) => [id, variants[1]!]))
    return {
      ...visit,
      start: 0,
      attributes: contextAttributes({ id: run, version }, visit, hypotheses, assigned),
    }
  }
  const visit = visitOf(journey)
  const sent = baggageOf(
    visit,
    others.map((other) => visitOf(other)),
  )
  const baggage = header(sent)
  expect(baggage.length).toBeLessThanOrEqual(2048)
  expect(Object.keys(sent)).toHaveLength(8 + 4 + 2)
  const using = { journeys: [journey, ...others], hypotheses }
  const work = () => {
    trace.getTracer('app').startSpan('query').end()
    for (const other of using.journeys) getJourney()?.convert(other)
  }
  await serving(service(work, using), async (url) => void (await fetch(url, { headers: { baggage } })))
  const ends = attributesOf('throughline.run.end').map((it) => it['throughline.journey.name'])
  expect(ends).toEqual(using.journeys.map(({ name }) => name))
  expect(attributesOf('throughline.run.end')[0]).toMatchObject(visit.attributes)
})
