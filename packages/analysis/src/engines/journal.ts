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
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store, Table } from '../engine'

// An insert costs the engine tens of milliseconds however few its rows are, because every view looks at them. So rows go to a
// file first, which outlives the process as well as a table does, and from there into the tables in large inserts. Those wait
// while clients are being answered, who need the processor more; who asks something has what is pending inserted first.

/** How long nobody has sent rows when what is there is inserted, in ms. */
const QUIET = 100
/** The longest that rows wait for quiet, in ms. */
const LONGEST = 1000
/** Bytes in one insert. */
const LARGEST = 16 * 2 ** 20
/** Bytes that wait for quiet. */
const MOST_WAITING = 64 * 2 ** 20
/** Bytes that may be pending; whoever comes then waits, too. */
const MOST_PENDING = 128 * 2 ** 20

/** Rows on their way into the tables. */
export interface Journal {
  /** Takes JSONEachRow lines; resolves once they would outlive this process. Rejects when they cannot be written. */
  append(table: Table, lines: Uint8Array): Promise<void>
  /** Resolves once everything taken so far is in the tables. */
  flush(): Promise<void>
}

interface Segment {
  readonly file: string
  readonly descriptor: number
  readonly begun: number
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
  let open: Segment | undefined
  /** Those that take no more rows, oldest first. */
  const full: Segment[] = []
  let inserting: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let pending = 0
  let latest = 0
  let count = 0

  function begin(): Segment {
    const begun = performance.now()
    const file = join(folderOf(data), `${table}-${Date.now()}-${process.pid}-${count++}.jsonl`)
    return { file, descriptor: openSync(file, 'wx', 0o600), begun, size: 0 }
  }

  function end() {
    if (!open) return
    closeSync(open.descriptor)
    full.push(open)
    open = undefined
  }

  async function insert({ file, size }: Segment) {
    try {
      await store.append(table, await readFile(file))
      unlinkSync(file)
    } catch (error) {
      warn(file, error)
    }
    pending -= size
  }

  /** Inserts the oldest; one at a time. */
  function settle(): Promise<void> {
    if (inserting) return inserting
    if (full.length === 0) end()
    const oldest = full.shift()
    if (!oldest) return Promise.resolve()
    inserting = insert(oldest).then(() => {
      inserting = undefined
      look()
    })
    return inserting
  }

  /** Inserts if it is time to, else looks again later. */
  function look() {
    clearTimeout(timer)
    timer = undefined
    const oldest = full[0] ?? open
    if (inserting || !oldest) return
    const now = performance.now()
    const wait = Math.min(latest + QUIET, oldest.begun + LONGEST) - now
    if (wait <= 0 || pending >= MOST_WAITING) void settle()
    else timer = setTimeout(look, wait)
  }

  return {
    async append(lines: Uint8Array): Promise<void> {
      while (pending >= MOST_PENDING) await settle()
      open ??= begin()
      try {
        appendFileSync(open.descriptor, lines)
      } catch (error) {
        ftruncateSync(open.descriptor, open.size)
        throw error
      }
      open.size += lines.length
      pending += lines.length
      latest = performance.now()
      if (open.size >= LARGEST) end()
      if (!timer || pending >= MOST_WAITING) look()
    },
    async flush(): Promise<void> {
      end()
      const last = full.at(-1)
      // One that is under way may have begun before.
      await inserting
      while (last && full.includes(last)) await settle()
      await inserting
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
