import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine, QueryParams } from '../engine'
import { openTestEngine } from '../testing'

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())

const asked = async (type: string, value: QueryParams[string]) => {
  const [row] = await engine.query<{ value: unknown }>(`SELECT {value:${type}} AS value`, { value })
  return row!.value
}

/** What can be meant as SQL, or as another parameter. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "'",
      '\\',
      '\0',
      '\n',
      '\t',
      '{',
      '}',
      '{value:String}',
      "')",
      '--',
      '/*',
      ';',
      'é',
      '💡',
    ),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 20,
})

it.each<[string, fc.Arbitrary<QueryParams[string]>]>([
  ['String', text],
  ['Int64', fc.integer({ min: -(2 ** 52), max: 2 ** 52 })],
  ['Float64', fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))],
  ['Array(String)', fc.array(text, { maxLength: 3 })],
  ['Array(Array(String))', fc.array(fc.array(text, { maxLength: 2 }), { maxLength: 2 })],
  ['Array(UInt8)', fc.array(fc.nat({ max: 255 }), { maxLength: 4 })],
  ['Array(Float64)', fc.array(fc.constantFrom(0, 0.5, -1e-300, 1e300), { maxLength: 4 })],
])('a value of type %s arrives as it is', async (type, values) => {
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      expect(await asked(type, value)).toEqual(value)
    }),
    { numRuns: 100 },
  )
})

it('knows numbers without end', async () => {
  const sql = 'SELECT {most:Float64} > 1e308 AND {least:Float64} < -1e308 AND isNaN({none:Float64}) AS right'
  const params = { most: Number.POSITIVE_INFINITY, least: Number.NEGATIVE_INFINITY, none: Number.NaN }
  expect(await engine.query(sql, params)).toEqual([{ right: 1 }])
})

it('leaves alone what has no parameter', async () => {
  expect(await engine.query("SELECT '{one:UInt8}' AS text, {two:UInt8} AS two", { two: 2 })).toEqual([
    { text: '{one:UInt8}', two: 2 },
  ])
  await expect(engine.query('SELECT {one:UInt8}')).rejects.toThrow(/`one` is not set/)
})
