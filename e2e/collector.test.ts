import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Attributes } from '@opentelemetry/api'
import { trace } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { NodeSDK } from '@opentelemetry/sdk-node'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { CONFIGURATIONS, withParts } from '../collector-config/generate.ts'
import { gatewayConfig } from './collector/gateway.ts'
import { CONTEXT, RUN, send, spans, strings } from './collector/spans.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// The real collector with the configuration that production gets: what comes in at its two doors, and what ClickHouse
// and Prometheus get to see of it.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)
if (!collector) console.log(`skipped the collector's tests: ${NO_GO}`)

describe.skipIf(!collector)('the gateway', () => {
  let world: World

  const fromBrowser = (of: ReadableSpan[]) =>
    send(
      new JsonExporter({
        url: `${world.gateway.publicUrl}/v1/traces`,
        headers: { origin: 'https://shop.example' },
      }),
      of,
    )
  const fromServer = (of: ReadableSpan[]) =>
    send(new ProtobufExporter({ url: `${world.gateway.internalUrl}/v1/traces` }), of)

  /** The attributes of the spans of a service, by span name, once `count` of them have arrived. */
  async function arrived(service: string, count: number) {
    const rows = () =>
      world.engine.query<{ name: string; attributes: Record<string, string> }>(
        `SELECT SpanName AS name, SpanAttributes AS attributes FROM otel_traces
         WHERE ServiceName = {service:String} LIMIT 1 BY SpanId`,
        { service },
      )
    await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(count)
    return Object.fromEntries((await rows()).map(({ name, attributes }) => [name, attributes]))
  }

  beforeAll(async () => {
    world = await startWorld(collector!)
  })
  afterAll(() => world?.stop())

  it('has a valid configuration, which is what the generator gives', () => {
    for (const file of CONFIGURATIONS) {
      const text = readFileSync(file, 'utf8')
      expect(withParts(text)).toBe(text)
    }
    execFileSync(collector!, ['validate', '--config', gatewayConfig], { stdio: 'pipe' })
  })

  it('believes "server" from back ends only', async () => {
    const end = [
      {
        name: 'throughline.run.end',
        attributes: {
          ...CONTEXT,
          'throughline.event.source': 'server',
          'throughline.run.outcome': 'converted',
        },
      },
    ]
    await fromBrowser(spans('forger', end))
    await fromServer(spans('back-end', end))
    const forged = await arrived('forger', 1)
    const real = await arrived('back-end', 1)
    expect(forged['throughline.run.end']?.['throughline.event.source']).toBe('browser')
    expect(real['throughline.run.end']).toEqual(strings(end[0]!.attributes))
  })

  it('takes gRPC from back ends, set up as usual', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc')
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', world.gateway.internalGrpcUrl)
    vi.stubEnv('OTEL_SERVICE_NAME', 'grpc')
    const sdk = new NodeSDK({ instrumentations: [], metricReaders: [], logRecordProcessors: [] })
    sdk.start()
    const attributes = { ...CONTEXT, tenant: 'acme' }
    trace.getTracer('e2e').startSpan('over gRPC', { attributes }).end()
    await sdk.shutdown()
    vi.unstubAllEnvs()
    expect((await arrived('grpc', 1))['over gRPC']).toEqual(strings(attributes))
  })

  it('stores log records with their journey', async () => {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    const record = (body: string, run: string) => ({
      timeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
      severityText: 'WARN',
      body: { stringValue: body },
      eventName: 'payment.declined',
      attributes: [
        attribute('throughline.journey.name', 'checkout'),
        attribute('throughline.run.id', run),
        attribute('url.full', 'https://shop.example/pay?card=4111'),
      ],
    })
    const { ok } = await fetch(`${world.gateway.publicUrl}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceLogs: [{ scopeLogs: [{ logRecords: [record('a', RUN), record('b', 'garbage')] }] }],
      }),
    })
    expect(ok).toBe(true)
    const logs = () =>
      world.engine.query('SELECT Body, EventName, LogAttributes AS attributes FROM otel_logs ORDER BY Body')
    const url = { 'url.full': 'https://shop.example/pay' }
    const context = { 'throughline.journey.name': 'checkout', 'throughline.run.id': RUN }
    await expect.poll(logs, { timeout: 60_000 }).toEqual([
      { Body: 'a', EventName: 'payment.declined', attributes: { ...context, ...url } },
      { Body: 'b', EventName: 'payment.declined', attributes: url },
    ])
  })

  it('answers the preflight of a page on another origin', async () => {
    const { ok, headers } = await fetch(`${world.gateway.publicUrl}/v1/traces`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,content-encoding',
      },
    })
    expect(ok).toBe(true)
    expect(headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/shop\.example)$/)
  })

  it('lets through what the wire contract says, and takes out what it does not', async () => {
    await fromBrowser(
      spans('hygiene', [
        {
          name: 'good',
          attributes: {
            ...CONTEXT,
            'throughline.hypothesis.one-page': 'control',
            'throughline.step.ready_ms': 1240.5,
            'session.id': 'a session',
            'url.full': 'https://shop.example/pay',
          },
        },
        {
          name: 'bad values',
          attributes: {
            ...CONTEXT,
            'throughline.step.name': '<script>',
            'throughline.step.attempt': 'twice',
            'throughline.hypothesis.one-page': "'; DROP TABLE",
            'throughline.hypothesis.One Page': 'control',
            'throughline.step.ready_ms': 'NaN',
            'throughline.subject.id': 'x'.repeat(300),
          },
        },
        {
          name: 'private',
          attributes: {
            'url.full': 'https://ada:secret@shop.example/pay?card=4111#cvc',
            'http.url': 'https://shop.example/pay?card=4111',
            'url.query': 'card=4111',
            'http.request.header.authorization': 'Bearer 1',
            long: 'x'.repeat(10_000),
          },
        },
        { name: 'no run', attributes: { ...CONTEXT, 'throughline.run.id': 'garbage', kept: true } },
      ]),
    )
    const found = await arrived('hygiene', 4)
    expect(found).toEqual({
      good: {
        ...strings(CONTEXT),
        'throughline.hypothesis.one-page': 'control',
        'throughline.step.ready_ms': '1240.5',
        'session.id': 'a session',
        'url.full': 'https://shop.example/pay',
      },
      'bad values': {
        'throughline.journey.name': 'checkout',
        'throughline.journey.version': '1',
        'throughline.run.id': RUN,
        'throughline.step.index': '3',
        'throughline.hypothesis.one-page': '',
      },
      private: {
        'url.full': 'https://shop.example/pay',
        'http.url': 'https://shop.example/pay',
        long: 'x'.repeat(4096),
      },
      'no run': { kept: 'true' },
    })
  })

  it('counts steps for Prometheus, with labels of which there are only a few', async () => {
    const about = (name: string, attributes: Attributes = {}) => ({
      name,
      attributes: { ...CONTEXT, 'throughline.event.source': 'browser', ...attributes },
    })
    await fromBrowser(spans('metrics', [about('throughline.step.enter'), about('throughline.step.enter')]))
    await fromBrowser(
      spans('metrics', [
        about('throughline.step.enter'),
        about('throughline.step.enter', { 'throughline.event.resent': true }),
        about('throughline.step.ready', { 'throughline.step.ready_ms': 1800 }),
        about('throughline.step.ready', {
          'throughline.step.ready_ms': 700,
          'throughline.step.ready_source': 'auto',
        }),
        about('throughline.step.leave', { 'throughline.step.outcome': 'completed' }),
        about('throughline.run.end', { 'throughline.run.outcome': 'failed' }),
        about('exception'),
        // Names that no definition knows do not become series.
        about('throughline.step.enter', { 'throughline.step.name': 'made-up' }),
        about('throughline.step.enter', { 'throughline.journey.name': 'made-up' }),
      ]),
    )
    const lines = async () => {
      const text = await (await fetch(world.gateway.metricsUrl)).text()
      return text.split('\n').filter((line) => line.includes('job="throughline"'))
    }
    /** The value of the series whose name and labels contain all of this. */
    const value = async (...parts: string[]) =>
      (await lines())
        .find((line) => parts.every((part) => line.includes(part)))
        ?.split(' ')
        .at(-1)
    await expect
      .poll(() => value('throughline_step_enters_total', 'payment', 'throughline_event_resent="false"'), {
        timeout: 30_000,
      })
      .toBe('3')
    // What may have been counted before can be left out.
    expect(await value('throughline_step_enters_total', 'payment', 'throughline_event_resent="true"')).toBe(
      '1',
    )
    expect(await value('throughline_step_leaves_total', 'throughline_step_outcome="completed"')).toBe('1')
    // What was observed is not mixed with what the application says.
    const ready = (source: string, bound: number) =>
      value('throughline_step_ready_milliseconds_bucket', `source="${source}"`, `le="${bound}"`)
    expect([await ready('app', 1500), await ready('app', 2000)]).toEqual(['0', '1'])
    expect([await ready('auto', 500), await ready('auto', 1500)]).toEqual(['0', '1'])
    expect(await value('throughline_run_outcomes_total', 'throughline_run_outcome="failed"')).toBe('1')
    expect(await value('throughline_exceptions_total', 'throughline_journey_name="checkout"')).toBe('1')
    const text = (await lines()).join('\n')
    expect(await value('throughline_step_enters_total', 'name="checkout"', 'step_name="other"')).toBe('1')
    expect(await value('throughline_step_enters_total', 'journey_name="other"', 'step_name="other"')).toBe(
      '1',
    )
    expect(text).not.toContain(RUN)
    expect(text).not.toContain('made-up')
  })

  it('loses nothing while ClickHouse is away, not even when it is restarted meanwhile', async () => {
    await world.bridge.stop()
    const batch = (from: number) =>
      spans(
        'outage',
        Array.from({ length: 100 }, (_, index) => ({ name: `span ${from + index}` })),
      )
    await fromBrowser(batch(0))
    await fromServer(batch(100))
    await world.gateway.stop()
    await world.startGateway()
    await fromBrowser(batch(200))
    await world.startBridge()
    expect(Object.keys(await arrived('outage', 300))).toHaveLength(300)
  })

  it('loses nothing that it acknowledged when it is killed under load', async () => {
    const acknowledged: string[] = []
    let isDown = false
    const sender = async (name: string) => {
      for (let at = 0; !isDown; at++) {
        const sent = `${name} ${at}`
        await fromBrowser(spans('killed', [{ name: sent }])).then(
          () => acknowledged.push(sent),
          () => {
            isDown = true
          },
        )
      }
    }
    const senders = ['a', 'b', 'c'].map(sender)
    await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(100)
    isDown = true
    await world.gateway.kill()
    await Promise.all(senders)
    await world.startGateway()
    const stored = async () =>
      (
        await world.engine.query<{ name: string }>(
          "SELECT DISTINCT SpanName AS name FROM otel_traces WHERE ServiceName = 'killed'",
        )
      ).map(({ name }) => name)
    await expect.poll(stored, { timeout: 60_000 }).toEqual(expect.arrayContaining(acknowledged))
  })
})
