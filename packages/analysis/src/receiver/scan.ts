import { quote } from './values.ts'

// Reading JSON byte by byte and writing other JSON as it goes, with no objects in between: a span has some eighty, and to make and
// collect them costs more than all the rest. Only JSON as exporters write it is read this way, without white space; whatever is out
// of the ordinary, right or wrong, ends in `unusual`, and is read again as a whole by those who can tell.

/** Where we are in what is read (`input`, `at`) and in what is written (`output`, `to`). */
export interface Scan {
  readonly input: Buffer
  at: number
  output: Buffer<ArrayBuffer>
  to: number
}

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

export const QUOTE = bytes('"')
export const COMMA = bytes(',')
export const END = bytes('}')
export const END_LIST = bytes(']')

const QUOTE_BYTE = 34
const COMMA_BYTE = 44
const BACKSLASH = 92
const OPEN = [91, 123]
const CLOSED = [93, 125]

// One for all: nobody reads it, and a stack trace costs more than a span.
const UNUSUAL = new Error('not as exporters write it')

/** Gives up. */
export function unusual(): never {
  throw UNUSUAL
}

/** Bytes that a span's row has more than what it is read from: the columns' names, mostly. */
const OVERHEAD = 1024
/** What many spans share is written out for each. Where that becomes too much is for others to say. */
const MOST = 256 * 2 ** 20

/** Makes room for so many bytes, besides what is still to be read: what is copied from there always fits. */
export function reserve(scan: Scan, bytes: number): void {
  const size = scan.to + bytes + scan.input.length - scan.at + OVERHEAD
  if (size <= scan.output.length) return
  if (scan.to + bytes > MOST) unusual()
  const larger = Buffer.allocUnsafeSlow(2 * size)
  scan.output.copy(larger, 0, 0, scan.to)
  scan.output = larger
}

/** Takes these bytes if they are next. */
export function follows(scan: Scan, bytes: Uint8Array): boolean {
  const { input, at } = scan
  for (let index = 0; index < bytes.length; index++) if (input[at + index] !== bytes[index]) return false
  scan.at = at + bytes.length
  return true
}

/** Takes these bytes, which must be next. */
export function expect(scan: Scan, bytes: Uint8Array): void {
  if (!follows(scan, bytes)) unusual()
}

/** After an item of a list or an object: takes the comma, or the closing bracket; whether there is another. */
export function more(scan: Scan, closing: Uint8Array): boolean {
  if (follows(scan, COMMA)) return true
  expect(scan, closing)
  return false
}

/** Writes a few bytes, for which there is room. */
export function write(scan: Scan, bytes: Uint8Array): void {
  const { output } = scan
  let { to } = scan
  for (let index = 0; index < bytes.length; index++) output[to++] = bytes[index]!
  scan.to = to
}

/** Writes text. */
export function writeText(scan: Scan, text: string): void {
  reserve(scan, 3 * text.length)
  scan.to += scan.output.write(text, scan.to)
}

/** The place after a string whose opening quote is at `at`. */
function endOfString(input: Buffer, at: number): number {
  for (let next = at + 1; next < input.length; next++) {
    if (input[next] === QUOTE_BYTE) return next + 1
    if (input[next] === BACKSLASH) next++
  }
  return unusual()
}

/** The place after a value, if it is one. */
function endOfValue(input: Buffer, from: number): number {
  let depth = 0
  for (let at = from; at < input.length; at++) {
    const byte = input[at]!
    if (depth === 0 && at > from && (byte === COMMA_BYTE || CLOSED.includes(byte))) return at
    if (byte === QUOTE_BYTE) at = endOfString(input, at) - 1
    else if (OPEN.includes(byte)) depth++
    else if (CLOSED.includes(byte)) depth--
  }
  return unusual()
}

/** Takes any value. */
export function parseNext(scan: Scan): unknown {
  const start = scan.at
  scan.at = endOfValue(scan.input, start)
  return JSON.parse(scan.input.toString('utf8', start, scan.at))
}

/** Copies a string, quotes and all; answers whether there was nothing to unescape. */
export function copyString(scan: Scan): boolean {
  const { input, output } = scan
  let { at, to } = scan
  if (input[at] !== QUOTE_BYTE) unusual()
  do {
    const byte = input[at]!
    if (byte === BACKSLASH) return copyEscaped(scan)
    if (!(byte >= 32)) unusual()
    output[to++] = byte
  } while (input[++at] !== QUOTE_BYTE)
  output[to++] = QUOTE_BYTE
  scan.at = at + 1
  scan.to = to
  return true
}

function copyEscaped(scan: Scan): false {
  const start = scan.at
  scan.at = endOfString(scan.input, start)
  writeText(scan, quote(JSON.parse(scan.input.toString('utf8', start, scan.at)) as string))
  return false
}

/** Copies a string that has nothing to unescape. */
export function copyPlain(scan: Scan): void {
  if (!copyString(scan)) unusual()
}

/** Takes decimal digits; answers how many. */
export function digits(scan: Scan): number {
  const start = scan.at
  while (isDigit(scan.input[scan.at]!)) scan.at++
  return scan.at - start
}

export const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57
