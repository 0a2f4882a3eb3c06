import { count, moment, percent, plain, plural } from '../format'
import type { JourneyResult, ReportPart, Result } from '../result'
import type { TextTable } from './cuts'
import { cutTables, cutText, incidentText, marksText } from './cuts'
import { isEmpty } from './highlights'
import { causesSection } from './terminal/causes'
import { funnelTable, headline } from './terminal/funnel'
import { hypothesisSection } from './terminal/hypotheses'
import type { Ink } from './terminal/ink'
import { createInk, cut, roomBeside, table, wrap } from './terminal/ink'
import { latencySection } from './terminal/latency'
import { leavingSection, satisfactionSection } from './terminal/leaving'
import { lossesSection } from './terminal/losses'
import { accountText, otherNames, serversText, syntheticText, whyEmpty } from './words'

/** How a terminal shows a result. */
export interface TerminalOptions {
  readonly color: boolean
  /** Columns; 80 to 140 are made use of. */
  readonly width: number
  /** Only these; all if left out. */
  readonly parts?: readonly ReportPart[]
}

type Wants = (part: ReportPart) => boolean

/** The part of a report to which a problem belongs. */
const PART_OF = {
  error: 'errors',
  'slow-endpoint': 'endpoints',
  'failing-endpoint': 'endpoints',
  'slow-step': 'latency',
} as const

function journeySection(journey: JourneyResult, result: Result, wants: Wants, ink: Ink): string {
  const { unit, timeZone } = result
  if (!journey.runs)
    return `${ink.paint.bold(plain(journey.name))} ${ink.paint.dim(`version ${plain(journey.version)}`)}\n  Nobody has started this journey in the time looked at.`
  const problems = journey.ranking.problems.filter(({ kind }) => wants(PART_OF[kind]))
  const wanted = { ...journey, ranking: { ...journey.ranking, problems } }
  const blocks = [
    headline(journey, unit, ink),
    wants('funnel') ? funnelTable(journey, ink) : '',
    ...cutTables(journey, result).map((one) => cutSection(one, ink)),
    journey.incidents.map((incident) => wrap(incidentText(incident), ink, 2, '! ')).join('\n'),
    ...(wants('funnel') ? [leavingSection(journey, ink), satisfactionSection(journey, ink)] : []),
    wants('latency') ? latencySection(journey, ink).join('\n\n') : '',
    lossesSection(wanted, ink).join('\n\n'),
    causesSection(wanted, timeZone, ink),
  ]
  return blocks.filter(Boolean).join('\n\n')
}

/** How wide the column of names may be, and others. */
const NAME = 24
const CELL = 32

function cutSection({ title, head, rows, notes }: TextTable, ink: Ink): string {
  const shown = rows.map(([name, ...cells]) => [cut(name!, NAME), ...cells.map((cell) => cut(cell, CELL))])
  // The last columns say the least: a narrow terminal does without.
  let columns = head.length
  while (columns > 3 && roomBeside(head.slice(0, columns), shown, ink) < -2) columns--
  const first = (cells: readonly string[]) => cells.slice(0, columns)
  // The last one may have what is left of the line.
  const spare = Math.max(0, roomBeside(first(head), shown.map(first), ink))
  for (const [at, cells] of shown.entries()) cells[columns - 1] = cut(rows[at]![columns - 1]!, CELL + spare)
  return [
    ink.paint.underline(cut(title, ink.width)),
    table(first(head), shown.map(first), ink),
    ...notes.map((note) => ink.paint.dim(wrap(note, ink, 2))),
  ].join('\n')
}

function marksSection(result: Result, ink: Ink): string {
  const lines = marksText(result).map((line) => wrap(line, ink, 2, '· '))
  return [ink.paint.underline('What happened meanwhile'), ...lines].join('\n')
}

function trustSection({ trust: { notes, delivery, servers } }: Result, ink: Ink): string {
  const { paint } = ink
  const { emitted, delivered, refused, dropped, pending, unaccounted, pages } = delivery
  const lines = notes.map(({ level, text }) => {
    const line = wrap(text, ink, 2, level === 'warning' ? '! ' : '· ')
    return level === 'warning' ? paint.yellow(line) : paint.dim(line)
  })
  if (emitted)
    lines.push(
      wrap(
        `${plural(pages, 'page')} emitted ${plural(emitted, 'event')}: ${percent(delivered / emitted)} delivered, ${count(dropped)} dropped, ${count(refused)} refused, ${count(pending)} on the way, ${count(unaccounted)} of pages without a final account.${accountText(delivery)}`,
        ink,
        2,
        '· ',
      ),
    )
  const ofServers = serversText(servers)
  if (ofServers) lines.push(wrap(ofServers, ink, 2, '· '))
  if (!lines.length) lines.push('  Nothing speaks against these numbers.')
  return [paint.underline('Can these numbers be trusted?'), ...lines].join('\n')
}

/** Names that do not match come first: they may be why there is nothing. */
function emptyText({ trust }: Result, ink: Ink): string {
  const names = otherNames(trust)
  return [
    ink.paint.bold(
      names.length > 0 ? 'No run of what you declare has arrived yet.' : 'Nothing has arrived yet.',
    ),
    ...names.map((line) => ink.paint.yellow(wrap(line, ink, 2, '! '))),
    wrap(
      'Run `throughline dev`, point your app’s OTLP exporter at the address that it prints (http://127.0.0.1:4318 unless you chose another) with startThroughline({ endpoint, … }), and walk through a journey. Then run this again.',
      ink,
      2,
    ),
  ].join('\n')
}

/** The report for a terminal: text that ends with a line break. */
export function renderTerminal(result: Result, { color, width, parts }: TerminalOptions): string {
  const wants: Wants = (part) => parts?.includes(part) ?? true
  const ink = createInk(color, width)
  const empty = whyEmpty(result)
  if (empty) return `${wrap(empty.text, ink, 0)}\n`
  if (isEmpty(result)) return `${emptyText(result, ink)}\n`
  const rule = ink.paint.dim('─'.repeat(ink.width))
  const sections = [
    ...(parts?.join() === 'hypotheses' ? [] : result.journeys).map((journey) =>
      journeySection(journey, result, wants, ink),
    ),
    ...(wants('hypotheses') ? result.hypotheses : []).map((hypothesis) =>
      hypothesisSection(hypothesis, ink).join('\n'),
    ),
    ...(result.marks.length ? [marksSection(result, ink)] : []),
    trustSection(result, ink),
  ]
  const counted = result.unit === 'subject' ? ', counted by people' : ''
  const period = ink.paint.dim(
    wrap(
      `${moment(result.since, result.timeZone)} to ${moment(result.until, result.timeZone)}${counted}${syntheticText(result)}${cutText(result)}`,
      ink,
      0,
    ),
  )
  return `${period}\n\n${sections.join(`\n${rule}\n`)}\n`
}
