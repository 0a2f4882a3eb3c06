import type { Journey } from '@throughline/core'
import { count, plural } from '../format'
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
  /** What arrived under names that are not declared, in sentences: nothing that is here may look like nothing. */
  notes(journeys: readonly Journey[]): string[]
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
          .map(
            (row) =>
              `${plural(row.runs, 'run')} of \`${row.journey}\` arrived, which is not declared; you declare ${names}.`,
          ),
        ...versions
          .filter(
            (row) =>
              declared(row.journey).length &&
              !declared(row.journey).some(({ version }) => version === row.version),
          )
          .map((row) => {
            const known = declared(row.journey)
              .map(({ version }) => version)
              .join(', ')
            return `${plural(row.runs, 'run')} of ${row.journey} are of another version (${row.version}) than ${known} and are left out.`
          }),
        ...steps.flatMap((row) => {
          const own = declared(row.journey).find(({ version }) => version === row.version)
          if (!own || own.steps.some(({ name }) => name === row.step)) return []
          const known = own.steps.map(({ name }) => name).join(', ')
          return [
            `${count(row.runs)} runs of ${row.journey} entered a step \`${row.step}\`, which is not declared (${known}); those visits are left out.`,
          ]
        }),
      ]
    },
  }
}
