import type { Journey } from './journey'

/**
 * Where a step is: an address pattern, or several. `/orders/:id` (`:id` is one segment, whatever it holds), `/docs/*`
 * (all below `/docs`), `/checkout?step=payment` (the query has that pair, whatever else it has), `/#/payment` or
 * `#/payment` (hash routers; without a path, on any). A final slash, and what the pattern does not name of query and
 * hash, do not matter. Letters' case does.
 */
export type At = string | readonly string[]

/** One pattern, compiled to what JavaScript and RE2 (ClickHouse, Go) read alike. */
export interface Address {
  readonly step: string
  /** Regular expressions for `location.pathname` and for `location.hash` without `#` and `?…`; undefined: any. */
  readonly path: string | undefined
  readonly hash: string | undefined
  /** Parameters that the query must have; undefined: with any value that is not empty. */
  readonly query: readonly (readonly [name: string, value: string | undefined])[]
}

/** `/path?query#hash`, each of them optional. */
const PATTERN = /^(\/[^?#]*)?(?:\?([^#]*))?(?:#(.*))?$/

const segmentsOf = (path: string) => path.replace(/\/$/, '').split('/')

export const isPattern = (pattern: unknown): boolean => {
  const [whole, path = '', , hash = ''] = PATTERN.exec(`${pattern}`) ?? []
  return (
    !!whole &&
    [path, hash].every((part) =>
      segmentsOf(part).every((segment, i, all) =>
        segment.startsWith(':')
          ? /^:\w+$/.test(segment)
          : segment === '*'
            ? i === all.length - 1
            : !segment.includes('*'),
      ),
    )
  )
}

/** As browsers write it in an address, escaped. */
const literal = (text: string) =>
  encodeURI(text)
    .replace(/%25/g, '%')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function source(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  const part = (text: string) => (text === '*' ? '.+' : text[0] === ':' ? '[^/]+' : literal(text))
  return `^${segmentsOf(path).map(part).join('/')}/?$`
}

/** How much a pattern says: what it names counts more than what it leaves open. */
const weight = (pattern: string) =>
  pattern
    .split(/[/?&#]/)
    .reduce((sum, part) => sum + (/^\*?$/.test(part) ? 0 : /^:|=:/.test(part) ? 1 : 99), 0)

const compile = (step: string, pattern: string): Address => {
  const [, path, query, hash] = PATTERN.exec(pattern) ?? []
  const pairs = [...new URLSearchParams(query)]
  return {
    step,
    path: source(path),
    hash: source(hash),
    query: pairs.map(([name, value]) => [name, value[0] === ':' ? undefined : value]),
  }
}

/**
 * The patterns of a journey's steps, the one that says most first: `/orders/new` before `/orders/:id`; those that say
 * as much in declared order.
 */
export function addressesOf(journey: Journey): Address[] {
  return journey.steps
    .flatMap(({ name: step, at = [] }) => [at].flat().map((pattern) => ({ step, pattern })))
    .sort((a, b) => weight(b.pattern) - weight(a.pattern))
    .map(({ step, pattern }) => compile(step, pattern))
}

const matcher = ({ path, hash, query }: Address) => {
  const [atPath, atHash] = [path, hash].map((one) => one && new RegExp(one)) as (RegExp | undefined)[]
  return ({ pathname, searchParams, hash }: URL) =>
    (atPath?.test(pathname) ?? true) &&
    (atHash?.test(hash.slice(1).split('?', 1)[0]!) ?? true) &&
    query.every(([name, value]) => {
      const found = searchParams.get(name)
      return value === undefined ? !!found : found === value
    })
}

/** Whether an address is at a pattern, which is compiled once. */
export const addressMatcher = (pattern: string): ((url: URL) => boolean) => matcher(compile('', pattern))

const compiled = new WeakMap<Journey, { step: string; matches(url: URL): boolean }[]>()

/** The step of a journey that is at an address, or undefined. */
export function stepAt(journey: Journey, url: URL): string | undefined {
  let all = compiled.get(journey)
  if (!all) {
    all = addressesOf(journey).map((address) => ({ step: address.step, matches: matcher(address) }))
    compiled.set(journey, all)
  }
  return all.find(({ matches }) => matches(url))?.step
}
