import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Journey } from '@throughline/core'
import { getJourney, journeyProcessors, journeyPropagator, withJourney } from '@throughline/node'
import type { SiteOptions } from '../page-life/site.ts'

/** The shop's server of one release: it knows these versions of the journey, and confirms orders. */
export function orderServer(journeys: readonly Journey[], otlp: string) {
  const { sampler, spanProcessor } = journeyProcessors({ journeys })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    sampler,
    spanProcessors: [
      spanProcessor,
      new SimpleSpanProcessor(new OTLPTraceExporter({ url: `${otlp}/v1/traces` })),
    ],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
  propagation.setGlobalPropagator(journeyPropagator(new CompositePropagator({ propagators })))
  trace.setGlobalTracerProvider(provider)
  let orders = 0
  const order = withJourney({ journeys }, (_request, response) => {
    getJourney()?.convert(journeys[0]!, { value: 40, currency: 'EUR', key: `order-${orders++}` })
    response.writeHead(201).end()
  })
  const answer: SiteOptions['answer'] = (request, response) => {
    if (request.url !== '/orders') return false
    order(request, response)
    return true
  }
  return {
    answer,
    async close() {
      await provider.shutdown()
      for (const api of [context, propagation, trace]) api.disable()
    },
  }
}
