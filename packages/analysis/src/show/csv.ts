import type { Estimate, JourneyResult, LostConversions, Result } from '../result'

// One figure a line, so that every part fits into one table: part, journey, version, step, name, figure, value, low,
// high.

type Cell = string | number | null

const HEAD = ['part', 'journey', 'version', 'step', 'name', 'figure', 'value', 'low', 'high'] as const

/** A spreadsheet takes text that begins like this for a formula, and telemetry can be anybody's. */
const FORMULA = /^[=+\-@\t\r]/

function write(cell: Cell): string {
  if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) return ''
  if (typeof cell === 'number') return `${cell}`
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const estimated = ({ value, low, high }: Estimate): [Cell, Cell, Cell] => [value, low, high]

function problemLines(part: string, problems: readonly LostConversions[], place: [Cell, Cell]): Cell[][] {
  return problems.flatMap(({ label, steps, lost, runs, occurrences, recovered }) => {
    const line = (figure: string, ...values: Cell[]) => [
      part,
      ...place,
      steps.join(' '),
      label,
      figure,
      ...values,
    ]
    return [
      line('lost', ...estimated(lost)),
      line('runs', runs),
      line('occurrences', occurrences),
      line('recovered', ...estimated(recovered)),
    ]
  })
}

const PART_NAMES = { value: '', other: 'all other values', unknown: 'unknown' }

/** Figures of each part of a breakdown, which `name` names. */
function partLines({ breakdown }: JourneyResult, place: [Cell, Cell]): Cell[][] {
  return (breakdown?.parts ?? []).flatMap((part) => {
    const name = `${breakdown!.by}=${part.kind === 'value' ? part.label : PART_NAMES[part.kind]}`
    const line = (step: string, figure: string, ...values: Cell[]) => [
      ...['breakdown', ...place, step, name, figure],
      ...values,
    ]
    const { slow, errors, endpoints } = part.costs ?? { slow: [], errors: [], endpoints: [] }
    return [
      line('', 'runs', part.runs),
      line('', 'conversions', part.conversions),
      line('', 'rate', ...estimated(part.rate)),
      line('', 'runs with errors', part.errorRuns),
      ...part.steps.flatMap((step) => [
        line(step.name, 'reached', step.reached),
        line(step.name, 'left', step.droppedOff),
        ...(step.ready ? [line(step.name, 'ready p75', ...estimated(step.ready))] : []),
      ]),
      ...slow.flatMap(({ step, measure, navigationType, adjusted }) => {
        const figure = `adjusted odds when slow: ${[measure, navigationType].filter(Boolean).join(' ')}`
        return adjusted ? [line(step, figure, ...estimated(adjusted))] : []
      }),
      ...[...errors, ...endpoints].map(({ kind, label, steps, lost }) =>
        line(steps.join(' '), `lost to ${kind.replace('-', ' ')}: ${label}`, ...estimated(lost)),
      ),
    ]
  })
}

function journeyLines(journey: JourneyResult): Cell[][] {
  const place: [Cell, Cell] = [journey.name, journey.version]
  const all = (figure: string, ...values: Cell[]) => ['journey', ...place, '', '', figure, ...values]
  return [
    all('runs', journey.runs),
    all('conversions', journey.conversions),
    all('rate', ...estimated(journey.rate)),
    all('began later', journey.beganLater.runs),
    all('still going', journey.stillGoing),
    ...journey.value.map(({ currency, amount }) => ['journey', ...place, '', currency, 'value', amount]),
    ...journey.steps.flatMap((step) => {
      const line = (name: string, figure: string, ...values: Cell[]) => [
        'funnel',
        ...place,
        step.name,
        name,
        figure,
        ...values,
      ]
      return [
        line('', 'reached', step.reached),
        line('', 'from start', ...estimated(step.fromStart)),
        line('', 'left', step.droppedOff),
        line('', 'still going', step.stillGoing),
        ...(step.ready ? [line('', 'ready p75', step.ready.p75)] : []),
        ...(step.timeToNext ? [line('', 'time to next p50', step.timeToNext.p50)] : []),
        ...(step.leftBecause ?? []).map(({ reason, units }) => line(reason, 'left because', units)),
      ]
    }),
    ...journey.latency.flatMap(({ step, measure, navigationType, buckets, adjusted }) => {
      const name = navigationType ? `${measure} ${navigationType}` : measure
      return [
        ...buckets.map(({ label, visits, rate }) => [
          'latency',
          ...place,
          step,
          `${name}: ${label} (${visits} visits)`,
          'rate',
          ...estimated(rate),
        ]),
        ...(adjusted ? [['latency', ...place, step, name, 'adjusted odds', ...estimated(adjusted)]] : []),
      ]
    }),
    ...problemLines('errors', journey.errors, place),
    ...problemLines('endpoints', journey.endpoints, place),
    ...partLines(journey, place),
  ]
}

/** Every figure of a report as CSV (RFC 4180), one a line. */
export function renderCsv(result: Result): string {
  const lines: Cell[][] = [
    [...HEAD],
    ...result.journeys.flatMap(journeyLines),
    ...result.hypotheses.flatMap(({ id, journey, verdict, variants, comparisons, decidedBy }) => [
      ['hypotheses', journey, '', '', id, `verdict: ${verdict}`],
      ...variants.flatMap(({ variant, subjects, rate }) => [
        ['hypotheses', journey, '', '', `${id}: ${variant}`, 'subjects', subjects],
        ['hypotheses', journey, '', '', `${id}: ${variant}`, 'rate', ...estimated(rate)],
      ]),
      ...comparisons.map(({ variant, relative }) => [
        'hypotheses',
        journey,
        '',
        '',
        `${id}: ${variant}`,
        'relative change',
        ...estimated(relative[decidedBy]),
      ]),
    ]),
    ...result.trust.notes.map(({ level, kind, text }) => ['findings', '', '', '', kind ?? '', level, text]),
  ]
  return lines.map((line) => `${HEAD.map((_, at) => write(line[at] ?? null)).join(',')}\r\n`).join('')
}
