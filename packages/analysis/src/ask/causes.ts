import type { Cause, LostConversions } from '../result'
import type { Scope } from './tables'

interface CauseRow {
  fingerprint: string
  firstSeen: number
  lastSeen: number
  releases: string[]
  browsers: string[]
  stack: string
  examples: [at: number, run: string, trace: string][]
}

const iso = (ms: number) => new Date(ms).toISOString()

/** Errors whose cause is looked up: the most expensive ones and the most frequent ones. */
const MOST = 20

/** The ones that a report says more about. */
function worthIt(errors: readonly LostConversions[], wanted: string | undefined): string[] {
  if (wanted !== undefined) return [wanted]
  const frequent = [...errors].sort((a, b) => b.occurrences - a.occurrences).slice(0, MOST / 2)
  return [...new Set([...errors.slice(0, MOST), ...frequent].map(({ key }) => key))]
}

/**
 * Adds to errors where they come from: stack, first and last time, releases, browsers, examples.
 *
 * @param errors the most expensive first
 * @param wanted only of this one
 */
export async function withCauses(
  scope: Scope,
  errors: readonly LostConversions[],
  wanted?: string,
): Promise<LostConversions[]> {
  const keys = worthIt(errors, wanted)
  if (!errors.length || !keys.length) return [...errors]
  const rows = await scope.ask<CauseRow>('causes', { keys })
  const known = new Map(rows.map((row) => [row.fingerprint, row]))
  return errors.map((error) => {
    const row = known.get(error.key)
    if (!row) return error
    const { releases, browsers, stack } = row
    const cause: Cause = {
      firstSeen: iso(row.firstSeen),
      lastSeen: iso(row.lastSeen),
      releases,
      browsers,
      stack,
      examples: row.examples.map(([at, run, trace]) => ({ run, trace, at: iso(at) })),
    }
    return { ...error, cause }
  })
}
