// Dashboards that ask Prometheus. It knows no runs and no variants, so there is none about hypotheses.
import type { Journey } from '@throughline/core'
import type { Dashboard, Panel } from './panels'
import { dashboard, row } from './panels'
import type { Values } from './texts'
import { promQuery } from './texts'

const PROMETHEUS = { plugin: 'prometheus', name: 'Prometheus' }

type Kind = Exclude<Panel['type'], 'row'>
/** A query, and what each of its series is called. */
type Series = readonly [expr: string, legend: string]

const panel = (type: Kind, title: string, series: readonly Series[], unit?: string): Panel => ({
  type,
  title,
  ...(unit ? { unit } : {}),
  targets: series.map(([expr, legendFormat], index) => ({
    refId: String.fromCharCode(65 + index),
    expr,
    legendFormat,
    ...(type === 'timeseries' ? { range: true } : { instant: true }),
  })),
})

const STEP = '{{throughline_step_name}}'

const valuesOf = ({ name, steps, converts }: Journey): Values => ({
  journey: name,
  converts,
  first: steps.find((step) => !step.optional)!.name,
})

const journeyPanels = (journey: Journey): Panel[] => {
  const query = (name: string) => promQuery(name, valuesOf(journey))
  return [
    row(journey.name),
    panel('bargauge', 'Visits to each step', [[query('enters'), STEP]]),
    panel('timeseries', 'Conversion', [[query('conversion'), journey.converts]], 'percentunit'),
    panel('timeseries', 'Share of the visits that led on', [[query('completed'), STEP]], 'percentunit'),
    panel('timeseries', 'How runs ended', [
      [query('outcomes'), '{{throughline_run_outcome}}, says the {{throughline_event_source}}'],
    ]),
    panel('timeseries', 'Errors', [[query('errors'), STEP]]),
  ]
}

const stepPanels = (journey: Journey): Panel[] => {
  const query = (name: string, more: Values = {}) => promQuery(name, { ...valuesOf(journey), ...more })
  return [
    panel('timeseries', 'Visits', [[query('step-enters'), 'visits']]),
    panel('timeseries', 'How visits ended', [[query('step-visits'), '{{throughline_step_outcome}}']]),
    panel(
      'timeseries',
      'Usable after',
      [
        [query('ready', { quantile: '0.5' }), 'half of the visits'],
        [query('ready', { quantile: '0.75' }), 'three in four'],
        [query('ready-target'), 'declared for three in four'],
      ],
      'ms',
    ),
    panel('timeseries', 'Errors for each visit', [[query('step-errors'), 'errors']]),
  ]
}

const DELIVERY: readonly Panel[] = [
  panel('timeseries', 'Spans taken a second', [[promQuery('taken', {}), '{{receiver}}']]),
  panel('timeseries', 'Spans refused a second', [[promQuery('refused', {}), '{{receiver}}']]),
  panel('timeseries', 'Spans taken out a second', [[promQuery('filtered', {}), '{{filter}}']]),
  panel('timeseries', 'Spans handed over a second', [[promQuery('sent', {}), '{{exporter}}']]),
  panel('timeseries', 'Spans and log records given up', [[promQuery('given-up', {}), '{{exporter}}']]),
  panel(
    'timeseries',
    'How full the queue is',
    [[promQuery('queue', {}), '{{exporter}} {{data_type}}']],
    'percentunit',
  ),
  panel(
    'timeseries',
    'Share of the visits that were sent again',
    [[promQuery('resent', {}), 'sent again']],
    'percentunit',
  ),
  panel('timeseries', 'Collectors that answer', [[promQuery('up', {}), '{{job}} {{instance}}']]),
]

/** The dashboards, by file name. */
export function prometheusDashboards(journeys: readonly Journey[]): Map<string, Dashboard> {
  const made = new Map<string, Dashboard>()
  const add = (name: string, title: string, panels: readonly Panel[], steps: readonly string[] = []) =>
    made.set(
      `prometheus-${name}.json`,
      dashboard(PROMETHEUS, `throughline-prometheus-${name}`, `${title} (counters)`, panels, steps),
    )
  add('journeys', 'journeys', journeys.flatMap(journeyPanels))
  for (const journey of journeys)
    add(
      `steps-${journey.name}`,
      `steps of ${journey.name}`,
      stepPanels(journey),
      journey.steps.map((step) => step.name),
    )
  add('delivery', 'delivery', DELIVERY)
  return made
}
