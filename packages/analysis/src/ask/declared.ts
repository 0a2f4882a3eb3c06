import type { Journey } from '@throughline/core'

/**
 * The versions of one journey, or of all.
 *
 * @throws TypeError when the name is not declared
 */
export function declaredAs(journeys: readonly Journey[], name: string | undefined): Journey[] {
  const found = journeys.filter((journey) => !name || journey.name === name)
  if (found.length) return found
  const names = [...new Set(journeys.map((journey) => journey.name))].join(', ')
  throw new TypeError(`throughline: the journey "${name}" is none of: ${names}`)
}

/** The newest version of a journey, by the numbers in it: 10 is newer than 9. */
export const newestOf = (journeys: readonly Journey[], name: string): Journey | undefined =>
  journeys
    .filter((journey) => journey.name === name)
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))[0]

/** Of each journey the newest version. */
export const newestOfEach = (journeys: readonly Journey[]): Journey[] =>
  [...new Set(journeys.map(({ name }) => name))].map((name) => newestOf(journeys, name)!)
