import type { Hypothesis, Journey } from '@throughline/core'
import { Advice } from '../advice'
import type { QueryParams } from '../engine'

/** What a run has one value of: the first that one of its visits, or spans, had. A report can be broken down by it. */
const TRAITS = [
  'browser',
  'browser.version',
  'os',
  'device',
  'network',
  'country',
  'language',
  'release',
] as const
/** What a run may have several of, or what became of it. */
const EVENTS = ['error', 'endpoint', 'reached', 'dropped', 'converted'] as const

/** Whether runs are told apart by what happened in them: then no randomised comparison is left. */
export const isAfterwards = (key: string): boolean => (EVENTS as readonly string[]).includes(key)

const MOST_FILTERS = 50
const LONGEST_VALUE = 500

/** What filters and breakdowns may name. */
export interface Nameable {
  readonly journeys: readonly Journey[]
  readonly hypotheses: readonly Hypothesis[]
  /** The config's own: by name, the resource or span attribute that holds it. */
  readonly dimensions?: Readonly<Record<string, string>> | undefined
}

/** Runs that have one of the values; an empty one stands for runs that have none. */
export interface Filter {
  readonly key: string
  readonly values: readonly string[]
}

/** The keys that a report can be broken down by: what a run has one value of. */
export const traitKeys = ({ hypotheses, dimensions = {} }: Nameable): string[] => [
  ...TRAITS,
  ...hypotheses.map(({ id }) => `variant.${id}`),
  ...Object.keys(dimensions),
]

/** The keys that a filter may have. */
export const whereKeys = (definitions: Nameable): string[] => [...traitKeys(definitions), ...EVENTS]

/** The values that a key can have, where they are a closed list. */
function valuesOf(key: string, { journeys, hypotheses }: Nameable): readonly string[] | undefined {
  if (key === 'converted') return ['yes', 'no']
  if (key === 'reached' || key === 'dropped')
    return [...new Set(journeys.flatMap(({ steps }) => steps.map(({ name }) => name)))]
  const hypothesis = hypotheses.find(({ id }) => key === `variant.${id}`)
  return hypothesis && [...hypothesis.variants, '']
}

const listed = (names: readonly string[]) =>
  names.map((name) => (name === '' ? '(nothing)' : name)).join(', ')

/**
 * Checks what a report is to be broken down by.
 *
 * @throws Advice that names the keys
 */
export function checkTrait(key: string, definitions: Nameable): string {
  const known = traitKeys(definitions)
  if (known.includes(key)) return key
  throw new Advice(`by is "${key.slice(0, 100)}"; write run, subject or one of ${listed(known)}`)
}

/**
 * Reads filters written as `key=value`. The same key several times means "or", different keys mean "and".
 *
 * @throws Advice that names the keys, or the values of a key that has a closed list of them
 */
export function parseWhere(texts: readonly string[], definitions: Nameable): Filter[] {
  const known = whereKeys(definitions)
  const found = new Map<string, string[]>()
  if (texts.length > MOST_FILTERS)
    throw new Advice(`there are ${texts.length} filters; at most ${MOST_FILTERS} are taken`)
  for (const text of texts) {
    const [, key = text, value] = /^([^=]*)=([\s\S]*)$/.exec(text) ?? []
    if (!known.includes(key))
      throw new Advice(`where names "${key.slice(0, 100)}", which is none of ${listed(known)}`)
    if (value === undefined) throw new Advice(`where is "${key}"; write ${key}=VALUE`)
    if (value.length > LONGEST_VALUE)
      throw new Advice(
        `the value of ${key} has ${value.length} characters; at most ${LONGEST_VALUE} are taken`,
      )
    const possible = valuesOf(key, definitions)
    if (possible && !possible.includes(value))
      throw new Advice(`where says ${key}=${value.slice(0, 100)}; ${key} is one of ${listed(possible)}`)
    const values = found.get(key) ?? []
    if (!values.includes(value)) found.set(key, [...values, value])
  }
  return [...found].map(([key, values]) => ({ key, values }))
}

/**
 * Checks how a report is cut, before anything is opened for it.
 *
 * @throws Advice as `parseWhere` and `checkTrait` do
 */
export function checkCut(
  { where = [], breakdown }: { readonly where?: readonly string[]; readonly breakdown?: string },
  definitions: Nameable,
): void {
  parseWhere(where, definitions)
  if (breakdown !== undefined) checkTrait(breakdown, definitions)
}

/** Filters as they are written. */
export const formatWhere = (where: readonly Filter[]): string[] =>
  where.flatMap(({ key, values }) => values.map((value) => `${key}=${value}`))

/** What selected.sql takes. */
export const selectParams = (where: readonly Filter[], unwanted: readonly Unwanted[] = []) => ({
  filters: where.map(({ key }) => key),
  wanted: where.map(({ values }) => values),
  unwanted: unwanted.map(({ key, value }) => `${key}=${value}`),
})

/** Runs that have the value are left out. */
export interface Unwanted {
  readonly key: string
  readonly value: string
}

/**
 * What selected.sql, traits.sql and by-value.sql take. Keys and values are data: no text of a query depends on them.
 *
 * @param others keys that are asked for besides: the first is what the report is broken down by
 */
export function whereParams(
  where: readonly Filter[],
  others: readonly string[],
  { dimensions = {} }: Pick<Nameable, 'dimensions'>,
) {
  const events = (key: string) => where.find((filter) => filter.key === key)?.values ?? []
  const traits = where.map(({ key }) => key).filter((key) => !isAfterwards(key))
  const keys = [...new Set([...traits, ...others])]
  const declared = keys.filter((key) => Object.hasOwn(dimensions, key))
  return {
    ...selectParams(where),
    by: others[0] ?? '',
    traits: keys.filter((key) => !declared.includes(key)),
    declared,
    attributes: declared.map((key) => dimensions[key]!),
    errors: events('error'),
    endpoints: events('endpoint'),
  } satisfies QueryParams
}
