import {
  between,
  count,
  day,
  duration,
  firstOf,
  moment,
  money,
  percent,
  plain,
  plural,
  points,
  UNKNOWN,
} from '../format'
import type {
  BreakdownPart,
  Change,
  ChangeResult,
  IncidentCost,
  JourneyResult,
  Mark,
  Part,
  Result,
} from '../result'
import { problemName } from './words'

// Breakdowns, trends and changes as tables of text, which the terminal and the page both show.

/** Columns that begin with `>` hold numbers. */
export interface TextTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly notes: readonly string[]
}

/** The steps whose readiness is shown: those with a target, else the first that was measured. */
function readySteps({ steps }: JourneyResult): string[] {
  const named = steps.filter(({ readiness }) => readiness)
  return (named.length ? named : steps.filter(({ ready }) => ready).slice(0, 1))
    .slice(0, 2)
    .map(({ name }) => name)
}

const HEAD = ['>runs', '>converted', '95 %', '>errors', '>worth']

function cells(part: Part, ready: readonly string[]): string[] {
  return [
    count(part.runs),
    part.runs ? percent(part.rate.value) : UNKNOWN,
    part.runs ? between(part.rate, percent) : '',
    count(part.errorRuns),
    part.value.map(({ amount, currency }) => money(amount, currency)).join(' + ') || UNKNOWN,
    ...ready.map((name) => {
      const measured = part.steps.find((step) => step.name === name)?.ready
      return measured ? duration(measured.value) : UNKNOWN
    }),
  ]
}

const PART_NAMES = { other: 'all other values', unknown: 'unknown' }

const partName = ({ kind, label }: BreakdownPart) => (kind === 'value' ? plain(label) : PART_NAMES[kind])

function breakdownTable(journey: JourneyResult): TextTable | null {
  const { breakdown } = journey
  if (!breakdown) return null
  const ready = readySteps(journey)
  return {
    title: `By ${plain(breakdown.by)}`,
    head: [plain(breakdown.by), ...HEAD, ...ready.map((name) => `>${plain(name)} ready (p75)`)],
    rows: breakdown.parts.map((part) => [partName(part), ...cells(part, ready)]),
    notes: [],
  }
}

/** What costs the most in each part of a breakdown. */
function costsTable({ breakdown }: JourneyResult): TextTable | null {
  const isCompared = ({ costs }: BreakdownPart) =>
    costs !== undefined && costs.slow.length + costs.errors.length + costs.endpoints.length > 0
  const parts = breakdown?.parts.filter((part) => part.costliest !== undefined) ?? []
  if (!parts.some(isCompared)) return null
  return {
    title: `By ${plain(breakdown!.by)}: what costs the most`,
    head: [plain(breakdown!.by), '>lost', '95 %', 'to'],
    rows: parts.map((part) => {
      const { costliest: most } = part
      if (!most) return [partName(part), UNKNOWN, '', 'nothing surely']
      const where = [firstOf(most.steps, 2), plain(most.service)].filter(Boolean).join(', ')
      const what = most.kind === 'slow-step' ? problemName(most) : `${problemName(most)} (${where})`
      return [partName(part), count(most.lost.value), between(most.lost, count), what]
    }),
    notes: [
      'Conversions lost among the runs of each value, to what surely costs the most of them, corrected for all that was compared in all values (Benjamini and Hochberg).',
    ],
  }
}

/** A mark in few words. */
export const markText = ({ kind, label }: Mark): string =>
  kind === 'release' ? `${plain(label)} first seen` : `${kind} ${plain(label)}`

function trendTable(journey: JourneyResult, { cut, marks, timeZone }: Result): TextTable | null {
  const { trend } = journey
  if (!trend || !cut.every) return null
  const ready = readySteps(journey)
  const within = (from: string, to: string) =>
    marks.filter(
      ({ at, end }) => Date.parse(at) < Date.parse(to) && Date.parse(end ?? at) >= Date.parse(from),
    )
  return {
    title: `By ${cut.every}`,
    head: [cut.every, ...HEAD, ...ready.map((name) => `>${plain(name)} ready (p75)`), 'marks'],
    rows: trend.map((part) => [
      cut.every === 'hour' ? moment(part.from, timeZone) : day(part.from, timeZone),
      ...cells(part, ready),
      within(part.from, part.to).map(markText).join(', '),
    ]),
    notes: [],
  }
}

const signed = (write: (value: number) => string) => (value: number) =>
  value > 0 ? `+${write(value)}` : write(value)

function changeRow(name: string, found: Change | null, write: (value: number) => string, by = signed(write)) {
  if (!found) return []
  const { now, before, difference } = found
  const isClear = difference.low > 0 || difference.high < 0
  return [
    [name, write(now), write(before), by(difference.value), between(difference, by), isClear ? '*' : ''],
  ]
}

function changeTable({ change: found, steps }: JourneyResult, { timeZone }: Result): TextTable | null {
  if (!found) return null
  const { perDay, rate, reached, errors, ready, valuePerDay } = found
  const first = steps[0]!.name
  const strata = {
    'weekday and hour': `Shares are compared within the same hours of the same days of the week (${timeZone}).`,
    hour: `Shares are compared within the same hours of the day (${timeZone}); both times have different days of the week.`,
    none: 'Both times have no hours of the day in common: shares are compared as they are.',
  }[found.strata]
  return {
    title: `Against ${againstText(found)}`,
    head: ['', '>now', '>before', '>change', '95 %', ''],
    rows: [
      ...changeRow('runs a day', perDay, count),
      ...changeRow('converted', rate, percent, points),
      ...reached
        .filter(({ step }) => step !== first)
        .flatMap(({ step, change: one }) => changeRow(`reached ${plain(step)}`, one, percent, points)),
      ...changeRow('met an error', errors, percent, points),
      ...ready.flatMap(({ step, change: one }) => changeRow(`${plain(step)} ready (p75)`, one, duration)),
      ...valuePerDay.flatMap(({ currency, change: one }) =>
        changeRow('worth a day', one, (amount) => money(amount, currency)),
      ),
    ],
    notes: [
      `${plural(found.runs.now, 'run')} now, ${plural(found.runs.before, 'run')} before; * marks intervals without 0.`,
      strata,
      ...(found.immature
        ? [
            `${plural(found.immature, 'run')} that may still convert ${found.immature === 1 ? 'is' : 'are'} left out.`,
          ]
        : []),
      ...(found.unmatched
        ? [
            `${plural(found.unmatched, 'run')} began at hours that only one of both has: not in these changes.`,
          ]
        : []),
    ],
  }
}

const againstText = ({ against }: ChangeResult) =>
  against === 'previous' ? 'the time before' : against.includes('..') ? against : `release ${plain(against)}`

/** What an incident cost, in a sentence. */
export function incidentText({ mark, hours, runs, conversions, lostValue }: IncidentCost): string {
  const sure = (estimate: { low: number }) => (estimate.low > 0 ? 'about ' : 'perhaps ')
  const worth = lostValue
    ?.map(
      ({ amount, currency }) =>
        `${money(amount.value, currency)} (${between(amount, (one) => money(one, currency))})`,
    )
    .join(' + ')
  return [
    `Incident ${plain(mark.label)}, ${duration(hours * 36e5)}:`,
    `${sure(conversions.missing)}${plural(Math.round(conversions.missing.value), 'conversion')} fewer than expected (${between(conversions.missing, count)}),`,
    `${count(conversions.observed)} instead of ${count(conversions.expected)}`,
    worth ? `, worth ${worth};` : ';',
    `${count(runs.observed)} runs instead of ${count(runs.expected)} (${between(runs.missing, count)} missing).`,
  ]
    .join(' ')
    .replace(' ,', ',')
    .replace(' ;', ';')
}

/** Every table that was asked for. */
export const cutTables = (journey: JourneyResult, result: Result): TextTable[] =>
  [
    breakdownTable(journey),
    costsTable(journey),
    trendTable(journey, result),
    changeTable(journey, result),
  ].filter((one) => one !== null)

/** What was asked for, behind the time of a report; empty if it is everything. */
export function cutText({ cut: { where, step } }: Result): string {
  const filters = where.map(
    ({ key, values }) => `${plain(key)} ${values.map((value) => plain(value) || 'unknown').join(' or ')}`,
  )
  return [
    filters.length ? `; only ${filters.join(', ')}` : '',
    step ? `; latency, errors and endpoints of ${plain(step)} alone` : '',
  ].join('')
}

/** Marks in the time of a report, in sentences; releases and deploys, then incidents. */
export const marksText = ({ marks, timeZone }: Result): string[] =>
  marks.map(
    (mark) =>
      `${moment(mark.at, timeZone)}${mark.end ? ` to ${moment(mark.end, timeZone)}` : ''}: ${markText(mark)}`,
  )
