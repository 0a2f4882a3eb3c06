import type { Journey } from '@throughline/core'
import { plural } from '../format'
import type { Note } from './findings'
import { info, warning } from './findings'
import type { Scope } from './tables'

interface ArrivedRow {
  journey: string
  version: string
  step: string
  runs: number
}

/** A name in the data that is not declared, or a declared one that is not in the data. */
export interface Mismatch {
  /** What does not match: the same while only its number of runs grows. */
  readonly about: string
  readonly note: Note
}

/** What arrived in the time of a report, declared or not. */
export interface Arrived {
  /** Whether there is no run of any journey. */
  readonly isNothing: boolean
  versionsOf(journey: string): string[]
  /** What arrived under names that are not declared, and steps that did not: nothing here may look like nothing. */
  mismatches(journeys: readonly Journey[]): Mismatch[]
}

/** With fewer runs, that nobody came to a step says nothing. */
const FEW = 50
/** Rows that arrived.sql gives at most. */
const MOST = 900

/** Of versions that nobody declares, how many are named; anyone can send one. */
const VERSIONS_NAMED = 8

/** Runs of versions that nobody declares: the larger ones by name. */
function otherVersions(
  journey: string,
  declared: readonly string[],
  others: readonly ArrivedRow[],
): Mismatch[] {
  if (others.length === 0) return []
  const sorted = [...others].sort((a, b) => b.runs - a.runs || (a.version < b.version ? -1 : 1))
  const runs = others.reduce((sum, other) => sum + other.runs, 0)
  const named = sorted.slice(0, VERSIONS_NAMED).map((row) => `${row.version || 'none'} (${row.runs})`)
  if (sorted.length > VERSIONS_NAMED) named.push(`${sorted.length - VERSIONS_NAMED} more`)
  const version = declared.length > 1 ? 'the versions' : 'version'
  const note = info(
    `${plural(runs, 'run')} of ${journey} are not of ${version} ${declared.join(', ')} and are left out. Runs by version: ${named.join(', ')}.`,
    'unknown-version',
  )
  return [{ about: `version of ${journey}`, note }]
}

/** Steps that are entered under names that their journey does not declare. */
const undeclaredSteps = ({ name, version, steps }: Journey, seen: readonly ArrivedRow[]): ArrivedRow[] =>
  seen.filter(
    (row) =>
      row.journey === name &&
      row.version === version &&
      !steps.some((declared) => declared.name === row.step),
  )

function unknownSteps(journey: Journey, seen: readonly ArrivedRow[]): Mismatch[] {
  const { name, version, steps } = journey
  const known = steps.map((step) => step.name).join(', ')
  return undeclaredSteps(journey, seen).map(({ step, runs }) => ({
    about: `step ${name} ${version} ${step}`,
    note: info(
      `${plural(runs, 'run')} of ${name} entered a step \`${step}\`, which is not declared (${known}); those visits are left out.`,
      'undeclared',
    ),
  }))
}

/**
 * Steps that no run has entered, where the answer was not cut short and there are runs enough; one is enough where
 * some other step has a name that is not declared, as it may be the same step.
 */
function neverSeen(
  journey: Journey,
  versions: readonly ArrivedRow[],
  seen: readonly ArrivedRow[],
): Mismatch[] {
  const { name, version, steps, converts } = journey
  const own = versions.find((row) => row.journey === name && row.version === version)
  const missing = steps.filter(
    (step) => !seen.some((row) => row.journey === name && row.version === version && row.step === step.name),
  )
  // Few runs may well leave before the end, and a server may confirm a conversion whose step nobody enters.
  const enough = undeclaredSteps(journey, seen).length > 0 ? 1 : FEW
  if (!own || own.runs < enough || seen.length >= MOST) return []
  return missing
    .filter((step) => step.name !== converts)
    .map((step) => ({
      about: `no ${name} ${version} ${step.name}`,
      note: warning(
        `None of ${plural(own.runs, 'run')} of ${name} entered the step ${step.name}.`,
        'never-seen',
      ),
    }))
}

/** Journeys that arrived and are not declared, beside those that are. */
function unknownJourneys(names: readonly string[], seen: readonly ArrivedRow[]): Mismatch[] {
  const absent = names.filter((name) => !seen.some(({ journey }) => journey === name))
  const without = names.length > 1 && absent.length > 0 ? ` (no run of ${absent.join(', ')} arrived)` : ''
  return seen
    .filter(({ journey }) => !names.includes(journey))
    .map(({ journey, runs }) => ({
      about: `journey ${journey}`,
      note: info(
        `${plural(runs, 'run')} of \`${journey}\` arrived, which is not declared; you declare ${names.join(', ')}${without}.`,
        'undeclared',
      ),
    }))
}

/** Asks which journeys, versions and steps arrived. */
export async function arrivals(scope: Scope): Promise<Arrived> {
  const rows = await scope.ask<ArrivedRow>('arrived')
  // A row without a step is about a version, one without a version about a journey.
  const journeysSeen = rows.filter((row) => row.journey && !row.version && !row.step)
  const versions = rows.filter((row) => row.journey && row.version && !row.step)
  const steps = rows.filter((row) => row.step)
  return {
    isNothing: journeysSeen.length === 0,
    versionsOf: (journey) => versions.filter((row) => row.journey === journey).map((row) => row.version),
    mismatches(journeys) {
      const names = [...new Set(journeys.map(({ name }) => name))]
      return [
        ...unknownJourneys(names, journeysSeen),
        ...names.flatMap((name) => {
          const known = journeys.filter((journey) => journey.name === name).map(({ version }) => version)
          const others = versions.filter((row) => row.journey === name && !known.includes(row.version))
          return otherVersions(name, known, others)
        }),
        ...journeys.flatMap((journey) => unknownSteps(journey, steps)),
        ...journeys.flatMap((journey) => neverSeen(journey, versions, steps)),
      ]
    },
  }
}
