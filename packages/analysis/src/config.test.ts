import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { loadConfig } from './config'

const folder = mkdtempSync(join(tmpdir(), 'throughline-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function load(text: string) {
  // A file of its own each time: modules are loaded once.
  const path = join(folder, `config-${files++}.ts`)
  writeFileSync(path, text)
  return loadConfig(path)
}

const journey = (more = '') => `{ name: 'a', version: '1', steps: ['b', 'c'], converts: 'c', ${more} }`
const claim = (more = '', count = 1) =>
  `export const journeys = [${journey()}]; export const hypotheses = [${`{ id: 'h', statement: 's', journey: 'a', variants: ['x', 'y'], expect: { metric: 'conversion', relative: 0.1 }, ${more} },`.repeat(count)}]`

test('a default export or named ones, in TypeScript that only a compiler understands', async () => {
  const config = fileURLToPath(new URL('./config.ts', import.meta.url))
  const { journeys, hypotheses } = await load(`
    import type { Config } from '${config}'
    enum Step { First = 'b' }
    const a: Config['journeys'][number] = { name: 'a', version: '1', steps: [Step.First, { name: 'c', optional: false }], converts: 'c', within: '1h' } as never
    export default { journeys: [a] } satisfies Config
  `)
  expect(journeys).toMatchObject([{ name: 'a', within: 36e5, steps: [{ name: 'b' }, { name: 'c' }] }])
  expect(hypotheses).toEqual([])
  const named = await load(claim())
  expect(named.hypotheses).toMatchObject([{ id: 'h', journey: 'a', weights: [0.5, 0.5], flag: 'h' }])
})

test.each<[string, string, RegExp]>([
  ['cut off', 'export default {', /cannot be loaded: /],
  ['a missing import', `import './nowhere'`, /cannot be loaded: .*nowhere/],
  ['code that throws', 'throw new Error("boo")', /cannot be loaded: boo/],
  ['code that throws anything', 'throw null', /cannot be loaded: null/],
  ['nothing', '', /must export journeys/],
  ['something else', 'export const a = 1', /must export journeys/],
  ['a default that is none', 'export default 5', /must export journeys/],
  ['no journeys', 'export const journeys = []', /must export journeys/],
  ['what is no journey', 'export const journeys = [{}]', /journeys\[0\] is no journey/],
  [
    'a journey without steps',
    `export const journeys = [{ name: 'a' }]`,
    /journey "a" needs at least two steps/,
  ],
  ['an unknown step', `export const journeys = [${journey("converts: 'x'")}]`, /"x", which is none of: b,c/],
  [
    'the same name twice',
    `export const journeys = [${journey()}, ${journey()}]`,
    /two journeys have the same name and version/,
  ],
  [
    'hypotheses that are none',
    `export const journeys = [${journey()}]; export const hypotheses = 1`,
    /must be a list/,
  ],
  [
    'what is no hypothesis',
    `export const journeys = [${journey()}]; export const hypotheses = [1]`,
    /hypotheses\[0\]/,
  ],
  [
    'a dimension of a built-in name',
    `export const journeys = [${journey()}]; export const dimensions = { browser: 'x' }`,
    /the dimension "browser" is built in/,
  ],
  [
    'a dimension without an attribute',
    `export const journeys = [${journey()}]; export const dimensions = { plan: 7 }`,
    /the dimension "plan" must name a resource or span attribute/,
  ],
  [
    'a dimension that looks like a variant',
    `export const journeys = [${journey()}]; export const dimensions = { 'variant.x': 'y' }`,
    /must be named in lower-case letters/,
  ],
  ['an undeclared journey', claim("journey: 'z'"), /about the journey "z", which is not among/],
  ['a step of no journey', claim("from: 'z'"), /names the step "z", which "a" has not/],
  ['the same id twice', claim('', 2), /two hypotheses have the id "h"/],
])('%s is said in one line', async (_, text, message) => {
  const error: Error = await load(text).then(
    () => new Error('it was taken'),
    (thrown) => thrown,
  )
  expect(error.name).toBe('Advice')
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('\n')
})

test('a file that is missing is named, with what to write', async () => {
  await expect(loadConfig('none.ts')).rejects.toThrow(/there is no none.ts: write one with "export default/)
})
