import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { sumOf } from './collector/counters.ts'
import { keyValues, post, span, traces } from './collector/otlp.ts'
import { hasProgram } from './collector/programs.ts'
import { startPrometheus } from './collector/prometheus.ts'
import { CONTEXT } from './collector/spans.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// What Prometheus makes of the gateway's counters.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)
const isTherePrometheus = hasProgram('prometheus')
if (!isTherePrometheus) console.log('skipped the test with a real Prometheus: there is none in the PATH')

const PATIENCE = { timeout: 60_000 }

describe.skipIf(!collector)('the counters', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(collector!)
  })
  afterAll(() => world?.stop())

  const event = (name: string, attributes: object = {}) =>
    span({ name: `throughline.${name}`, attributes: keyValues({ ...CONTEXT, ...attributes }) })
  const send = (spans: object[], resource: Record<string, unknown> = {}) =>
    post(`${world.gateway.publicUrl}/v1/traces`, traces('counters', spans, { resource }))
  const value = (series: RegExp) => sumOf(world.gateway.metricsUrl, series)
  const PEOPLE = 'user_agent_synthetic_type="none"'

  const lines = async (series: RegExp) =>
    (await (await fetch(world.gateway.metricsUrl)).text())
      .split('\n')
      .filter((line) => series.test(line))
      .map((line) => line.slice(line.lastIndexOf(' ') + 1))

  it('of known steps begin with a sample of 0, and go on from it', async () => {
    const enters = /^throughline_step_enters_total\{.*throughline_event_resent="false".*name="payment"/
    await expect.poll(() => lines(enters), PATIENCE).toEqual(['0'])
    expect(await lines(/^throughline_step_leaves_total\{.*name="cart"/)).toEqual(Array(8).fill('0'))
    expect(await lines(/^throughline_run_outcomes_total/)).toEqual(Array(12).fill('0'))
    expect(await lines(/^throughline_exceptions_total/)).toEqual(Array(4).fill('0'))
    await send([event('step.enter'), event('step.enter')])
    await expect.poll(() => lines(enters), PATIENCE).toEqual(['2'])
  })

  it.skipIf(!isTherePrometheus)("let Prometheus' increase() see the first event of a series", async () => {
    const prometheus = await startPrometheus(world.folder, world.gateway.metricsUrl)
    try {
      const converted =
        'throughline_run_outcomes_total{throughline_run_outcome="converted",throughline_event_source="browser",throughline_event_resent="false"}'
      await expect.poll(() => prometheus.ask(converted), PATIENCE).toBe(0)
      const attributes = { 'throughline.run.outcome': 'converted', 'throughline.event.source': 'browser' }
      await send([event('run.end', attributes)])
      await expect.poll(() => prometheus.ask(converted), PATIENCE).toBe(1)
      // Prometheus extends what it saw to the whole range, so it is not exactly 1.
      expect(await prometheus.ask(`increase(${converted}[5m])`)).toBeGreaterThan(0.9)
    } finally {
      await prometheus.stop()
    }
  })

  it('tell crawlers and tests from people, however many attributes they send', async () => {
    const bots = /^throughline_step_enters_total\{.*user_agent_synthetic_type="bot"/
    const people = new RegExp(`^throughline_step_enters_total\\{.*${PEOPLE}`)
    const before = await value(people)
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`a ${at}`, 'x']))
    expect(await send([event('step.enter')], { ...many, 'user_agent.synthetic.type': 'bot' })).toBe(200)
    await expect.poll(() => value(bots), PATIENCE).toBe(1)
    expect(await value(people)).toBe(before)
    // Whatever else somebody is, is one series.
    for (const type of ['a', 'b']) await send([event('step.enter')], { 'user_agent.synthetic.type': type })
    await expect.poll(() => lines(/user_agent_synthetic_type="(?!none|bot)/), PATIENCE).toEqual(['2'])
    const stored = () =>
      world.engine.query(
        `SELECT ResourceAttributes['user_agent.synthetic.type'] AS type, length(ResourceAttributes) AS attributes
         FROM otel_traces WHERE type = 'bot'`,
      )
    await expect.poll(stored, PATIENCE).toEqual([{ type: 'bot', attributes: 128 }])
  })
})
