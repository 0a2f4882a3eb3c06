// Dashboards that ask ClickHouse, with the tables of `throughline schema`.
import type { Hypothesis, Journey } from '@throughline/core'
import type { Definitions } from '../config'
import type { Dashboard, Panel } from './panels'
import { dashboard, row } from './panels'
import { dashboardQuery, quoted, reportQuery } from './texts'

const CLICKHOUSE = { plugin: 'grafana-clickhouse-datasource', name: 'ClickHouse' }

type Kind = Exclude<Panel['type'], 'row'>

function panel(
  type: Kind,
  title: string,
  sql: string,
  more: Pick<Panel, 'unit' | 'description'> = {},
): Panel {
  const isOverTime = type === 'timeseries'
  const target = {
    refId: 'A',
    editorType: 'sql',
    queryType: isOverTime ? 'timeseries' : 'table',
    format: isOverTime ? 0 : 1,
    rawSql: sql,
  }
  return { type, title, ...more, targets: [target] }
}

/** What queries need to know of a journey. */
function valuesOf(journey: Journey) {
  const { name, steps, converts, within, ready } = journey
  const targeted = steps.filter((step) => ready[step.name])
  const values = {
    journey: name,
    steps: quoted(steps.map((step) => step.name)),
    converts,
    within: `${within}`,
    targeted: quoted(targeted.map((step) => step.name)),
    targets: targeted.map((step) => `toNullable(toFloat64(${ready[step.name]!.p75}))`).join(', '),
    outcomes: reportQuery('outcomes', name),
  }
  return { ...values, runs: dashboardQuery('runs', values), visits: dashboardQuery('step-visits', values) }
}

const journeyPanels = (journey: Journey): Panel[] => {
  const query = (name: string) => dashboardQuery(name, valuesOf(journey))
  return [
    row(journey.name),
    panel('stat', 'Runs and conversions', query('summary')),
    panel('barchart', 'Runs that came to each step', query('reached')),
    panel('timeseries', 'Conversion by when the run began', query('conversion')),
    panel('barchart', 'Where those left who did not convert', query('left')),
    panel('table', 'Errors', query('errors')),
  ]
}

const stepPanels = (journey: Journey): Panel[] => {
  const query = (name: string) => dashboardQuery(name, valuesOf(journey))
  return [
    panel('timeseries', 'Visits by how they ended', query('visits')),
    panel('timeseries', 'Usable after', query('ready')),
    panel('table', 'Conversion by how soon it was usable', query('slow'), {
      description:
        'Crude: slow people are in it as much as slow steps. "throughline report" adjusts for device, network and country.',
    }),
    panel('table', 'Errors by variant', query('step-errors')),
    panel('table', 'What servers answered', query('endpoints')),
    panel('timeseries', 'Web vitals, 75th percentile', query('step-vitals'), { unit: 'ms' }),
  ]
}

function hypothesisPanels(hypothesis: Hypothesis, journey: Journey): Panel[] {
  const { id, statement, variants, weights } = hypothesis
  const own = {
    ...valuesOf(journey),
    hypothesis: id,
    variants: quoted(variants),
    weights: weights.join(', '),
  }
  const values = { ...own, exposed: dashboardQuery('exposed', own) }
  const query = (name: string) => dashboardQuery(name, values)
  return [
    row(id),
    panel('table', 'Runs and conversions by variant', query('variants'), {
      description: `${statement}. Whether that holds is for "throughline report" to say: looking at this day by day finds effects that are not there.`,
    }),
    panel('timeseries', 'Runs that met it', query('exposures')),
    panel('table', 'What guardrails watch, 75th percentile', query('variant-vitals')),
    panel('table', 'Runs that met an error', query('variant-errors')),
  ]
}

const DELIVERY: readonly Panel[] = [
  panel('table', 'What became of the events of pages and servers', reportQuery('delivery')),
  panel('timeseries', 'Events stored', dashboardQuery('events')),
  panel('table', 'Why events were refused', reportQuery('refused-for')),
  panel('timeseries', 'Share that was sent again', dashboardQuery('resent')),
  panel('timeseries', 'Visits of devices whose clock is ahead', dashboardQuery('clocks')),
]

/** The dashboards, by file name. */
export function clickhouseDashboards({ journeys, hypotheses }: Definitions): Map<string, Dashboard> {
  const made = new Map<string, Dashboard>()
  const add = (name: string, title: string, panels: readonly Panel[], steps: readonly string[] = []) =>
    made.set(
      `clickhouse-${name}.json`,
      dashboard(CLICKHOUSE, `throughline-clickhouse-${name}`, title, panels, steps),
    )
  add('journeys', 'journeys', journeys.flatMap(journeyPanels))
  for (const journey of journeys)
    add(
      `steps-${journey.name}`,
      `steps of ${journey.name}`,
      stepPanels(journey),
      journey.steps.map((step) => step.name),
    )
  if (hypotheses.length > 0)
    add(
      'hypotheses',
      'hypotheses',
      hypotheses.flatMap((hypothesis) =>
        hypothesisPanels(hypothesis, journeys.find(({ name }) => name === hypothesis.journey)!),
      ),
    )
  add('delivery', 'delivery', DELIVERY)
  return made
}
