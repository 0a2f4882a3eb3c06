import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Hypothesis, Journey } from '@throughline/core'
import { defineHypothesis, defineJourney } from '@throughline/core'
import { createJiti } from 'jiti'
import { Advice } from './advice'

/** What `throughline.config.ts` declares. */
export interface Definitions {
  readonly journeys: readonly Journey[]
  readonly hypotheses: readonly Hypothesis[]
}

/** What a configuration may be written as: hypotheses are not needed. */
export interface Config {
  readonly journeys: readonly Journey[]
  readonly hypotheses?: readonly Hypothesis[]
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

/** Defines everything anew, so that what was written by hand, or by another copy of the library, is checked as well. */
function check(exported: unknown): Definitions {
  const { journeys, hypotheses = [] } = isObject(exported) ? exported : {}
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
