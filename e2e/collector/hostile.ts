// What anyone may send to hurt a store: inserts that it might refuse.

import { anyValue, keyValues, logs, nanoseconds, span, traces } from './otlp.ts'
import { CONTEXT, runOf } from './spans.ts'

const DAY = 864e5
const range = (count: number) => Array.from({ length: count }, (_, at) => at)
const many = (count: number, value: unknown = 'x') =>
  keyValues(Object.fromEntries(range(count).map((at) => [`key ${at}`, value])))
const deep = (levels: number): unknown => (levels === 0 ? 'x' : { in: [deep(levels - 1)] })
const ago = (days: number) => nanoseconds(Date.now() - days * DAY)

/** Nanoseconds since the epoch that no column of dates holds, or that are far from today. */
const FAR = ['0', '1', '9223372036854775807', '9223372036854775808', '18446744073709551615']
/** What a number may be, as far as OTLP goes. */
const NUMBERS = ['', '-1', '1e999', 'NaN', '9'.repeat(40), '\0', 'x'.repeat(1000)]

/** The attributes of events that the store's views read as numbers, dates or ids. */
const READ = [
  'step.index',
  'step.attempt',
  'step.ready_ms',
  'step.first_input_ms',
  'visit.index',
  'visit.after',
  'event.seq',
  'event.ahead_ms',
  'run.outcome_at',
  'conversion.value',
  'delivery.emitted',
  'delivery.pending',
  'error.count',
  'mark.end',
]
const EVENTS = ['step.enter', 'step.ready', 'step.leave', 'run.end', 'exposure', 'delivery', 'alias', 'mark']
const event = (name: string, attributes: object, given: object = {}) =>
  span({ name: `throughline.${name}`, attributes: keyValues({ ...CONTEXT, ...attributes }), ...given })

/**
 * What ClickHouse does with it where nothing in the collector stands before it. Only what it refuses needs a rule; the
 * others are here because they might have been.
 */
type Without = 'refused' | 'taken'

export interface Hostile {
  readonly what: string
  readonly without: Without
  readonly signal: 'traces' | 'logs'
  request(): object
}

const SPANS: [what: string, without: Without, make: () => object[]][] = [
  [
    '150 days',
    'refused',
    () => range(150).map((at) => span({ startTimeUnixNano: ago(at), endTimeUnixNano: ago(at) })),
  ],
  [
    '150 days, which end today',
    'refused',
    () => range(150).map((at) => span({ startTimeUnixNano: ago(at), endTimeUnixNano: ago(0) })),
  ],
  [
    '150 days, which end before they start',
    'refused',
    () => range(150).map((at) => span({ startTimeUnixNano: ago(at), endTimeUnixNano: '0' })),
  ],
  [
    '150 days to come',
    'refused',
    () => range(150).map((at) => span({ startTimeUnixNano: ago(-at), endTimeUnixNano: ago(-at) })),
  ],
  ['starts that are no dates', 'taken', () => FAR.map((time) => span({ startTimeUnixNano: time }))],
  ['ends that are no dates', 'taken', () => FAR.map((time) => span({ endTimeUnixNano: time }))],
  [
    'events on 150 days',
    'taken',
    () => range(150).map((at) => span({ events: [{ timeUnixNano: ago(at), name: 'event' }] })),
  ],
  [
    'events that are no dates',
    'taken',
    () => [span({ events: FAR.map((timeUnixNano) => ({ timeUnixNano, name: 'event' })) })],
  ],
  [
    'runs of 150 days',
    'taken',
    () => range(150).map((at) => event('step.enter', { 'throughline.run.id': runOf(Date.now() - at * DAY) })),
  ],
  [
    'a thousand events and links',
    'taken',
    () => [
      span({
        events: range(1000).map(() => ({ timeUnixNano: ago(0), name: 'event' })),
        links: range(1000).map(() => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16) })),
      }),
    ],
  ],
  ['ten thousand attributes', 'taken', () => [span({ attributes: many(10_000) })]],
  [
    'names and values of a megabyte',
    'taken',
    () => [span({ name: 'x'.repeat(1e6), attributes: many(3, 'x'.repeat(1e6)) })],
  ],
  ['values within values', 'taken', () => [span({ attributes: many(3, deep(40)) })]],
  [
    'NULs and lone surrogates',
    'taken',
    () => [span({ name: 'a\0b', attributes: keyValues({ 'k\0': 'v\0\ud800' }) })],
  ],
  ['no ids', 'taken', () => [span({ traceId: '', spanId: '' })]],
  [
    'numbers where texts belong',
    'taken',
    () => [
      span({
        attributes: keyValues({
          'throughline.journey.name': 7,
          'throughline.run.id': [1],
          'service.name': {},
        }),
      }),
    ],
  ],
  [
    'texts where views read numbers',
    'taken',
    () =>
      EVENTS.flatMap((name) =>
        NUMBERS.map((value) =>
          event(name, Object.fromEntries(READ.map((key) => [`throughline.${key}`, value]))),
        ),
      ),
  ],
  [
    'numbers that no column holds',
    'taken',
    () =>
      EVENTS.map((name) =>
        event(name, Object.fromEntries(READ.map((key) => [`throughline.${key}`, 2 ** 62]))),
      ),
  ],
  [
    'sampling that cannot have been',
    'taken',
    () =>
      ['ot=th:', 'ot=th:ffffffffffffff', 'ot=th:zz', `ot=th:${'f'.repeat(99)}`].flatMap((traceState) => [
        event('step.enter', {}, { traceState }),
        span({ traceState, attributes: keyValues(CONTEXT) }),
      ]),
  ],
]

const LOGS: [what: string, without: Without, make: () => object[]][] = [
  ['on 150 days', 'refused', () => range(150).map((at) => ({ timeUnixNano: ago(at) }))],
  ['observed on 150 days', 'refused', () => range(150).map((at) => ({ observedTimeUnixNano: ago(at) }))],
  [
    'times that are no dates',
    'taken',
    () => FAR.flatMap((time) => [{ timeUnixNano: time }, { observedTimeUnixNano: time }]),
  ],
  ['a body of five megabytes', 'taken', () => [{ body: { stringValue: 'x'.repeat(5e6) } }]],
  [
    'bodies of all kinds',
    'taken',
    () => [7, 1.5, true, [1, { a: [] }], deep(40)].map((body) => ({ body: anyValue(body) })),
  ],
  [
    'numbers of no severity',
    'taken',
    () => [
      { severityNumber: 2_000_000_000, flags: 4_294_967_295 },
      { severityNumber: -1, flags: 0 },
    ],
  ],
]

export const HOSTILE: readonly Hostile[] = [
  ...SPANS.map(([what, without, make]) => ({
    what: `spans: ${what}`,
    without,
    signal: 'traces' as const,
    request: () => traces(`hostile ${what}`, make()),
  })),
  ...LOGS.map(([what, without, make]) => ({
    what: `log records: ${what}`,
    without,
    signal: 'logs' as const,
    request: () => logs(`hostile ${what}`, make()),
  })),
]
