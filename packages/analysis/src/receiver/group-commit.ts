import { setTimeout as sleep } from 'node:timers/promises'
import type { Store, Table } from '../engine'

interface Group {
  readonly texts: string[]
  size: number
  readonly done: Promise<void>
  start(): Promise<void>
}

/** Characters in one insert; what comes on top goes into the next. */
const LARGEST = 32 * 2 ** 20

/** How long a small group waits for company while there is traffic, in ms. */
const LINGER = 20

/** Requests that arrive while an insert is under way share the next one. */
export interface GroupCommit {
  /** Resolves once the lines (JSONEachRow) are stored; rejects when they could not be. */
  add(table: Table, lines: string): Promise<void>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export function createGroupCommit(store: Store): GroupCommit {
  const queues: Record<Table, Group[]> = { otel_traces: [], otel_logs: [] }
  const running = new Map<Table, Promise<void>>()

  function createGroup(table: Table): Group {
    const texts: string[] = []
    let start!: Group['start']
    const done = new Promise<void>((resolve, reject) => {
      start = () => store.append(table, Buffer.from(texts.join(''))).then(resolve, reject)
    })
    return { texts, size: 0, done, start }
  }

  async function drain(table: Table) {
    const queue = queues[table]
    // What came in the same tick goes along.
    await new Promise(setImmediate)
    while (queue.length > 0) {
      await queue.shift()!.start()
      // Clients that were just answered send again at once: an insert costs the same for few rows as for some thousands.
      if (queue.length > 0 && queue[0]!.size < LARGEST / 4) await sleep(LINGER)
    }
    running.delete(table)
  }

  return {
    add(table, lines) {
      const queue = queues[table]
      let group = queue.at(-1)
      if (!group || group.size + lines.length > LARGEST) {
        group = createGroup(table)
        queue.push(group)
      }
      group.texts.push(lines)
      group.size += lines.length
      if (!running.has(table)) running.set(table, drain(table))
      return group.done
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}
