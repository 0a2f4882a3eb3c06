import { attributes as names } from '@throughline/core'
import type { RowOptions } from './rows.ts'
import type { Scan } from './scan.ts'
import {
  bytes,
  COMMA,
  copyPlain,
  copyString,
  digits,
  END,
  END_LIST,
  expect,
  follows,
  more,
  parseNext,
  QUOTE,
  write,
  writeText,
} from './scan.ts'
import { isTimelyRun } from './times.ts'
import { asText, quote } from './values.ts'

/** A record with attributes that is being read. */
export interface RecordScan extends Scan, RowOptions {
  /** False once it says to belong to a run that cannot be taken. */
  isOfTimelyRun: boolean
}

const LIST = bytes('[')
const MINUS = bytes('-')
const ATTRIBUTES = bytes('"SpanAttributes":{')
const ATTRIBUTES_END = bytes('},')
const KEY = bytes('{"key":')
const VALUE = bytes(',"value":')
const KEY_END = bytes(':')
const STRING = bytes('{"stringValue":')
const INTEGER = bytes('{"intValue":')
const DOUBLE = bytes('{"doubleValue":')
const TRUE = bytes('{"boolValue":true}')
const FALSE = bytes('{"boolValue":false}')
const TRUE_TEXT = bytes('"true"')
const FALSE_TEXT = bytes('"false"')
const BROWSER = bytes('"browser"')
const RUN_ID = bytes(`"${names.RUN_ID}"`)
const EVENT_SOURCE = bytes(`"${names.EVENT_SOURCE}"`)

function isKey(span: RecordScan, start: number, known: Uint8Array): boolean {
  if (span.at - start !== known.length) return false
  for (let index = 0; index < known.length; index++)
    if (span.input[start + index] !== known[index]) return false
  return true
}

/** Copies what was just taken, as a string. */
function copyTaken(span: RecordScan, start: number) {
  const { input, output, at } = span
  write(span, QUOTE)
  for (let from = start; from < at; from++) output[span.to++] = input[from]!
  write(span, QUOTE)
}

/** Copies a whole number that a double holds exactly, so that its text is the same; answers whether it is one. */
function copyWhole(span: RecordScan): boolean {
  const start = span.at
  const count = digits(span)
  if (count === 0 || count > 15 || (count > 1 && span.input[start] === 48) || !follows(span, END)) {
    span.at = start
    return false
  }
  span.at--
  copyTaken(span, start)
  span.at++
  return true
}

function copyLong(span: RecordScan): boolean {
  if (!follows(span, QUOTE)) return false
  const start = span.at
  follows(span, MINUS)
  const count = digits(span)
  if (count === 0 || count > 19) return false
  copyTaken(span, start)
  return follows(span, QUOTE) && follows(span, END)
}

function copyValue(span: RecordScan) {
  const { at, to } = span
  if (follows(span, STRING)) {
    copyString(span)
    if (follows(span, END)) return
  } else if (follows(span, INTEGER)) {
    if (copyWhole(span) || copyLong(span)) return
  } else if (follows(span, DOUBLE)) {
    if (copyWhole(span)) return
  } else if (follows(span, TRUE)) return write(span, TRUE_TEXT)
  else if (follows(span, FALSE)) return write(span, FALSE_TEXT)
  span.at = at
  span.to = to
  writeText(span, quote(asText(parseNext(span))))
}

/** The run's id: the span counts only if its time does. */
function copyRunId(span: RecordScan) {
  expect(span, STRING)
  const start = span.at + 1
  copyPlain(span)
  span.isOfTimelyRun &&= isTimelyRun(span.input.toString('latin1', start, span.at - 1), span.now)
  expect(span, END)
}

function copySource(span: RecordScan) {
  const { to } = span
  copyValue(span)
  if (!span.isPublic) return
  span.to = to
  write(span, BROWSER)
}

/** Reads the attributes of a span, which are next, and writes them as a column. */
export function copyAttributes(span: RecordScan): void {
  write(span, ATTRIBUTES)
  expect(span, LIST)
  if (!follows(span, END_LIST))
    for (;;) {
      expect(span, KEY)
      const start = span.at
      copyPlain(span)
      write(span, KEY_END)
      const isRun = isKey(span, start, RUN_ID)
      const isSource = !isRun && isKey(span, start, EVENT_SOURCE)
      expect(span, VALUE)
      if (isRun) copyRunId(span)
      else if (isSource) copySource(span)
      else copyValue(span)
      expect(span, END)
      if (!more(span, END_LIST)) break
      write(span, COMMA)
    }
  write(span, ATTRIBUTES_END)
}
