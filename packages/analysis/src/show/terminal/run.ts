import type { RunSummary } from '../../ask/recent-runs'
import type { MissingEvents, RunEntry, RunTimeline } from '../../ask/run-types'
import { count, duration, money, plain, plural, UNKNOWN } from '../../format'
import type { Ink } from './ink'
import { cut, table, wrap } from './ink'

const ENDS: Record<RunSummary['end'], string> = {
  converted: 'converted',
  failed: 'failed',
  abandoned: 'abandoned',
  left: 'left',
  going: 'may go on',
}

function endText({ end, endedBy, value }: RunSummary, { paint }: Ink): string {
  const colour = end === 'converted' ? paint.green : end === 'going' ? paint.yellow : paint.red
  const worth = value ? ` ${money(value.amount, value.currency)}` : ''
  return `${colour(ENDS[end])}${worth}${endedBy === 'server' ? paint.dim(' (server)') : ''}`
}

const seconds = (iso: string, timeZone: string) =>
  new Date(iso).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })

/** Recent runs, one line each. */
export function renderRuns(runs: readonly RunSummary[], ink: Ink, timeZone = 'UTC'): string {
  if (!runs.length) return 'No run of the declared journeys started in the time looked at.\n'
  const several = new Set(runs.map(({ journey }) => journey)).size > 1
  const head = [
    'run',
    'start',
    ...(several ? ['journey'] : []),
    'release',
    'browser',
    'furthest',
    'outcome',
    '>errors',
  ]
  const rows = runs.map((run) => [
    run.run,
    seconds(run.start, timeZone),
    ...(several ? [cut(run.journey, 16)] : []),
    cut(run.release, 12) || UNKNOWN,
    cut(run.browser || run.device, 18) || UNKNOWN,
    run.furthest === null ? UNKNOWN : cut(run.furthest, 16),
    endText(run, ink),
    run.errors ? ink.paint.red(count(run.errors)) : '0',
  ])
  return `${table(head, rows, ink)}\n`
}

function missingText({ page, first, last, after }: MissingEvents): string {
  const which = first === last ? `event ${first}` : `events ${first} to ${last}`
  const when = after === null ? '' : `, after ${duration(after)}`
  return `${which} of page ${page}${when}: not stored`
}

const sign = (offset: number) => `${offset < 0 ? '−' : '+'}${duration(Math.abs(offset))}`

function entryRow(entry: RunEntry, stack: boolean, ink: Ink): string[] {
  const { paint } = ink
  const { kind, source, service, subject, detail, duration: took, failed, copies } = entry
  const colour =
    kind === 'error' || failed ? paint.red : kind === 'enter' || kind === 'outcome' ? paint.bold : String
  const indent = '  '.repeat(entry.depth)
  const more = [
    detail && paint.dim(cut(detail, 60)),
    took !== null && paint.dim(duration(took)),
    failed && kind !== 'error' && paint.red('failed'),
    copies > 1 && paint.dim(`arrived ${copies} times`),
  ].filter(Boolean)
  const lines = stack && entry.stack ? entry.stack.split('\n').slice(0, 6) : []
  const rest = lines.map((line) => `\n  ${paint.dim(cut(line, 90))}`).join('')
  return [
    sign(entry.offset),
    kind,
    `${indent}${colour(cut(subject, Math.max(20, ink.width - 58)))}${more.length ? ` ${more.join(' ')}` : ''}${rest}`,
    paint.dim(cut(service || source, 14)),
  ]
}

/** One run as a timeline: what happened, and what is missing. */
export function renderRun(timeline: RunTimeline, ink: Ink, timeZone = 'UTC'): string {
  const { run, summary, entries, missing, silences, capped } = timeline
  const { paint } = ink
  const rows: { at: number; cells: string[] }[] = [
    ...entries.map((entry) => ({ at: entry.offset, cells: entryRow(entry, true, ink) })),
    ...silences.map(({ from, to }) => ({
      at: from,
      cells: [sign(from), paint.yellow('gap'), paint.yellow(`nothing for ${duration(to - from)}`), ''],
    })),
    ...missing.map((gap) => ({
      at: gap.after ?? 0,
      cells: [
        gap.after === null ? UNKNOWN : sign(gap.after),
        paint.yellow('missing'),
        paint.yellow(cut(missingText(gap), ink.width - 30)),
        '',
      ],
    })),
  ]
  // What happened goes before what follows it at the same moment.
  const ordered = rows
    .map((row, at) => ({ ...row, order: at }))
    .sort((a, b) => a.at - b.at || a.order - b.order)
  const facts = summary
    ? [
        `${plain(summary.journey)} version ${plain(summary.version)}`,
        endText(summary, ink),
        summary.furthest ? `came as far as ${plain(summary.furthest)}` : '',
        [summary.browser, summary.device, summary.country].filter(Boolean).map(plain).join(', '),
        summary.release && `release ${plain(summary.release)}`,
        plural(summary.errors, 'error'),
      ]
    : ['its journey or version is not declared']
  const traces = new Set(entries.map(({ trace }) => trace).filter(Boolean))
  const missed = missing.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  const notes = [
    missed &&
      `${plural(missed, 'event')} of its pages ${missed === 1 ? 'is' : 'are'} not stored: lost, or on the way.`,
    silences.length &&
      `${plural(silences.length, 'stretch', 'stretches')} of over a minute without any entry.`,
    capped && `Only the first ${count(entries.length)} entries are shown.`,
    `${traces.size === 1 ? 'Trace' : 'Traces'}: ${[...traces].slice(0, 5).map(plain).join(', ')}${traces.size > 5 ? ` and ${traces.size - 5} more` : ''}.`,
  ].filter(Boolean) as string[]
  return [
    `${paint.bold(`run ${run}`)}  ${entries[0] ? paint.dim(`${seconds(entries[0].at, timeZone)} ${timeZone}`) : ''}`,
    `  ${facts.filter(Boolean).join(' · ')}`,
    '',
    table(
      ['>after', 'what', '', 'service'],
      ordered.map(({ cells }) => cells),
      ink,
    ),
    '',
    ...notes.map((note) => wrap(note, ink, 2)),
    '',
  ].join('\n')
}
