import { shared } from './shared'

const MOST = 8

/**
 * Versions that are not declared here and were accepted, by journey. Names come from the definitions, so it is
 * bounded.
 */
const accepted = shared('versions', () => new Map<string, Set<string>>())

/**
 * Whether a version that is not declared here is accepted: each process takes eight of each journey. While a deploy
 * is under way, browsers send versions that some servers do not know yet, or no longer; anyone can send any number of
 * others.
 *
 * @param journey the name of a declared one
 */
export function acceptsUndeclared(journey: string, version: string): boolean {
  const versions = accepted.get(journey) ?? new Set()
  accepted.set(journey, versions)
  if (versions.size < MOST) versions.add(version)
  return versions.has(version)
}
