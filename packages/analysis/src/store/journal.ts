import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Store, Table } from '../engine'
import type { Files } from './files'
import { files as realFiles, writeFully } from './files'
import type { Progress } from './insert-or-split'
import { insertOrSplit } from './insert-or-split'
import { readLines, readRecords, recordHeader } from './records'

// An insert costs the engine tens of milliseconds however few its rows are: every view plans its query, and writes a
// part that is merged later. So rows go to a file first, which outlives the process as well as a table does, and from
// there into the tables in large inserts. Those wait while clients are being answered, who need the processor more; a
// query has what is pending inserted first.

/** How long nobody has sent rows when what is there is inserted, in ms. */
const QUIET = 100
/** The longest that rows wait for quiet, in ms. */
const LONGEST = 1000
/** How long to wait before an engine that is out of resources is asked again, in ms. */
const RETRY = 2000
/**
 * Bytes in one insert: some 40,000 spans. So many come within `LONGEST` under full load alone. Larger ones hardly cost
 * less for each span, and take more memory.
 */
const LARGEST = 48 * 2 ** 20
/** Bytes that wait for quiet. */
const MOST_WAITING = 64 * 2 ** 20
/** Bytes that may be pending; then the next append waits, too. */
const MOST_PENDING = 128 * 2 ** 20

/** Rows on their way into the tables. */
export interface Journal {
  /** Takes JSONEachRow lines; resolves once they would outlive this process. Rejects when they cannot be written. */
  append(table: Table, lines: Uint8Array): Promise<void>
  /**
   * Resolves once everything taken so far is in the tables, or the engine is out of resources: the rest stays in the
   * files, and what it resolves with says why.
   */
  flush(): Promise<string | undefined>
  /** Flushes for the last time: what comes now is refused. */
  close(): Promise<void>
}

interface Segment {
  readonly file: string
  /** Undefined once nothing more is written. */
  descriptor: number | undefined
  readonly begun: number
  size: number
  /** Once its rows are being inserted. */
  progress?: Progress
}

const folderOf = (data: string) => join(data, 'journal')

const isSegment = /\.(journal|jsonl)$/

/** Moves records together in the memory that they were read into: a copy would take as much again. */
function joined(records: readonly Buffer[], memory: Buffer): Buffer {
  let end = 0
  for (const record of records) end += record.copy(memory, end)
  return memory.subarray(0, end)
}

const say = (text: string) => process.stderr.write(`throughline: ${text}\n`)

/** Opens the journal of one table, with the segments that earlier processes have left behind. */
function openTable(store: Store, files: Files, folder: string, table: Table) {
  let open: Segment | undefined
  /** Those that take no more rows, oldest first; they stay until their rows are inserted. */
  const full: Segment[] = files
    .list(folder)
    .filter((name) => name.startsWith(`${table}-`) && isSegment.test(name))
    .sort()
    .map((name) => ({ file: join(folder, name), descriptor: undefined, begun: 0, size: 0 }))
  let inserting: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  /** Why the engine takes nothing at present, and when to ask it again. */
  let stuck: { readonly reason: string; readonly until: number } | undefined
  let closed = false
  let pending = 0
  let latest = 0

  function begin(): Segment {
    // Random, since in a container every process has the same id.
    const file = join(folder, `${table}-${Date.now()}-${randomBytes(6).toString('hex')}.journal`)
    return { file, descriptor: files.open(file, 'wx'), begun: performance.now(), size: 0 }
  }

  function end() {
    if (!open) return
    const segment = open
    open = undefined
    full.push(segment)
    const { descriptor } = segment
    segment.descriptor = undefined
    try {
      files.close(descriptor!)
    } catch (error) {
      say(`${segment.file} could not be closed: ${(error as Error).message}`)
    }
  }

  /**
   * Writes a record at the end of the open segment: all of it, or what is left is overwritten, cut off, or the
   * segment's end.
   */
  function write(segment: Segment, lines: Uint8Array) {
    const { descriptor, size } = segment
    const header = recordHeader(lines)
    try {
      writeFully(files, descriptor!, header, size)
      writeFully(files, descriptor!, lines, size + header.length)
      segment.size += header.length + lines.length
    } catch (error) {
      try {
        files.truncate(descriptor!, size)
      } catch {
        // Readers leave out a record that is cut off, if it is the last.
        end()
      }
      throw error
    }
  }

  /** Keeps rows that the engine refuses, for somebody to look at. */
  function setAside(file: string, { refused, reason }: Progress) {
    const name = `${file}.refused`
    const lines = Buffer.concat(refused)
    const descriptor = files.open(name, 'w')
    try {
      writeFully(files, descriptor, lines, 0)
    } finally {
      files.close(descriptor)
    }
    const rows = lines.toString().split('\n').length - 1
    say(`rows that could not be inserted (${rows}) are kept in ${name}: ${reason!.message.split('\n')[0]}`)
  }

  function read(file: string): Buffer | undefined {
    try {
      return files.read(file)
    } catch (error) {
      say(`the rows in ${file} are not stored, since it cannot be read: ${(error as Error).message}`)
      return undefined
    }
  }

  /** Inserts the rows of a segment and removes its file. */
  async function insert(segment: Segment) {
    const { file } = segment
    const bytes = read(file)
    if (!bytes) return
    const { records, damaged } = (file.endsWith('.jsonl') ? readLines : readRecords)(bytes)
    segment.progress ??= { parts: records.length > 0 ? [joined(records, bytes)] : [], refused: [], tries: 0 }
    await insertOrSplit(store, table, segment.progress)
    if (segment.progress.refused.length > 0) setAside(file, segment.progress)
    if (damaged === 0) return files.remove(file)
    files.rename(file, `${file}.damaged`)
    say(`${damaged} bytes of ${file}.damaged could not be read; the rest of its rows is stored`)
  }

  /** Inserts the oldest; one at a time. */
  function settle(): Promise<void> {
    if (inserting) return inserting
    if (full.length === 0) end()
    const [oldest] = full
    if (!oldest) return Promise.resolve()
    inserting = insert(oldest)
      .then(
        () => {
          full.shift()
          pending -= oldest.size
          stuck = undefined
        },
        (error: Error) => {
          const [reason] = error.message.split('\n')
          if (reason !== stuck?.reason)
            say(`rows wait in ${folder}, since the tables take none at present: ${reason}`)
          stuck = { reason: reason!, until: performance.now() + RETRY }
        },
      )
      .finally(() => {
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
    if (inserting || closed || !oldest) return
    const now = performance.now()
    const due = Math.min(latest + QUIET, oldest.begun + LONGEST)
    const wait = stuck ? stuck.until - now : pending >= MOST_WAITING ? 0 : due - now
    if (wait <= 0) void settle()
    else timer = setTimeout(look, wait)
  }

  async function flush(): Promise<string | undefined> {
    end()
    const last = full.at(-1)
    while (last && full.includes(last)) {
      await settle()
      if (stuck) return stuck.reason
    }
    return undefined
  }

  look()
  return {
    flush,
    async append(lines: Uint8Array): Promise<void> {
      while (pending >= MOST_PENDING) {
        await settle()
        if (stuck) throw new Error(`too much is waiting for the tables: ${stuck.reason}`)
      }
      if (closed) throw new Error('the journal is closed')
      open ??= begin()
      const { size } = open
      write(open, lines)
      pending += open.size - size
      latest = performance.now()
      if (open.size >= LARGEST) end()
      if (!timer || pending >= MOST_WAITING) look()
    },
    async close(): Promise<void> {
      closed = true
      clearTimeout(timer)
      await flush()
      await inserting
    },
  }
}

/**
 * Opens the journal in a data folder, whose rows end in that store; begins with what a killed process has left
 * behind.
 */
export function openJournal(store: Store, data: string, files: Files = realFiles): Journal {
  const traces = openTable(store, files, folderOf(data), 'otel_traces')
  const logs = openTable(store, files, folderOf(data), 'otel_logs')
  return {
    append: (table, lines) => (table === 'otel_logs' ? logs : traces).append(lines),
    async flush() {
      const reasons = await Promise.all([traces.flush(), logs.flush()])
      return reasons.find((reason) => reason !== undefined)
    },
    async close() {
      await Promise.all([traces.close(), logs.close()])
    },
  }
}

/** Inserts what a process that was killed has left behind. */
export const replayJournal = (store: Store, data: string): Promise<void> => openJournal(store, data).close()

/** The files of a journal that nobody has open: what waits for the tables, and what was set aside for good. */
export function journalFiles(data: string): { readonly waiting: string[]; readonly setAside: string[] } {
  const files = realFiles.list(folderOf(data)).map((name) => join(folderOf(data), name))
  return {
    waiting: files.filter((name) => isSegment.test(name)),
    setAside: files.filter((name) => /\.(refused|damaged)$/.test(name)),
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
