import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Store } from '../engine'
import type { Files } from './files'
import type { Journal } from './journal'
import { openJournal } from './journal'

// The journal on a file system in memory that fails as real ones do, against a model that knows one thing: which rows
// were acknowledged, and which of those were damaged afterwards. All others must reach the tables, and nothing else
// may.

class Killed extends Error {}

/** A disk with so many bytes, and what happens to the next write. */
function createDisk() {
  const contents = new Map<string, Buffer>()
  const open = new Map<number, string>()
  let descriptors = 0
  let capacity = Number.POSITIVE_INFINITY
  /** The largest number of bytes that one call writes. */
  let atOnce = Number.POSITIVE_INFINITY
  /** Bytes until the process is killed. */
  let untilKill = Number.POSITIVE_INFINITY
  let truncates = true
  const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  const used = () => [...contents.values()].reduce((sum, { length }) => sum + length, 0)
  const files: Files = {
    list: () => [...contents.keys()].map((file) => file.slice(file.lastIndexOf('/') + 1)),
    open(file, flags) {
      if (flags === 'wx' && contents.has(file)) throw new Error('EEXIST')
      contents.set(file, Buffer.alloc(0))
      open.set(++descriptors, file)
      return descriptors
    },
    write(descriptor, bytes, position) {
      const file = open.get(descriptor)!
      const before = contents.get(file)!
      const room = capacity - used() + before.length - position
      const some = bytes.subarray(0, Math.min(bytes.length, atOnce, room, untilKill))
      // As pwrite does: what lies between the end and the position becomes NULs.
      const after = Buffer.alloc(Math.max(before.length, position + some.length))
      before.copy(after)
      after.set(some, position)
      contents.set(file, after)
      untilKill -= some.length
      if (untilKill === 0) throw new Killed('killed while it wrote')
      if (some.length === 0) throw noSpace()
      return some.length
    },
    truncate(descriptor, size) {
      if (!truncates) throw new Error('EIO: i/o error')
      const file = open.get(descriptor)!
      contents.set(file, contents.get(file)!.subarray(0, size))
    },
    close: (descriptor) => void open.delete(descriptor),
    read: (file) => Buffer.from(contents.get(file)!),
    rename(file, name) {
      contents.set(name, contents.get(file)!)
      contents.delete(file)
    },
    remove: (file) => void contents.delete(file),
  }
  return {
    files,
    contents,
    /** What a process finds that starts after this one. */
    reset() {
      open.clear()
      atOnce = untilKill = capacity = Number.POSITIVE_INFINITY
      truncates = true
    },
    fill: (free: number) => {
      capacity = used() + free
    },
    writeAtOnce: (bytes: number) => {
      atOnce = bytes
    },
    killAfter: (bytes: number) => {
      untilKill = bytes
    },
    failTruncates: () => {
      truncates = false
    },
  }
}

/** Tables that refuse some rows, and take none while they are out of resources. */
function createTables() {
  const rows: string[] = []
  const state = { isFull: false }
  const append: Store['append'] = async (_, lines) => {
    if (state.isFull) throw new Error('Code: 243. NOT_ENOUGH_SPACE')
    const text = Buffer.from(lines).toString()
    if (text.includes('poison')) throw new Error('Code: 41. CANNOT_PARSE_DATETIME')
    rows.push(...text.split('\n').slice(0, -1))
  }
  return { rows, state, store: { append } as Store }
}

interface Model {
  /** The text of each record that was acknowledged and not damaged since. */
  readonly acknowledged: Set<string>
  readonly sent: Set<string>
  damages: number
}

interface System {
  readonly disk: ReturnType<typeof createDisk>
  readonly tables: ReturnType<typeof createTables>
  journal: Journal
  isAlive: boolean
  kill(): void
}

function start({ disk, tables }: Pick<System, 'disk' | 'tables'>): System {
  disk.reset()
  const system = { disk, tables, isAlive: true, kill: () => void Object.assign(system, { isAlive: false }) }
  /** A call of a process: one that was killed makes none. */
  const call =
    <Args extends unknown[], Result>(does: (...args: Args) => Result) =>
    (...args: Args): Result => {
      if (!system.isAlive) throw new Killed('was killed')
      try {
        return does(...args)
      } catch (error) {
        if (error instanceof Killed) system.kill()
        throw error
      }
    }
  const files = Object.fromEntries(
    Object.entries(disk.files).map(([name, does]) => [name, call(does as never)]),
  )
  const store = { append: call(tables.store.append) } as Store
  return Object.assign(system, { journal: openJournal(store, '/data', files as unknown as Files) })
}

type Step = fc.AsyncCommand<Model, { current: System }>

let rowCount = 0

/** A step that a living process makes. */
const command = (name: string, run: (model: Model, system: System) => unknown): Step => ({
  check: () => true,
  async run(model, real) {
    if (!real.current.isAlive) real.current = start(real.current)
    await run(model, real.current)
  },
  toString: () => name,
})

const append = (size: number, poison: boolean, rows: number) =>
  command(`append(${size}, ${poison}, ${rows})`, async (model, system) => {
    const lines = Array.from({ length: rows }, (_, index) =>
      JSON.stringify({ row: ++rowCount, ...(poison && index === 0 && { poison }), text: 'ü'.repeat(size) }),
    )
    for (const line of lines) model.sent.add(line)
    const record = lines.map((line) => `${line}\n`).join('')
    try {
      await system.journal.append('otel_traces', Buffer.from(record))
      model.acknowledged.add(record)
    } catch {
      // Answered with 503, or not at all.
    }
  })

/** Changes a byte on the disk, and takes the record that it belongs to off the model: the first that ends behind it. */
const damage = (at: number, to: number) =>
  command(`damage(${at}, ${to})`, async (model, { disk }) => {
    const segments = [...disk.contents].filter(([file, { length }]) => /journal$/.test(file) && length > 0)
    const [file, bytes] = segments[at % (segments.length || 1)] ?? []
    if (!file || !bytes) return
    const offset = at % bytes.length
    const ends = [...model.acknowledged]
      .map((record) => ({ record, begin: bytes.indexOf(record) }))
      .map(({ record, begin }) => ({ record, end: begin < 0 ? 0 : begin + Buffer.byteLength(record) }))
      .filter(({ end }) => end > offset)
    ends.sort((one, other) => one.end - other.end)
    model.damages++
    if (ends[0]) model.acknowledged.delete(ends[0].record)
    const changed = Buffer.from(bytes)
    changed[offset] = to
    disk.contents.set(file, changed)
  })

const COMMANDS = [
  fc.tuple(fc.nat(40), fc.boolean(), fc.integer({ min: 1, max: 4 })).map((all) => append(...all)),
  fc.nat(300).map((free) => command(`fill(${free})`, (_, { disk }) => disk.fill(free))),
  fc.constant(command('free', (_, { disk }) => disk.fill(Number.POSITIVE_INFINITY))),
  fc
    .integer({ min: 1, max: 9 })
    .map((bytes) => command(`writeAtOnce(${bytes})`, (_, { disk }) => disk.writeAtOnce(bytes))),
  fc
    .integer({ min: 1, max: 300 })
    .map((bytes) => command(`killAfter(${bytes})`, (_, { disk }) => disk.killAfter(bytes))),
  fc.constant(command('failTruncates', (_, { disk }) => disk.failTruncates())),
  fc.constant(command('kill', (_, system) => system.kill())),
  fc.constant(
    command('stop', async (_, system) => {
      await system.journal.close()
      system.kill()
    }),
  ),
  fc.constant(command('flush', (_, { journal }) => journal.flush())),
  fc.boolean().map((isFull) =>
    command(`tables full: ${isFull}`, (_, { tables }) => {
      tables.state.isFull = isFull
    }),
  ),
  fc.tuple(fc.nat(), fc.nat(255)).map((all) => damage(...all)),
]

beforeEach(() => {
  // Only the commands move the journal.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('what was acknowledged is stored, whatever the disk does; and nothing else is', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 40, size: 'max' }), async (commands) => {
      const disk = createDisk()
      const tables = createTables()
      const model: Model = { acknowledged: new Set(), sent: new Set(), damages: 0 }
      const real = { current: start({ disk, tables }) }
      await fc.asyncModelRun(() => ({ model, real }), commands)

      // In the end there is room again.
      tables.state.isFull = false
      real.current.kill()
      await start(real.current).journal.close()

      const stored = new Set(tables.rows)
      for (const [file, bytes] of disk.contents) {
        expect(file).toMatch(model.damages > 0 ? /\.(refused|damaged)$/ : /\.refused$/)
        if (!file.endsWith('.refused')) continue
        for (const line of bytes.toString().split('\n').slice(0, -1)) {
          expect(line).toContain('poison')
          stored.add(line)
        }
      }
      const acknowledged = [...model.acknowledged].flatMap((record) => record.split('\n').slice(0, -1))
      expect(acknowledged.filter((line) => !stored.has(line))).toEqual([])
      expect([...stored].filter((line) => !model.sent.has(line))).toEqual([])
    }),
    { numRuns: 2000 },
  )
})
