import Table from 'cli-table3'
import pc from 'picocolors'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import { plain } from '../../format'

/** How wide the terminal is, and its colours. */
export interface Ink {
  readonly width: number
  readonly paint: ReturnType<typeof pc.createColors>
}

export const createInk = (color: boolean, width: number): Ink => ({
  width: Math.max(80, Math.min(140, Math.floor(width) || 80)),
  paint: pc.createColors(color),
})

/** Columns that a text takes up; colours take none. */
export const columns = (text: string): number => stringWidth(text)

const GRAPHEMES = new Intl.Segmenter('en')

/** Cuts a text from data to so many columns. */
export function cut(text: string, width: number): string {
  const clean = plain(text)
  if (columns(clean) <= width) return clean
  let [kept, used] = ['', 0]
  for (const { segment } of GRAPHEMES.segment(clean)) {
    used += columns(segment)
    if (used >= width) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** Breaks a sentence into lines; `indent` columns stay free on the left, and `mark` stands before the first line. */
export function wrap(text: string, { width }: Ink, indent: number, mark = ''): string {
  const room = width - indent - columns(mark)
  // A number and its percent sign stay on one line.
  const bound = plain(text).replaceAll(' %', '\u00a0%')
  const [first, ...rest] = wrapAnsi(bound, room, { hard: true }).replaceAll('\u00a0%', ' %').split('\n')
  const margin = ' '.repeat(indent)
  return [
    `${margin}${mark}${first}`,
    ...rest.map((one) => `${margin}${' '.repeat(columns(mark))}${one}`),
  ].join('\n')
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A horizontal bar of at most `width` columns, exact to an eighth of one. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share || 0)) * width * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]
}

/** Columns that a table of these cells leaves free for one column more. */
export function roomBeside(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width }: Ink,
): number {
  const widths = head.map((name, at) =>
    Math.max(columns(name.replace('>', '')), ...rows.map((row) => columns(row[at] ?? ''))),
  )
  return width - 2 - widths.reduce((sum, one) => sum + one + 2, 0)
}

/** A table without lines, indented by two. Columns that begin with `>` are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], { paint }: Ink): string {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
  } as const
  const more = { 'bottom-left': '', 'bottom-right': '', left: '  ', 'left-mid': '', mid: '' } as const
  const drawn = new Table({
    chars: { ...none, ...more, 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: head.map((name) => paint.dim(name.replace('>', ''))),
    colAligns: head.map((name) => (name.startsWith('>') ? 'right' : 'left')),
  })
  drawn.push(...rows.map((row) => [...row]))
  return drawn.toString().replace(/ +$/gm, '')
}
