import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-web'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout } from '../testing'
import { createDelivery } from './delivery'
import { viaExporter } from './exporter'
import { PREFIX } from './outbox'
import type { Arrived } from './testing'
import { createSink, start, stopAll } from './testing'

afterEach(stopAll)

const official = ({ endpoint }: { endpoint: string }) =>
  viaExporter(new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: 2000 }))
const stored = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))

describe('the official exporter', () => {
  it('sends what the endpoint would have been sent', async () => {
    const [own, theirs] = [createSink(), createSink()]
    const deliveries = [
      createDelivery({ endpoint: own.endpoint }),
      createDelivery({ endpoint: official(theirs) }),
    ]
    const provider = new BasicTracerProvider({ spanProcessors: deliveries.map(({ processor }) => processor) })
    const link = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED }
    const span = provider.getTracer('host', '1.2.3').startSpan('exception', {
      kind: SpanKind.CLIENT,
      startTime: [1_795_000_000, 7],
      attributes: { text: 'a "b" 語', whole: 3, half: 0.5, yes: true, all: ['x', 'y'] },
      links: [{ context: link, attributes: { why: 'before' } }],
    })
    span.addEvent('happened', { at: 1 }, [1_795_000_000, 500])
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' }).end([1_795_000_001, 5])
    provider.getTracer('other').startSpan('work').end()
    await Promise.all(deliveries.map(({ flush }) => flush()))
    // Both the exporter's defaults and ours, of which only what both write is compared.
    const parts = ({
      name,
      traceId,
      spanId,
      startTimeUnixNano,
      endTimeUnixNano,
      attributes,
      links,
    }: Arrived) => ({
      ...{ name, traceId, spanId, startTimeUnixNano, endTimeUnixNano, attributes },
      links: links?.map((each) => [each.traceId, each.spanId]),
    })
    const [sent, expected] = [(await theirs.spans()).map(parts), (await own.spans()).map(parts)]
    expect(sent).toEqual(expected)
    expect(sent.map(({ name }) => name)).toEqual(['exception', 'work'])
    const [raw] = (await theirs.bodies()).map(({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0])
    expect(raw).toMatchObject({
      scope: { name: 'host', version: '1.2.3' },
      spans: [
        {
          kind: 3,
          status: { code: 2, message: 'no' },
          events: [{ name: 'happened', timeUnixNano: '1795000000000000500' }],
        },
      ],
    })
  })

  it('goes on past what another script has written into the outbox', async () => {
    const text = JSON.stringify({
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      attributes: [],
      events: [{}],
    })
    const entry = ['"resource":{"attributes":[]},"scopeSpans":[{"scope":{},"spans":[', text]
    localStorage.setItem(PREFIX + 'f'.repeat(32), [Date.now() - 60_000, 'gone', ...entry].join('\n'))
    const sink = createSink()
    const tracker = start({ endpoint: official(sink) })
    await vi.waitFor(() => expect(stored()).toEqual([]), { timeout: 20_000 })
    tracker.enter(checkout, 'cart')
    await vi.waitFor(async () => {
      dispatchEvent(new Event('online'))
      await tracker.flush()
      expect(await sink.spans('throughline.step.enter')).toHaveLength(1)
    })
  })

  it('keeps what does not arrive in the outbox, and is not recorded itself', async () => {
    const sink = createSink()
    await sink.answer(400)
    const instrumentations = [new FetchInstrumentation()]
    const tracker = start({ endpoint: official(sink), instrumentations })
    tracker.enter(checkout, 'cart')
    await tracker.flush()
    expect(stored()).toContain(PREFIX + tracker.current()!.id)
    await sink.answer(200)
    dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(stored()).toEqual([]))
    await tracker.flush()
    const names = (await sink.spans()).map(({ name }) => name)
    expect(names.filter((name) => name === 'throughline.step.enter')).toHaveLength(2)
    expect(names).not.toContain('POST')
  })
})
