// The generated parts of a collector's configuration, as lines of YAML.
import { counters, startAtZero } from './counters.ts'
import { env, LOG_STATEMENTS, SPAN_STATEMENTS } from './hygiene.ts'

/** As long as a line of YAML gets, if there is a space to break it at. */
const WIDTH = 96

/** Breaks a statement into lines that YAML's `>-` joins again: at single spaces, none of which it may change. */
function folded(statement: string): string[] {
  const lines: string[] = []
  for (const word of statement.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** A list of statements, as YAML. */
export function statements(list: readonly string[], indent: string): string[] {
  return list.flatMap((statement) => {
    const isPlain = statement.length <= WIDTH && !/: | #|^[^a-z]/.test(statement)
    if (isPlain) return [`${indent}- ${statement}`]
    return [`${indent}- >-`, ...folded(statement).map((line) => `${indent}  ${line}`)]
  })
}

const groups = (list: readonly (readonly string[])[]) =>
  list.flatMap((group) => ['    - statements:', ...statements(group, '        ')])

const TOO_OLD = `Now() - Duration("${env('THROUGHLINE_OLDEST_SPAN', '744h')}")`
const TOO_NEW = 'Now() + Duration("72h")'
const OFF_SPAN = `span.start_time < ${TOO_OLD} or span.start_time > ${TOO_NEW}`
const UNTIMELY_SPAN = `${OFF_SPAN} or span.end_time < span.start_time`

/** Runs whose last 14 digits are below it are left out; "0" leaves out none. */
const SAMPLE = env('THROUGHLINE_SAMPLE_THRESHOLD', '0')
const RUN = 'span.attributes["throughline.run.id"]'
const THRESHOLD = 'span.attributes["throughline.run.threshold"]'
const OT = 'span.trace_state["ot"]'
const IS_ON = `"${SAMPLE}" != "0" and ${RUN} != nil`
/** Spans of runs that can be left out: event spans are not among them. */
const IS_SAMPLED = `${IS_ON} and span.attributes["throughline.event.id"] == nil`
/** As 15-calls.sql has it: what failed is stored of every run. */
const IS_PLAIN = [
  'span.status.code != STATUS_CODE_ERROR',
  `span.end_time - span.start_time < Duration("${env('THROUGHLINE_SAMPLE_SLOW', '1s')}")`,
  'not IsMatch(span.attributes["http.response.status_code"], "^5")',
  'not IsMatch(span.attributes["http.status_code"], "^5")',
].join(' and ')

/** The events that counters are made of. */
const COUNTED = '^(throughline\\\\.(step\\\\.(enter|leave|ready)|run\\\\.end)|exception)$$'

/** The parts, by the name that a configuration gives them. */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  receivers: [
    '# Anyone can send to it: browsers do.',
    'otlp/public:',
    '  protocols:',
    '    http:',
    `      endpoint: ${env('THROUGHLINE_PUBLIC_ENDPOINT', '127.0.0.1:4318')}`,
    '      max_request_body_size: 20971520',
    '      cors:',
    `        allowed_origins: ["${env('THROUGHLINE_ALLOWED_ORIGIN', '*')}"]`,
    '        allowed_headers: ["*"]',
    '        max_age: 7200',
    '# Only back ends may reach it: what says here that a server saw it is believed.',
    'otlp/internal:',
    '  protocols:',
    '    grpc:',
    `      endpoint: ${env('THROUGHLINE_INTERNAL_GRPC_ENDPOINT', '127.0.0.1:4317')}`,
    '    http:',
    `      endpoint: ${env('THROUGHLINE_INTERNAL_HTTP_ENDPOINT', '127.0.0.1:4319')}`,
  ],
  public: [
    '# Nobody on the internet gets to say that a server confirmed something, or answered more requests than this one.',
    'transform/public:',
    '  trace_statements:',
    ...statements(
      [
        'set(span.attributes["throughline.event.source"], "browser") where span.attributes["throughline.event.source"] != nil',
        'delete_key(span.attributes, "throughline.run.threshold")',
        `set(${OT}, "th:0") where span.kind == SPAN_KIND_SERVER and ${OT} != ""`,
      ],
      '    ',
    ),
    '# Nor that something was deployed or broke.',
    'filter/public:',
    '  trace_conditions:',
    '    - span.name == "throughline.mark"',
  ],
  times: [
    '# A log record that does not say when it happened is stored under the time at which it was seen, so that is how old',
    '# it is.',
    '# What a page says of its events counts, however wrong its clock is: else nobody heard that they were refused.',
    '# By how much an event is ahead of this clock says that its device was wrong; nobody else can say so.',
    'transform/dates:',
    '  trace_statements:',
    ...statements(
      [
        `set(span.end_time, Now()) where span.name == "throughline.delivery" and (${OFF_SPAN})`,
        `set(span.start_time, span.end_time) where span.name == "throughline.delivery" and (${OFF_SPAN})`,
        'delete_key(span.attributes, "throughline.event.ahead_ms")',
        'set(span.attributes["throughline.event.ahead_ms"], Milliseconds(span.start_time - Now())) where span.start_time > Now() + Duration("1m")',
      ],
      '    ',
    ),
    '  log_statements:',
    '    - set(log.time_unix_nano, log.observed_time_unix_nano) where log.time_unix_nano == 0',
    '    - set(log.time, Now()) where log.time_unix_nano == 0',
    '# Times over 31 days in the past or three days in the future: each day is a partition, and an insert that touches',
    '# over a hundred of them fails, and would be tried again.',
    'filter/untimely:',
    '  trace_conditions:',
    ...statements([UNTIMELY_SPAN], '    '),
    '  log_conditions:',
    ...statements([`log.time < ${TOO_OLD} or log.time > ${TOO_NEW}`], '    '),
  ],
  hygiene: [
    '# Attributes that are too many, too long, private, or not what the wire contract (docs/attributes.md) says. A value',
    '# that is wrong goes, the span stays: a visitor who sends a malformed run id must not hide what the back end did for',
    '# them. The rules and their reasons are in hygiene.ts.',
    'transform/hygiene:',
    '  trace_statements:',
    ...groups(SPAN_STATEMENTS),
    '  log_statements:',
    ...groups(LOG_STATEMENTS),
  ],
  sample: [
    '# A share of the runs, by the last 14 hex digits of their ids, as the sampler of @throughline/core decides: statelessly,',
    '# and alike in every process. Event spans stay, and of other runs what failed or was slow. Each span says from which',
    '# digits on runs were kept, so that the report knows which ones are whole, and how likely it was to be kept itself. The',
    '# default keeps everything (docs/scale.md).',
    'filter/sample:',
    '  trace_conditions:',
    ...statements(
      [
        `${IS_SAMPLED} and ${IS_PLAIN} and Concat([Substring(${RUN}, 21, 2), Substring(${RUN}, 24, 12)], "") < "${SAMPLE}"`,
      ],
      '    ',
    ),
    'transform/sample:',
    '  trace_statements:',
    ...statements(
      [
        `set(${THRESHOLD}, "${SAMPLE}") where ${IS_SAMPLED} and (${THRESHOLD} == nil or ${THRESHOLD} < "${SAMPLE}")`,
        `set(${OT}, "th:0") where ${IS_ON} and ${OT} == ""`,
        `set(span.cache["ot"], ExtractPatterns(${OT}, "\\\\bth:(?P<th>[0-9a-f]{1,14})")) where ${IS_SAMPLED}`,
        `replace_pattern(${OT}, "\\\\bth:[0-9a-f]+", "th:${SAMPLE}") where ${IS_SAMPLED} and span.cache["ot"]["th"] < "${SAMPLE}" and ${IS_PLAIN}`,
      ],
      '    ',
    ),
  ],
  steps: [
    '# For the counters: only the events that they count.',
    'filter/steps:',
    '  trace_conditions:',
    ...statements([`not IsMatch(span.name, "${COUNTED}")`, UNTIMELY_SPAN], '    '),
    '# Names come from the internet, and each would be a series for ever: those that `known-steps.ts` did',
    '# not write into a second configuration, which replaces this part, are "other".',
    'transform/labels:',
    '  trace_statements:',
    ...groups([labelStatements([])]),
    '# One after the other, each a moment later than the last: `delta_to_cumulative` drops what comes out of order.',
    'batch/steps:',
    '  timeout: 200ms',
    'transform/order:',
    '  metric_statements:',
    '    - set(datapoint.time, Now())',
    '# Prometheus wants running totals. A series that was forgotten would begin again, and its next event be missed.',
    'delta_to_cumulative:',
    '  max_stale: 9600h',
    '  max_streams: 20000',
  ],
  counters: [
    '# By journey and step, from the events themselves, so from every run whatever the sampling. Runs and people belong in',
    '# the store: as labels here they would be a series each. `resent` tells copies that may have been counted before.',
    'signal_to_metrics:',
    '  error_mode: ignore',
    '  spans:',
    ...counters,
  ],
}

/**
 * The statements that leave only known names as labels.
 *
 * @param known `journey/step`, of every step that the definitions have
 */
export function labelStatements(known: readonly string[]): string[] {
  const journey = 'span.attributes["throughline.journey.name"]'
  const step = 'span.attributes["throughline.step.name"]'
  const synthetic = 'attributes["user_agent.synthetic.type"]'
  const journeys = [...new Set(known.map((pair) => pair.split('/')[0]!))]
  const other = (at: string, among: string, names: readonly string[]) =>
    `set(${at}, "other") where ${at} != nil${names.map((name) => ` and ${among} != "${name}"`).join('')}`
  return [
    'set(resource.attributes["service.name"], "throughline")',
    `set(span.${synthetic}, "none")`,
    `set(span.${synthetic}, "other") where resource.${synthetic} != nil`,
    `set(span.${synthetic}, resource.${synthetic}) where resource.${synthetic} == "bot" or resource.${synthetic} == "test"`,
    `set(span.cache["place"], Concat([${journey}, ${step}], "/"))`,
    other(step, 'span.cache["place"]', known),
    other(journey, journey, journeys),
  ]
}

/** A second configuration, for the collector's second `--config`: the steps that counters may name. */
export const knownSteps = (known: readonly string[]): string =>
  [
    'processors:',
    '  transform/labels:',
    '    trace_statements:',
    ...groups([labelStatements(known)]).map((line) => `  ${line}`),
    ...startAtZero(known),
  ]
    .join('\n')
    .concat('\n')
