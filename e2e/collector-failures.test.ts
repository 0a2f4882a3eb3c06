import { analyse } from '@throughline/analysis'
import { defineJourney } from '@throughline/core'
import { afterEach, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { fillDisk, insertsOf } from './collector/bridge-process.ts'
import { GIVEN_UP, NOT_QUEUED, sumOf } from './collector/counters.ts'
import { keyValues, post, span, traces } from './collector/otlp.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// What fails behind the collector, with the real one: what it acknowledged is stored, what it refused is counted, and
// nothing is counted twice in the report.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const PATIENCE = { timeout: 90_000 }

describe.skipIf(!collector)('the gateway', () => {
  let world: World
  afterEach(() => world?.stop())

  const send = (name: string, count = 1) =>
    post(
      `${world.gateway.publicUrl}/v1/traces`,
      traces(
        'failures',
        Array.from({ length: count }, () => span({ name })),
      ),
    )

  /** The names of the spans that are stored, each as often as it is. */
  const stored = async () =>
    (
      await world.engine.query<{ name: string }>(
        "SELECT SpanName AS name FROM otel_traces WHERE ServiceName = 'failures' ORDER BY name",
      )
    ).map(({ name }) => name)

  /** Waits until ClickHouse has refused that many inserts, since it was started. */
  const refused = (count: number) =>
    expect.poll(async () => (await insertsOf(world.bridge)).refused, PATIENCE).toBeGreaterThanOrEqual(count)

  it('answers 503 and counts what a full queue does not take; its sender has it still', async () => {
    world = await startWorld(collector!, {}, [
      'yaml:exporters::clickhouse::sending_queue::sizer: requests',
      'yaml:exporters::clickhouse::sending_queue::queue_size: 3',
      'yaml:exporters::clickhouse::sending_queue::num_consumers: 1',
    ])
    await fillDisk(world.bridge, true)
    const statuses = new Map<string, number>()
    for (let at = 10; at < 99 && ![...statuses.values()].includes(503); at++)
      statuses.set(`span ${at}`, await send(`span ${at}`))
    const kept = [...statuses].filter(([, status]) => status !== 200)
    expect(kept).toEqual([[expect.any(String), 503]])
    expect(await sumOf(world.gateway.telemetryUrl, NOT_QUEUED)).toBe(1)

    await fillDisk(world.bridge, false)
    await expect.poll(() => send(kept[0]![0]), PATIENCE).toBe(200)
    await expect.poll(stored, PATIENCE).toEqual([...statuses.keys()])
    expect(await sumOf(world.gateway.telemetryUrl, GIVEN_UP)).toBe(0)
  })

  it('stores all once ClickHouse has a disk that is not full, also if it is killed meanwhile', async () => {
    world = await startWorld(collector!)
    await fillDisk(world.bridge, true)
    expect(await send('before', 3)).toBe(200)
    await refused(2)
    await world.gateway.kill()
    await world.startGateway()
    expect(await send('later', 2)).toBe(200)
    await refused((await insertsOf(world.bridge)).refused + 2)
    expect(await stored()).toEqual([])
    await fillDisk(world.bridge, false)
    await expect.poll(stored, PATIENCE).toEqual(['before', 'before', 'before', 'later', 'later'])
    expect(await sumOf(world.gateway.telemetryUrl, GIVEN_UP)).toBe(0)
  })

  it('gives up on a row that ClickHouse refuses, counts it, and stores all others', async () => {
    world = await startWorld(collector!, { THROUGHLINE_RETRY_FOR: '4s' }, [
      'yaml:exporters::clickhouse::retry_on_failure::max_interval: 1s',
    ])
    // A constraint makes ClickHouse itself refuse.
    const constraint = "ALTER TABLE throughline.otel_traces ADD CONSTRAINT no CHECK SpanName != 'refused'"
    await fetch(world.bridge.url, { method: 'POST', body: constraint })
    expect(await send('before')).toBe(200)
    await expect.poll(stored, PATIENCE).toEqual(['before'])
    expect(await send('refused', 7)).toBe(200)
    await refused(2)
    expect(await send('meanwhile')).toBe(200)
    await expect.poll(stored, PATIENCE).toEqual(['before', 'meanwhile'])
    await expect.poll(() => sumOf(world.gateway.telemetryUrl, GIVEN_UP), PATIENCE).toBe(7)
    expect(await stored()).toEqual(['before', 'meanwhile'])
  })

  it('doubles nothing in the report when it is killed and all is sent again', async () => {
    world = await startWorld(collector!)
    const now = Date.now()
    const runs = Array.from({ length: 60 }, (_, at) => visitOf(at, now - 600_000 + at))
    const url = () => `${world.gateway.publicUrl}/v1/traces`
    const sendAll = async () => {
      const statuses = await Promise.all(runs.map((request) => post(url(), request).catch(() => 0)))
      return statuses.filter((status) => status !== 200).length
    }
    for (let kills = 0; kills < 2; kills++) {
      const { taken } = await insertsOf(world.bridge)
      const sending = sendAll()
      await expect.poll(async () => (await insertsOf(world.bridge)).taken, PATIENCE).toBeGreaterThan(taken)
      await world.gateway.kill()
      await sending
      await world.startGateway()
    }
    expect(await sendAll()).toBe(0)
    // What is in the queue is handed out before it ends.
    await world.gateway.stop()
    expect((await stored()).length).toBeGreaterThan(runs.length * 1.5)
    const { journeys } = await analyse(world.engine, { journeys: [checkout], hypotheses: [] })
    const { steps, ...figures } = journeys[0]!
    expect(figures).toMatchObject({ runs: 60, conversions: 30 })
    expect(steps.map(({ reached, attempts }) => [reached, attempts.mean])).toEqual([
      [60, 1],
      [30, 1],
    ])
  })
})

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment'],
  converts: 'payment',
  within: '1h',
})

/** One run's request: all see the cart, every other one pays, so that is one span and a half. */
function visitOf(at: number, time: number): object {
  const digits = Math.floor(time).toString(16).padStart(12, '0')
  const id = (what: number) => `${what}${at}`.padStart(32, '0')
  const context = (step: string, index: number) => ({
    'throughline.journey.name': 'checkout',
    'throughline.journey.version': '1',
    'throughline.run.id': `${digits.slice(0, 8)}-${digits.slice(8)}-7abc-8def-${String(at).padStart(12, '0')}`,
    'throughline.step.name': step,
    'throughline.step.index': index,
    'throughline.step.attempt': 1,
    'throughline.visit.id': id(index + 1),
    'throughline.visit.index': index + 1,
    'throughline.event.id': id(index + 1),
    'throughline.event.source': 'browser',
  })
  const event = (name: string, step: string, index: number) => {
    const at = `${time + index * 1000}000000`
    return span({
      name,
      startTimeUnixNano: at,
      endTimeUnixNano: at,
      attributes: keyValues(context(step, index)),
    })
  }
  return traces('failures', [
    event('throughline.step.enter', 'cart', 0),
    ...(at % 2 ? [event('throughline.step.enter', 'payment', 1)] : []),
  ])
}
