import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Store, Table } from '../engine'

// An insert costs the engine tens of milliseconds however few its rows are, because every view looks at them. So rows go to a
// file first, which outlives the process as well as a table does, and from there into the tables in large inserts. Who asks
// something has what is pending inserted first.

/** How long rows wait for company before they are inserted, in ms. */
const LINGER = 250
/** Bytes in one insert. */
const LARGEST = 16 * 2 ** 20
/** Bytes that may wait; whoever comes then waits, too. */
const MOST_PENDING = 64 * 2 ** 20

/** Rows on their way into the tables. */
export interface Journal {
  /** Takes JSONEachRow lines; resolves once they would outlive this process. Rejects when they cannot be written. */
  append(table: Table, lines: string): Promise<void>
  /** Resolves once everything taken so far is in the tables. */
  flush(): Promise<void>
}

interface Segment {
  readonly file: string
  readonly descriptor: number
  readonly chunks: Buffer[]
  size: number
}

const folderOf = (data: string) => join(data, 'journal')

/** What a failed insert is reported with: the rows are not lost, but the reports lack them. */
const warn = (file: string, error: unknown) =>
  process.stderr.write(
    `throughline: rows could not be inserted and are kept in ${file}: ${(error as Error).message.split('\n')[0]}\n`,
  )

/** Inserts what a process that was killed has left behind. */
export async function replayJournal(store: Store, data: string): Promise<void> {
  const folder = folderOf(data)
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.jsonl'))) {
    const file = join(folder, name)
    const bytes = readFileSync(file)
    try {
      // The last line may be cut off; nobody was told that it is stored.
      const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
      if (whole.length > 0)
        await store.append(name.startsWith('otel_logs') ? 'otel_logs' : 'otel_traces', whole)
      unlinkSync(file)
    } catch (error) {
      renameSync(file, `${file}.refused`)
      warn(`${file}.refused`, error)
    }
  }
}

/** Opens the journal of one table. */
function openTable(store: Store, data: string, table: Table) {
  let segment: Segment | undefined
  let inserting: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let pending = 0
  let count = 0

  function begin(): Segment {
    const file = join(folderOf(data), `${table}-${Date.now()}-${process.pid}-${count++}.jsonl`)
    return { file, descriptor: openSync(file, 'wx', 0o600), chunks: [], size: 0 }
  }

  async function insert({ file, descriptor, chunks, size }: Segment) {
    closeSync(descriptor)
    try {
      await store.append(table, Buffer.concat(chunks))
      unlinkSync(file)
    } catch (error) {
      warn(file, error)
    }
    pending -= size
  }

  /** Inserts what is there; one at a time, so that the next is the larger for it. */
  function settle(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (inserting || !segment) return inserting ?? Promise.resolve()
    const taken = segment
    segment = undefined
    inserting = insert(taken).then(() => {
      inserting = undefined
      if (segment && segment.size >= LARGEST) void settle()
      else if (segment) timer ??= setTimeout(settle, LINGER)
    })
    return inserting
  }

  return {
    async append(lines: string): Promise<void> {
      while (pending > MOST_PENDING) await settle()
      segment ??= begin()
      const bytes = Buffer.from(lines)
      try {
        appendFileSync(segment.descriptor, bytes)
      } catch (error) {
        ftruncateSync(segment.descriptor, segment.size)
        throw error
      }
      segment.chunks.push(bytes)
      segment.size += bytes.length
      pending += bytes.length
      if (segment.size >= LARGEST) void settle()
      else timer ??= setTimeout(settle, LINGER)
    },
    async flush(): Promise<void> {
      const last = segment
      // One that is under way may have begun before.
      await inserting
      if (last && last === segment) await settle()
      else await inserting
    },
  }
}

/** Opens the journal in a data folder, whose rows end in that store. */
export function openJournal(store: Store, data: string): Journal {
  mkdirSync(folderOf(data), { recursive: true })
  const tables = {
    otel_traces: openTable(store, data, 'otel_traces'),
    otel_logs: openTable(store, data, 'otel_logs'),
  }
  return {
    append: (table, lines) => tables[table].append(lines),
    async flush() {
      await Promise.all([tables.otel_traces.flush(), tables.otel_logs.flush()])
    },
  }
}

/** The store as a reader sees it who must find everything that was taken. */
export const afterJournal = (store: Store, journal: Journal): Store => ({
  ...store,
  async query<Row>(...question: Parameters<Store['query']>) {
    await journal.flush()
    return store.query<Row>(...question)
  },
})
