import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Hypothesis, Journey } from '@throughline/core'
import { defineHypothesis, defineJourney } from '@throughline/core'
import { createJiti } from 'jiti'
import { Advice } from './advice'
import { whereKeys } from './ask/where'

/** What `throughline.config.ts` declares. */
export interface Definitions {
  readonly journeys: readonly Journey[]
  readonly hypotheses: readonly Hypothesis[]
  /** What runs can be told apart by, besides the built-in keys: by name, the attribute that holds it. */
  readonly dimensions?: Readonly<Record<string, string>>
}

/** What a configuration may be written as: hypotheses are not needed. */
export interface Config {
  readonly journeys: readonly Journey[]
  readonly hypotheses?: readonly Hypothesis[]
  /**
   * Dimensions of your own, for filters and breakdowns: a name, and the resource or span attribute that holds the
   * value. Of a run, the first value that one of its spans has counts.
   *
   * @example { plan: 'app.plan' }
   */
  readonly dimensions?: Readonly<Record<string, string>>
}

/**
 * Types the default export of `throughline.config.ts`.
 *
 * @param config the journeys and hypotheses that the report is about
 */
export const defineConfig = (config: Config): Config => config

/**
 * Loads `throughline.config.ts`: its default export, or its exports `journeys` and `hypotheses`.
 *
 * @param path relative to the working directory
 * @throws Advice that says what to change, when the file is missing, does not run or declares something unusable
 */
export async function loadConfig(path: string): Promise<Definitions> {
  const file = resolve(path)
  if (!existsSync(file))
    throw new Advice(
      `there is no ${path}: write one with "export default { journeys: [...], hypotheses: [...] }", or name another with --config`,
    )
  let exported: Record<string, unknown>
  try {
    exported = await createJiti(import.meta.url, { fsCache: false, moduleCache: false }).import(file)
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).trim().split('\n')
    throw new Advice(`${path} cannot be loaded: ${reason}`)
  }
  try {
    return check(exported.default ?? exported)
  } catch (error) {
    throw new Advice(`${path}: ${(error as Error).message.replace(/^throughline: /, '')}`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const MOST_DIMENSIONS = 20

function checkDimensions(dimensions: unknown): Readonly<Record<string, string>> {
  if (!isObject(dimensions) || Array.isArray(dimensions))
    throw new Error("dimensions must be an object such as { plan: 'app.plan' }")
  const entries = Object.entries(dimensions)
  if (entries.length > MOST_DIMENSIONS)
    throw new Error(`there are ${entries.length} dimensions; at most ${MOST_DIMENSIONS} are taken`)
  const taken = whereKeys({ journeys: [], hypotheses: [] })
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      if (!/^[a-z0-9][a-z0-9.-]{0,47}$/.test(name) || name.startsWith('variant.'))
        throw new Error(
          `the dimension "${name}" must be named in lower-case letters, digits, "-" and ".", and not "variant."`,
        )
      if (taken.includes(name) || name === 'run' || name === 'subject')
        throw new Error(`the dimension "${name}" is built in; choose another name`)
      if (typeof attribute !== 'string' || attribute === '' || attribute.length > 200)
        throw new Error(`the dimension "${name}" must name a resource or span attribute, such as 'app.plan'`)
      return [name, attribute]
    }),
  )
}

/** Defines everything anew, so that what was written by hand, or by another copy of the library, is checked as well. */
function check(exported: unknown): Definitions {
  const { journeys, hypotheses = [], dimensions = {} } = isObject(exported) ? exported : {}
  if (!Array.isArray(journeys) || journeys.length === 0)
    throw new Error('it must export journeys, a list with at least one that defineJourney made')
  if (!Array.isArray(hypotheses)) throw new Error('hypotheses must be a list of what defineHypothesis made')
  const defined = journeys.map((journey: unknown, index) => {
    if (!isObject(journey) || typeof journey.name !== 'string')
      throw new Error(`journeys[${index}] is no journey; make it with defineJourney`)
    return defineJourney(journey.name, journey as never) as Journey
  })
  const versions = new Set(defined.map(({ name, version }) => JSON.stringify([name, version])))
  if (versions.size < defined.length) throw new Error('two journeys have the same name and version')
  const ids = new Set<string>()
  return {
    journeys: defined,
    dimensions: checkDimensions(dimensions),
    hypotheses: hypotheses.map((hypothesis: unknown, index) => {
      if (!isObject(hypothesis) || typeof hypothesis.id !== 'string')
        throw new Error(`hypotheses[${index}] is no hypothesis; make it with defineHypothesis`)
      const { id } = hypothesis
      // Checked against any version that has its steps.
      const named = defined.filter(({ name }) => name === hypothesis.journey)
      const { from } = hypothesis
      const journey = named.find(({ steps }) => steps.some((step) => step.name === from)) ?? named[0]
      if (!journey)
        throw new Error(
          `hypothesis "${id}" is about the journey "${hypothesis.journey}", which is not among the journeys`,
        )
      if (ids.has(id)) throw new Error(`two hypotheses have the id "${id}"`)
      ids.add(id)
      return defineHypothesis(id, { ...hypothesis, journey } as never) as Hypothesis
    }),
  }
}
