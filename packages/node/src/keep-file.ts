import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { diag } from '@opentelemetry/api'
import type { FileLock } from './file-lock'
import { lockFile } from './file-lock'
import type { KeptSpan } from './kept-span'
import { factsOf, keyOf, lineOf, readLine, restoredSpan } from './kept-span'

/** How often the lock is touched, asked for again, and a file that failed is written anew (ms). */
const BEAT = 15_000
const LARGEST = 64 * 2 ** 20
const LONGEST_LINE = 64 * 2 ** 10
const LINES_BEFORE_REWRITE = 1000

/** Spans on disk, until they are taken. */
export interface KeepFile {
  add(span: KeptSpan): void
  remove(keys: readonly string[]): void
  /** Resolves when all of it is written, or was tried. */
  settled(): Promise<void>
  /** Gives the file free for the next process; what is in it stays. */
  close(): Promise<void>
}

/** What is in a file: a span, or the keys of those that were taken. */
type Entry = { readonly add: Parameters<typeof restoredSpan>[0] } | { readonly done: readonly string[] }

function read(text: string): { readonly spans: KeptSpan[]; readonly damaged: number } {
  const spans = new Map<string, KeptSpan>()
  const resources = new Map()
  let damaged = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      const entry = readLine(line) as Entry
      if ('done' in entry) for (const key of entry.done) spans.delete(key)
      else {
        const span = restoredSpan(entry.add, resources)!
        spans.set(keyOf(span), span)
      }
    } catch {
      damaged++
    }
  }
  return { spans: [...spans.values()], damaged }
}

/**
 * Keeps spans in a file, which it appends to; a line that was cut off costs that line alone. Nothing here throws:
 * whatever the disk does, spans are kept in memory as well. What was written survives `kill -9`, not a power failure
 * (there is no `fsync`).
 *
 * @param live the spans that are kept now, for when the file is written anew
 * @param recover is given what an earlier process left, when the lock is had
 */
export function keepFile(
  file: string,
  live: () => Iterable<KeptSpan>,
  recover: (spans: readonly KeptSpan[]) => void,
  beat = BEAT,
): KeepFile {
  let lock: FileLock | undefined
  let handle: FileHandle | undefined
  let waiting = ''
  let lines = 0
  let isBroken = false
  let isRewriting = false
  let isClosed = false
  const said = new Set<string>()
  const say = (what: string, why: unknown) => {
    if (said.has(what)) return
    said.add(what)
    diag.warn(`throughline: ${what} (${file}):`, why)
  }

  /** Everything that touches the disk, one after another. */
  let last: Promise<unknown> = Promise.resolve()
  const queue = (work: () => Promise<void>) => {
    last = last.then(work).catch((error) => {
      isBroken = true
      say('outcomes are kept in memory alone: the file cannot be written', error)
    })
  }

  async function rewrite() {
    const beside = `${file}.new`
    waiting = ''
    // What comes from here on is not among these, so it waits, to be appended to them.
    isRewriting = true
    try {
      const all = [...live()].map((span) => lineOf({ add: factsOf(span) }))
      const next = await open(beside, 'w', 0o600)
      try {
        await next.writeFile(all.join(''))
        await rename(beside, file)
      } catch (error) {
        await next.close()
        await rm(beside, { force: true })
        throw error
      }
      await handle?.close()
      handle = next
      lines = all.length
      isBroken = false
    } finally {
      isRewriting = false
    }
  }

  async function write() {
    if (waiting === '') return
    const text = waiting
    waiting = ''
    try {
      await handle?.appendFile(text)
    } catch (error) {
      isBroken = true
      throw error
    }
  }

  async function take() {
    lock = await lockFile(file)
    if (!lock)
      return say(
        'outcomes are kept in memory alone: another process has the file; give each its own',
        'locked',
      )
    const size = await stat(file).then(
      (it) => it.size,
      () => 0,
    )
    const { spans, damaged } =
      size > LARGEST ? { spans: [], damaged: 1 } : read(size > 0 ? await readFile(file, 'utf8') : '')
    if (damaged > 0) {
      say(`${damaged} lines of the file are damaged, and left out`, 'a copy is beside it, .damaged')
      await rename(file, `${file}.damaged`)
    }
    if (isClosed) return
    recover(spans)
    await rewrite()
  }

  async function tend() {
    if (isClosed) return
    if (!lock) return take()
    if (!(await lock.touch())) {
      lock = undefined
      await handle?.close()
      handle = undefined
    } else if (isBroken || !handle) await rewrite()
  }

  queue(take)
  const timer = setInterval(() => queue(tend), beat)
  timer.unref()

  function append(value: unknown) {
    // What cannot be written now does not wait: the file is written as a whole when it can.
    if (isClosed || (!isRewriting && (!handle || isBroken))) return
    const line = lineOf(value)
    if (line.length > LONGEST_LINE) return say('an outcome is too large for the file', `${line.length} bytes`)
    if (waiting === '') queue(write)
    waiting += line
    if (++lines > LINES_BEFORE_REWRITE + 2 * [...live()].length) {
      lines = 0
      queue(rewrite)
    }
  }

  return {
    add: (span) => append({ add: factsOf(span) }),
    remove: (keys) => append({ done: keys }),
    settled: async () => void (await last),
    async close() {
      clearInterval(timer)
      queue(async () => {
        isClosed = true
        await write()
        await handle?.close()
        await lock?.release()
      })
      await last
    },
  }
}
