import { shared } from './shared'

/** Versions of a journey that are accepted at a time. */
const ACCEPTED = 8
/** Versions of a journey that are counted at a time. */
const COUNTED = 64
/** After this many requests counts are halved, so that what browsers no longer send makes room. */
const REQUESTS = 1024

/** How often each undeclared version of a journey came. */
interface Tally {
  readonly counts: Map<string, number>
  readonly accepted: Set<string>
  requests: number
}

/** By journey. Names come from the definitions, so it is bounded. */
const tallies = shared('versions', () => new Map<string, Tally>())

const rarest = (versions: Iterable<string>, counts: ReadonlyMap<string, number>): string =>
  [...versions].reduce((least, it) => ((counts.get(it) ?? 0) < (counts.get(least) ?? 0) ? it : least))

function add({ counts, accepted }: Tally, version: string): void {
  if (!counts.has(version) && counts.size === COUNTED) {
    const rejected = [...counts.keys()].filter((it) => !accepted.has(it))
    counts.delete(rarest(rejected, counts))
  }
  counts.set(version, (counts.get(version) ?? 0) + 1)
}

/** Halves all counts. A version that is accepted stays so until another one comes more often. */
function age({ counts, accepted }: Tally): void {
  for (const [version, count] of counts) {
    if (count > 1 || accepted.has(version)) counts.set(version, count >> 1)
    else counts.delete(version)
  }
}

/**
 * Whether a version that is not declared here is accepted: of each journey, the eight that come most often. While a
 * deploy is under way, browsers send versions that some servers do not know yet, or no longer; anyone can send any
 * number of others, but has to send each of eight more often than real browsers send theirs.
 *
 * @param journey the name of a declared one
 */
export function acceptsUndeclared(journey: string, version: string): boolean {
  const tally = tallies.get(journey) ?? { counts: new Map(), accepted: new Set(), requests: 0 }
  tallies.set(journey, tally)
  const { counts, accepted } = tally
  add(tally, version)
  if (++tally.requests % REQUESTS === 0) age(tally)
  if (accepted.has(version)) return true
  if (accepted.size === ACCEPTED) {
    const least = rarest(accepted, counts)
    if ((counts.get(version) ?? 0) <= (counts.get(least) ?? 0)) return false
    accepted.delete(least)
  }
  accepted.add(version)
  return true
}
