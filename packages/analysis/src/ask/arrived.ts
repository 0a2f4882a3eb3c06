import type { Journey } from '@throughline/core'
import { count, plural } from '../format'
import type { Note } from './findings'
import { info, warning } from './findings'
import type { Scope } from './tables'

interface ArrivedRow {
  journey: string
  version: string
  step: string
  runs: number
}

/** What arrived in the time of a report, declared or not. */
export interface Arrived {
  versionsOf(journey: string): string[]
  /** What arrived under names that are not declared, and steps that did not: nothing here may look like nothing. */
  notes(journeys: readonly Journey[]): Note[]
}

/** With fewer runs, that nobody came to a step says nothing. */
const FEW = 50
/** Rows that arrived.sql gives at most. */
const MOST = 900

/** Of versions that nobody declares, how many are named; anyone can send one. */
const VERSIONS_NAMED = 8

/** Runs of versions that nobody declares: the larger ones by name. */
function otherVersions(journey: string, declared: readonly string[], others: readonly ArrivedRow[]): Note[] {
  if (others.length === 0) return []
  const sorted = [...others].sort((a, b) => b.runs - a.runs || (a.version < b.version ? -1 : 1))
  const runs = others.reduce((sum, other) => sum + other.runs, 0)
  const named = sorted.slice(0, VERSIONS_NAMED).map((row) => `${row.version || 'none'} (${row.runs})`)
  if (sorted.length > VERSIONS_NAMED) named.push(`${sorted.length - VERSIONS_NAMED} more`)
  const version = declared.length > 1 ? 'the versions' : 'version'
  return [
    info(
      `${plural(runs, 'run')} of ${journey} are not of ${version} ${declared.join(', ')} and are left out. Runs by version: ${named.join(', ')}.`,
      'unknown-version',
    ),
  ]
}

/** Steps that no run has entered, where there are runs and the answer was not cut short. */
function neverSeen(
  { name, version, steps, converts }: Journey,
  versions: readonly ArrivedRow[],
  seen: readonly ArrivedRow[],
): Note[] {
  const own = versions.find((row) => row.journey === name && row.version === version)
  const missing = steps.filter(
    (step) => !seen.some((row) => row.journey === name && row.version === version && row.step === step.name),
  )
  // Few runs may well leave before the end, and a server may confirm a conversion whose step nobody enters.
  if (!own || own.runs < FEW || seen.length >= MOST) return []
  return missing
    .filter((step) => step.name !== converts)
    .map((step) =>
      warning(`None of ${plural(own.runs, 'run')} of ${name} entered the step ${step.name}.`, 'never-seen'),
    )
}

/** Asks which journeys, versions and steps arrived. */
export async function arrivals(scope: Scope): Promise<Arrived> {
  const rows = await scope.ask<ArrivedRow>('arrived')
  // A row without a step is about a version, one without a version about a journey.
  const journeysSeen = rows.filter((row) => row.journey && !row.version && !row.step)
  const versions = rows.filter((row) => row.journey && row.version && !row.step)
  const steps = rows.filter((row) => row.step)
  return {
    versionsOf: (journey) => versions.filter((row) => row.journey === journey).map((row) => row.version),
    notes(journeys) {
      const declared = (name: string) => journeys.filter((journey) => journey.name === name)
      const names = [...new Set(journeys.map(({ name }) => name))].join(', ')
      return [
        ...journeysSeen
          .filter((row) => !declared(row.journey).length)
          .map((row) =>
            info(
              `${plural(row.runs, 'run')} of \`${row.journey}\` arrived, which is not declared; you declare ${names}.`,
              'undeclared',
            ),
          ),
        ...[...new Set(journeys.map(({ name }) => name))].flatMap((name) => {
          const known = declared(name).map(({ version }) => version)
          return otherVersions(
            name,
            known,
            versions.filter((row) => row.journey === name && !known.includes(row.version)),
          )
        }),
        ...steps.flatMap((row) => {
          const own = declared(row.journey).find(({ version }) => version === row.version)
          if (!own || own.steps.some(({ name }) => name === row.step)) return []
          const known = own.steps.map(({ name }) => name).join(', ')
          return [
            info(
              `${count(row.runs)} runs of ${row.journey} entered a step \`${row.step}\`, which is not declared (${known}); those visits are left out.`,
              'undeclared',
            ),
          ]
        }),
        ...journeys.flatMap((journey) => neverSeen(journey, versions, steps)),
      ]
    },
  }
}
