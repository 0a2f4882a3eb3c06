import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { NodeSDK, tracing } from '@opentelemetry/sdk-node'
import { journeyProcessors } from '@throughline/node'
import { definitions } from './lib/journeys'

const { sampler, spanProcessor } = journeyProcessors(definitions)
new NodeSDK({
  serviceName: 'shop',
  sampler,
  spanProcessors: [spanProcessor, new tracing.BatchSpanProcessor(new OTLPTraceExporter())],
  metricReaders: [],
  logRecordProcessors: [],
}).start()
