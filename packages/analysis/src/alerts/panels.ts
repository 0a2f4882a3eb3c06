// What of Grafana's dashboard model is used, and panels as they are laid out: two beside each other.

/** A query of a panel, as its data source reads it. */
export type Target = { readonly refId: string } & Readonly<Record<string, unknown>>

export interface Panel {
  readonly type: 'timeseries' | 'table' | 'barchart' | 'bargauge' | 'stat' | 'row'
  readonly title: string
  readonly description?: string
  readonly targets: readonly Target[]
  /** As Grafana names units: `ms`, `percentunit`, `short`. */
  readonly unit?: string
}

export interface Source {
  /** The data source's plugin. */
  readonly plugin: string
  /** What people read. */
  readonly name: string
}

/** One dashboard, as its JSON. */
export type Dashboard = Readonly<Record<string, unknown>>

/** How each kind of panel shows what it is given, where Grafana has no default in its model. */
const OPTIONS: Readonly<Record<Exclude<Panel['type'], 'row'>, object>> = {
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
    tooltip: { mode: 'multi', sort: 'none' },
  },
  table: { frameIndex: 0, showHeader: true },
  barchart: {
    orientation: 'horizontal',
    showValue: 'auto',
    stacking: 'none',
    groupWidth: 0.7,
    barWidth: 0.9,
    xTickLabelRotation: 0,
    xTickLabelMaxLength: 40,
    fullHighlight: false,
    legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
    tooltip: { mode: 'single', sort: 'none' },
  },
  bargauge: {
    displayMode: 'basic',
    valueMode: 'color',
    namePlacement: 'auto',
    orientation: 'horizontal',
    showUnfilled: true,
    minVizWidth: 8,
    minVizHeight: 16,
    maxVizHeight: 300,
    sizing: 'auto',
    legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
    reduceOptions: { calcs: ['lastNotNull'], values: false },
  },
  stat: {
    graphMode: 'none',
    colorMode: 'value',
    justifyMode: 'auto',
    textMode: 'auto',
    wideLayout: true,
    showPercentChange: false,
    percentChangeColorMode: 'standard',
    orientation: 'auto',
    reduceOptions: { calcs: ['lastNotNull'], values: false },
  },
}

const unitOf = (names: string, unit: string) => ({
  matcher: { id: 'byRegexp', options: `/^(${names})$/` },
  properties: [{ id: 'unit', value: unit }],
})
/** What the columns of queries are called says what they are. */
const UNITS = [
  unitOf('p50|p75|p95|target', 'ms'),
  unitOf('conversion|declared|resent|share.*', 'percentunit'),
]

const WIDTH = 12
const HEIGHT = 8

/** A heading above the panels that follow. */
export const row = (title: string): Panel => ({ type: 'row', title, targets: [] })

/** Where each panel goes: rows over the full width, others in two columns. */
function laidOut(panels: readonly Panel[]) {
  let [x, y] = [0, 0]
  return panels.map((panel) => {
    const isRow = panel.type === 'row'
    if (isRow && x > 0) [x, y] = [0, y + HEIGHT]
    const at = isRow ? { x: 0, y, w: 2 * WIDTH, h: 1 } : { x, y, w: WIDTH, h: HEIGHT }
    if (isRow) y += 1
    else [x, y] = x > 0 ? [0, y + HEIGHT] : [WIDTH, y]
    return { panel, at }
  })
}

/**
 * A dashboard that asks one data source, which the reader chooses.
 *
 * @param uid names it, so that importing it again replaces it
 * @param steps what the variable `step` offers, if it has one
 */
export function dashboard(
  source: Source,
  uid: string,
  title: string,
  panels: readonly Panel[],
  steps: readonly string[] = [],
): Dashboard {
  const datasource = { type: source.plugin, uid: '$datasource' }
  const variable = {
    name: 'step',
    label: 'Step',
    type: 'custom',
    query: steps.join(','),
    current: { text: steps[0], value: steps[0] },
    options: steps.map((step, index) => ({ text: step, value: step, selected: index === 0 })),
  }
  return {
    uid,
    title: `Throughline: ${title}`,
    tags: ['throughline'],
    description: 'Made by "throughline alerts" from the definitions; make it again when they change.',
    schemaVersion: 39,
    editable: true,
    time: { from: 'now-24h', to: 'now' },
    refresh: '',
    annotations: { list: [] },
    templating: {
      list: [
        {
          name: 'datasource',
          label: source.name,
          type: 'datasource',
          query: source.plugin,
          current: { text: source.name, value: '' },
        },
        ...(steps.length > 0 ? [variable] : []),
      ],
    },
    panels: laidOut(panels).map(({ panel: { unit, targets, ...panel }, at }, index) => ({
      id: index + 1,
      ...panel,
      gridPos: at,
      ...(panel.type === 'row'
        ? { collapsed: false, panels: [] }
        : {
            datasource,
            targets: targets.map((target) => ({ datasource, ...target })),
            fieldConfig: { defaults: unit ? { unit } : {}, overrides: UNITS },
            options: OPTIONS[panel.type],
          }),
    })),
  }
}
