// The counters for Prometheus, and the first sample of each of their series, as lines of YAML.
import { env } from './hygiene.ts'

interface Counter {
  readonly name: string
  readonly description: string
  readonly condition: string
  /** Attributes that become labels, and those values of each that have a series from the start. */
  readonly labels: readonly (readonly [key: string, values: readonly string[]])[]
  /** A histogram of this attribute, in ms; the number of events if left out. */
  readonly measures?: string
}

const JOURNEY = 'throughline.journey.name'
const STEP = 'throughline.step.name'
const PLACE = [
  [JOURNEY, []],
  [STEP, []],
] as const

/** Who says that a step is ready. Pages of version 1 of the wire contract, whose application did, say nothing here. */
const READY_SOURCE = 'throughline.step.ready_source'

const COUNTERS: readonly Counter[] = [
  {
    name: 'throughline.step.enters',
    description: 'Visits to a step',
    condition: 'span.name == "throughline.step.enter"',
    labels: PLACE,
  },
  {
    name: 'throughline.step.leaves',
    description: 'Visits to a step that ended, by how',
    condition: 'span.name == "throughline.step.leave"',
    labels: [...PLACE, ['throughline.step.outcome', ['completed', 'returned', 'left', 'failed']]],
  },
  {
    name: 'throughline.step.ready',
    description: "From a visit's start until the step was usable",
    condition:
      'span.name == "throughline.step.ready" and span.attributes["throughline.step.ready_ms"] != nil',
    // What was observed (auto) is never mixed with what the application says.
    labels: [...PLACE, [READY_SOURCE, ['app', 'component', 'auto']]],
    measures: 'throughline.step.ready_ms',
  },
  {
    name: 'throughline.run.outcomes',
    description:
      'Reports of how a run ended, by who saw it; where browser and server both report, count one of them',
    condition: 'span.name == "throughline.run.end"',
    labels: [
      [JOURNEY, []],
      ['throughline.run.outcome', ['converted', 'failed', 'abandoned']],
      ['throughline.event.source', ['browser', 'server']],
    ],
  },
  {
    name: 'throughline.exceptions',
    description: 'Errors by the step that they happened on',
    condition: 'span.name == "exception"',
    labels: PLACE,
  },
]

const RESENT = 'throughline.event.resent'
const SYNTHETIC = 'user_agent.synthetic.type'

/**
 * What the connector needs to make series of; the same for events and for first samples, so that they are one series.
 */
const series = (
  { name, description, measures }: Counter,
  conditions: readonly string[],
  labels: readonly string[],
  value: readonly string[],
) => [
  `    - name: ${name}`,
  `      description: ${description}`,
  '      include_resource_attributes: [{ key: service.name, default_value: throughline }]',
  ...conditions,
  '      attributes:',
  ...labels.map((label) => `        - { key: ${label} }`),
  ...(measures ? ['      unit: ms'] : []),
  ...value.map((line) => `      ${line}`),
]

const count = (of: number) => [`sum: { value: "${of}", monotonic: true }`]
const histogram = (attribute: string) => [
  'histogram:',
  '  buckets: [50, 100, 250, 500, 1000, 1500, 2000, 2500, 4000, 6000, 10000, 30000]',
  '  count: "1"',
  `  value: Double(span.attributes["${attribute}"])`,
]

/** The counters, of events. */
export const counters: readonly string[] = COUNTERS.flatMap((counter) => {
  const { condition, labels, measures } = counter
  const conditions =
    condition.length > 90
      ? ['      conditions:', `        ['${condition}']`]
      : [`      conditions: ['${condition}']`]
  const keys = [
    ...labels.map(([key]) => (key === READY_SOURCE ? `${key}, default_value: app` : key)),
    `${RESENT}, default_value: "false"`,
    `${SYNTHETIC}, default_value: none`,
  ]
  return series(counter, conditions, keys, measures ? histogram(measures) : count(1))
})

/** All ways of choosing one value for each label. */
const combinations = (labels: Counter['labels']): string[][] =>
  labels.reduce<string[][]>(
    (all, [key, values]) =>
      all.flatMap((chosen) => values.map((value) => [...chosen, `${key}, default_value: "${value}"`])),
    [[]],
  )

/**
 * The series of known steps, each with nothing in it yet: `increase()` never sees a series' first sample, so that must
 * not be an event. A histogram cannot have one.
 */
function empty(known: readonly string[]): string[] {
  const places = known.map((pair) => pair.split('/') as [string, string])
  const journeys = [...new Set(places.map(([journey]) => journey))].map((journey) => [journey] as const)
  return COUNTERS.filter(({ measures }) => !measures).flatMap((counter) =>
    (counter.labels.some(([key]) => key === STEP) ? places : journeys).flatMap(([journey, step]) => {
      const labels = counter.labels.map(([key, values]) => {
        const place = key === JOURNEY ? journey : key === STEP ? step : undefined
        return [key, place === undefined ? values : [place]] as const
      })
      const all = combinations([...labels, [RESENT, ['false', 'true']], [SYNTHETIC, ['none']]])
      return all.flatMap((keys) => series(counter, [], keys, count(0)))
    }),
  )
}

/**
 * The part of a second configuration that makes series of known steps start at 0. Something has to flow for that: the
 * collector sends one metric of its own to itself.
 */
export function startAtZero(known: readonly string[]): string[] {
  return [
    '  # Of what comes here, one data point of the collector itself stands for "now"; metrics of others end here.',
    '  filter/start:',
    '    metric_conditions:',
    '      - metric.name != "otelcol_process_uptime"',
    '  transform/start:',
    '    metric_statements:',
    '      - set(resource.attributes["service.name"], "throughline")',
    'connectors:',
    '  signal_to_metrics:',
    '    datapoints:',
    ...empty(known).map((line) => `  ${line}`),
    'service:',
    '  telemetry:',
    '    metrics:',
    '      readers:',
    '        - pull:',
    '            exporter:',
    '              prometheus:',
    `                host: ${env('THROUGHLINE_TELEMETRY_HOST', '127.0.0.1')}`,
    `                port: ${env('THROUGHLINE_TELEMETRY_PORT', '8888')}`,
    '        - periodic:',
    '            interval: 5000',
    '            timeout: 1000',
    '            exporter:',
    '              otlp:',
    '                protocol: http/protobuf',
    `                endpoint: http://${env('THROUGHLINE_INTERNAL_HTTP_ENDPOINT', '127.0.0.1:4319')}/v1/metrics`,
    '  pipelines:',
    '    metrics/start:',
    '      receivers: [otlp/internal]',
    '      processors: [filter/start, transform/start]',
    '      exporters: [signal_to_metrics]',
  ]
}
