import type { Store, Table } from '../engine'

/** Inserts that are tried for one segment; then what the engine still refuses is not split further. */
const MOST_TRIES = 1000

/** Whether an insert failed for want of something that can come back, such as disk space, and not for its rows. */
const isOutOfResources = ({ message }: Error): boolean =>
  /NOT_ENOUGH_SPACE|No space left|ENOSPC|EDQUOT|EIO\b|MEMORY|CANNOT_(WRITE|OPEN|CREATE|FSYNC|CLOSE)|UNKNOWN_TABLE|UNKNOWN_DATABASE|Too many parts|TIMEOUT|is closed/.test(
    message,
  )

/** How far the rows of a segment have come. Kept between tries, so that what is in the tables is not inserted again. */
export interface Progress {
  /** Lines that are still to be inserted. */
  readonly parts: Uint8Array[]
  /** Lines that the engine refuses, and why it refused the first of them. */
  readonly refused: Uint8Array[]
  reason?: Error
  tries: number
}

/** Where the second half of some lines begins; 0 for a single line. */
function middle(lines: Uint8Array): number {
  const half = lines.length >> 1
  const after = lines.subarray(0, -1).indexOf(10, half)
  return (after >= 0 ? after : lines.subarray(0, half).lastIndexOf(10)) + 1
}

/**
 * Inserts lines. If the engine refuses them, inserts each half, and so on, until single lines are left that it refuses.
 *
 * @throws what the engine throws when it is out of resources: nothing is wrong with the rows then
 */
export async function insertOrSplit(store: Store, table: Table, progress: Progress): Promise<void> {
  const { parts, refused } = progress
  for (let part = parts[0]; part; part = parts[0])
    try {
      progress.tries++
      await store.append(table, part)
      parts.shift()
    } catch (error) {
      if (isOutOfResources(error as Error)) throw error
      const half = progress.tries < MOST_TRIES ? middle(part) : 0
      if (half > 0) {
        parts.splice(0, 1, part.subarray(0, half), part.subarray(half))
        continue
      }
      progress.reason ??= error as Error
      refused.push(part)
      parts.shift()
    }
}
