import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base'
import { afterEach, expect, it, vi } from 'vitest'
import { flush } from './flush'
import { journeyProcessors } from './processors'
import { getJourney } from './request-journey'
import { checkout, definitions, header, members, runId } from './testing'
import { withRequestJourney } from './web-request'

afterEach(() => {
  vi.useRealTimers()
  for (const api of [context, trace]) api.disable()
})

const handle = () =>
  withRequestJourney(definitions, { headers: { baggage: header(members(runId())) } }, () =>
    getJourney()?.convert(checkout, { key: runId() }),
  )

it('sends what waits for a timer', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const exporter = new InMemorySpanExporter()
  const { sampler, spanProcessor } = journeyProcessors(definitions)
  const spanProcessors = [spanProcessor, new BatchSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler, spanProcessors }))
  handle()
  expect(exporter.getFinishedSpans()).toEqual([])
  await flush()
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['throughline.run.end'])
})

it('gives up on an endpoint that never answers, and never rejects', async () => {
  vi.useFakeTimers()
  const forceFlush = vi.fn(() => new Promise<void>(() => {}))
  trace.setGlobalTracerProvider({ getTracer: vi.fn(), forceFlush } as never)
  const flushed = flush()
  await vi.advanceTimersByTimeAsync(10_000)
  await flushed
  forceFlush.mockRejectedValueOnce(new Error('boom'))
  await flush()
  forceFlush.mockImplementationOnce(() => {
    throw new Error('boom')
  })
  await flush()
  expect(forceFlush).toHaveBeenCalledTimes(3)
  trace.disable()
  await flush()
})
