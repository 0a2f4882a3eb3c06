import Table from 'cli-table3'
import pc from 'picocolors'
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

const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

/** Columns that a text without colours takes up. */
export const columns = (text: string) => {
  let sum = 0
  for (const character of text) sum += WIDE.test(character) ? 2 : /\p{Mark}/u.test(character) ? 0 : 1
  return sum
}

/** Cuts a text from data to so many columns. */
export function cut(text: string, width: number): string {
  const clean = plain(text)
  if (columns(clean) <= width) return clean
  let kept = ''
  for (const character of clean) {
    if (columns(kept + character) >= width) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

/** Breaks a sentence into lines; `indent` columns stay free on the left, and `mark` stands before the first line. */
export function wrap(text: string, { width }: Ink, indent: number, mark = ''): string {
  const room = width - indent - columns(mark)
  const lines: string[] = []
  let line = ''
  for (const word of plain(text).split(/ (?!%)/)) {
    if (line && columns(line) + 1 + columns(word) > room) {
      lines.push(line)
      line = ''
    }
    line = line ? `${line} ${word}` : cut(word, room)
  }
  lines.push(line)
  const [first, ...rest] = lines
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

/** Columns that a text with colours takes up. */
const inkedColumns = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  columns(text.replace(/\u001b\[\d+m/g, ''))

/** Columns that a table of these cells leaves free for one column more. */
export function roomBeside(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width }: Ink,
): number {
  const widths = head.map((name, at) =>
    Math.max(columns(name.replace('>', '')), ...rows.map((row) => inkedColumns(row[at] ?? ''))),
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
