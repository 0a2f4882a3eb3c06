/** What OpenTelemetry's packages are called for npm, as the file below needs them. */
export const SDK = [
  '@throughline/node',
  '@throughline/core',
  '@opentelemetry/api@~1.9',
  '@opentelemetry/sdk-node@~0.223',
  '@opentelemetry/exporter-trace-otlp-http@~0.223',
]

/** What differs between the servers that load such a file. */
export interface TelemetryFile {
  /** How it comes to be loaded, as a comment. */
  readonly loaded: string
  readonly service: string
  /** Such as `checkout`, and where it is imported from. */
  readonly constant: string
  readonly journeys: string
  /** Whether it has to see ES modules as they are loaded. */
  readonly isHooked?: boolean
  /** Names of classes and their packages; none where the framework makes the spans of requests itself. */
  readonly instrumentations?: Readonly<Record<string, string>>
  /** Whether the server passes on what pages send. */
  readonly hasPages?: boolean
  /** Whether the process has signals of its own to end by. */
  readonly isStopped?: boolean
}

/** OpenTelemetry on a server, with the processor and the sampler of the definitions. */
export function telemetryFile(options: TelemetryFile): string {
  const {
    loaded,
    service,
    constant,
    journeys,
    isHooked,
    instrumentations = {},
    hasPages,
    isStopped,
  } = options
  const made = Object.keys(instrumentations).map((name) =>
    name === 'HttpInstrumentation' && hasPages
      ? `    // What pages send makes no spans of its own.
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url = '' }) => url.startsWith('/otlp/') }),
`
      : `    new ${name}(),\n`,
  )
  const imports = [
    "import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'",
    ...Object.entries(instrumentations).map(([name, from]) => `import { ${name} } from '${from}'`),
    "import { NodeSDK, tracing } from '@opentelemetry/sdk-node'",
    "import { journeyProcessors } from '@throughline/node'",
    `import { ${constant} } from '${journeys}'`,
  ]
  return `${loaded}
${isHooked ? "import { register } from 'node:module'\n" : ''}${imports.join('\n')}
${isHooked ? "\nregister('@opentelemetry/instrumentation/hook.mjs', import.meta.url)\n" : ''}
const { sampler, spanProcessor } = journeyProcessors({ journeys: [${constant}] })
const sdk = new NodeSDK({
  serviceName: '${service}',
  sampler,
  // To http://localhost:4318, which is "throughline dev"; OTEL_EXPORTER_OTLP_ENDPOINT says where else.
  spanProcessors: [spanProcessor, new tracing.BatchSpanProcessor(new OTLPTraceExporter())],
  metricReaders: [],
  logRecordProcessors: [],
${made.length > 0 ? `  instrumentations: [\n${made.join('')}  ],\n` : ''}})
sdk.start()
${
  isStopped
    ? `
const stop = () => sdk.shutdown().finally(() => process.exit())
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
`
    : ''
}`
}

/** The same as a CommonJS module. */
export const toCommonJs = (text: string): string =>
  text
    .replace(/^import \{ (.+) \} from (.+)$/gm, 'const { $1 } = require($2)')
    .replace(/^export const (\w+)/gm, 'exports.$1')
