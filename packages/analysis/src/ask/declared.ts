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
