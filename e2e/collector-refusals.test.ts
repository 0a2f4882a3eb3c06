import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { keyValues, logs, nanoseconds, post, span, traces } from './collector/otlp.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// What anyone may send must not make an insert that ClickHouse refuses: the batch would be tried for a day, and four of
// them would hold up all others. After each, a good request is stored.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const DAY = 864e5
const range = (count: number) => Array.from({ length: count }, (_, at) => at)
const many = (count: number, value: unknown = 'x') =>
  keyValues(Object.fromEntries(range(count).map((at) => [`key ${at}`, value])))
const deep = (levels: number): unknown => (levels === 0 ? 'x' : { in: [deep(levels - 1)] })
const FAR = ['0', '1', '9223372036854775807', '9223372036854775808', '18446744073709551615']

const SPANS: Record<string, () => object[]> = {
  '150 days': () =>
    range(150).map((at) => {
      const time = nanoseconds(Date.now() - at * DAY)
      return span({ startTimeUnixNano: time, endTimeUnixNano: time })
    }),
  'starts that are no dates': () => FAR.map((time) => span({ startTimeUnixNano: time })),
  'ends that are no dates': () => FAR.map((time) => span({ endTimeUnixNano: time })),
  'events that are no dates': () => [
    span({ events: FAR.map((timeUnixNano) => ({ timeUnixNano, name: 'event' })) }),
  ],
  'a thousand events and links': () => [
    span({
      events: range(1000).map(() => ({ timeUnixNano: nanoseconds(Date.now()), name: 'event' })),
      links: range(1000).map(() => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16) })),
    }),
  ],
  'ten thousand attributes': () => [span({ attributes: many(10_000) })],
  'names and values of a megabyte': () => [
    span({ name: 'x'.repeat(1e6), attributes: many(3, 'x'.repeat(1e6)) }),
  ],
  'values within values': () => [span({ attributes: many(3, deep(40)) })],
  'NULs and lone surrogates': () => [span({ name: 'a\0b', attributes: keyValues({ 'k\0': 'v\0\ud800' }) })],
  'no ids': () => [span({ traceId: '', spanId: '' })],
  'numbers where texts belong': () => [
    span({
      attributes: keyValues({ 'throughline.journey.name': 7, 'throughline.run.id': [1], 'service.name': {} }),
    }),
  ],
}
const LOGS: Record<string, () => object[]> = {
  'observed on 150 days': () =>
    range(150).map((at) => ({ observedTimeUnixNano: nanoseconds(Date.now() - at * DAY) })),
  'times that are no dates': () =>
    FAR.flatMap((time) => [{ timeUnixNano: time }, { observedTimeUnixNano: time }]),
  'a body of five megabytes': () => [{ body: { stringValue: 'x'.repeat(5e6) } }],
  'numbers of no severity': () => [{ severityNumber: 2_000_000_000, flags: 4_294_967_295 }],
}

describe.skipIf(!collector)('an insert that ClickHouse would refuse', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(collector!)
  })
  afterAll(() => world?.stop())

  const stored = async (table: string, service: string) =>
    (
      await world.engine.query(`SELECT 1 AS one FROM ${table} WHERE ServiceName = {service:String}`, {
        service,
      })
    ).length

  it.each(Object.keys(SPANS))('is not made of spans with %s', async (kind) => {
    const url = `${world.gateway.publicUrl}/v1/traces`
    await post(url, traces(`hostile ${kind}`, SPANS[kind]!()))
    expect(await post(url, traces(`good ${kind}`, [span()]))).toBe(200)
    await expect.poll(() => stored('otel_traces', `good ${kind}`), { timeout: 60_000 }).toBe(1)
  })

  it.each(Object.keys(LOGS))('is not made of log records with %s', async (kind) => {
    const url = `${world.gateway.publicUrl}/v1/logs`
    await post(url, logs(`hostile ${kind}`, LOGS[kind]!()))
    expect(await post(url, logs(`good ${kind}`, [{ body: { stringValue: 'good' } }]))).toBe(200)
    await expect.poll(() => stored('otel_logs', `good ${kind}`), { timeout: 60_000 }).toBe(1)
  })

  it('was made by none of them', async () => {
    const text = await (await fetch(world.gateway.telemetryUrl)).text()
    const refused = text.split('\n').filter((line) => /^otelcol_exporter_(send_failed|queue_size)/.test(line))
    expect(refused.filter((line) => !/ 0$/.test(line))).toEqual([])
  })
})
