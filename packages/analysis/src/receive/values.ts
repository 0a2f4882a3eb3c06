import { malformed } from './bad-request.ts'
import type { AnyValue, KeyValue } from './otlp.ts'

// OTLP's values as JSON text for ClickHouse, worded as the collector's exporter words them.

/** What JSON must escape, and surrogates, which might be alone: ClickHouse refuses a whole insert for one of those. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be escaped
const UNSAFE = /["\\\u0000-\u001f\ud800-\udfff]/

/** A JSON string. */
export const quote = (text: string): string =>
  UNSAFE.test(text) ? JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')) : `"${text}"`

const isObject = (item: unknown): item is Record<string, unknown> => typeof item === 'object' && item !== null

/** @throws BadRequest when it is no array; a missing one is empty */
export function list(value: unknown, what: string): readonly Record<string, unknown>[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.every(isObject)) return value
  throw malformed(`${what} must be a list of objects`)
}

/** @throws BadRequest when it is neither an object nor missing */
export function object(value: unknown, what: string): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw malformed(`${what} must be an object`)
}

/** @throws BadRequest when it is neither a string nor missing */
export function string(value: unknown, what: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw malformed(`${what} must be a string`)
}

/** A whole number below 2^32, which JSON may also give as text. */
export function uint32(value: unknown, what: string): number {
  if (value === undefined || value === null) return 0
  const isText = typeof value === 'string' && /^\d{1,10}$/.test(value)
  const number = typeof value === 'number' || isText ? Number(value) : Number.NaN
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 32) return number
  throw malformed(`${what} must be a whole number`)
}

/** Values within values; as deep as the protobuf decoder goes. */
const DEEPEST = 64

function integer(value: unknown): string {
  const text = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value
  if (typeof text === 'string' && /^-?\d{1,19}$/.test(text)) return text
  throw malformed(`intValue must be a whole number of 64 bits, not ${JSON.stringify(value)}`)
}

function double(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (
    typeof value === 'string' &&
    (/^-?Infinity$|^NaN$/.test(value) || (value !== '' && Number.isFinite(Number(value))))
  )
    return String(Number(value))
  throw malformed(`doubleValue must be a number, not ${JSON.stringify(value)}`)
}

function base64(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value)) return value
  throw malformed('bytesValue must be base64')
}

/** The value inside a list or a map, as JSON text. */
function nested(value: unknown, depth: number): string {
  if (depth > DEEPEST) throw malformed('an attribute is nested too deeply')
  const any = object(value, 'a value') as AnyValue
  if (any.stringValue !== undefined) return quote(string(any.stringValue, 'stringValue'))
  if (any.intValue !== undefined) return integer(any.intValue)
  if (any.doubleValue !== undefined) {
    const text = double(any.doubleValue)
    return Number.isFinite(Number(text)) ? text : 'null'
  }
  if (any.boolValue !== undefined) return String(boolean(any.boolValue))
  if (any.bytesValue !== undefined) return quote(base64(any.bytesValue))
  if (any.arrayValue !== undefined)
    return `[${list(object(any.arrayValue, 'arrayValue').values, 'values').map((item) => nested(item, depth + 1))}]`
  if (any.kvlistValue === undefined) return 'null'
  const entries = list(object(any.kvlistValue, 'kvlistValue').values, 'values').map(
    (pair): [string, string] => [string(pair.key, 'a key'), nested(pair.value, depth + 1)],
  )
  // Go writes a map's keys in order.
  return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, text]) => `${quote(key)}:${text}`)}}`
}

function boolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw malformed('boolValue must be true or false')
}

/** A value as the text that a column or a map holds. */
export function asText(value: unknown): string {
  const any = object(value, 'a value') as AnyValue
  if (any.stringValue !== undefined) return string(any.stringValue, 'stringValue')
  if (any.intValue !== undefined) return integer(any.intValue)
  if (any.doubleValue !== undefined) return double(any.doubleValue)
  if (any.boolValue !== undefined) return String(boolean(any.boolValue))
  if (any.bytesValue !== undefined) return base64(any.bytesValue)
  return any.arrayValue === undefined && any.kvlistValue === undefined ? '' : nested(any, 0)
}

/** Keys are few and come again and again. */
const keys = new Map<string, string>()

function quoteKey(key: string): string {
  const known = keys.get(key)
  if (known !== undefined) return known
  const text = `${quote(key)}:`
  if (keys.size < 1000 && key.length < 100) keys.set(key, text)
  return text
}

/**
 * Attributes as the JSON text of a map.
 *
 * @param each sees every attribute, and answers with the value to take, or with nothing to leave the attribute out
 */
export function attributesText(
  attributes: unknown,
  each: (key: string, value: string) => string | undefined = (_, value) => value,
): string {
  let text = ''
  for (const { key, value } of list(attributes, 'attributes') as readonly KeyValue[]) {
    if (typeof key !== 'string') throw malformed('an attribute has no key')
    const taken = each(key, asText(value))
    if (taken !== undefined) text += `${text && ','}${quoteKey(key)}${quote(taken)}`
  }
  return `{${text}}`
}
