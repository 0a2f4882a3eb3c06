import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Store } from '../engine'
import { openJournal, replayJournal } from './journal'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A store whose inserts are held back until they are let go, or fail. */
function heldStore() {
  const inserts: { text: string; done: () => void; fail: () => void }[] = []
  const append: Store['append'] = (table, lines) =>
    new Promise((resolve, reject) => {
      inserts.push({
        text: `${table} ${lines}`,
        done: resolve,
        fail: () => reject(new Error('No space left on device')),
      })
    })
  return { inserts, store: { append } as Store }
}

const files = () => readdirSync(join(folder, 'journal'))

test('rows are in a file before they are in a table, and the file goes when they are', async () => {
  const { inserts, store } = heldStore()
  const journal = openJournal(store, folder)
  await journal.append('otel_traces', Buffer.from('1\n'))
  await journal.append('otel_traces', Buffer.from('2\n'))
  await journal.append('otel_logs', Buffer.from('3\n'))
  expect([inserts, files()]).toMatchObject([[], [{}, {}]])
  const flushed = journal.flush()
  await vi.waitFor(() => expect(inserts).toHaveLength(2))
  expect(inserts.map(({ text }) => text).sort()).toEqual(['otel_logs 3\n', 'otel_traces 1\n2\n'])
  for (const { done } of inserts) done()
  await flushed
  expect(files()).toEqual([])
})

test('a flush waits for the insert under way and for what came after it', async () => {
  const { inserts, store } = heldStore()
  const journal = openJournal(store, folder)
  await journal.append('otel_traces', Buffer.from('1\n'))
  void journal.flush()
  await vi.waitFor(() => expect(inserts).toHaveLength(1))
  await journal.append('otel_traces', Buffer.from('2\n'))
  let flushed = false
  const second = journal.flush().then(() => {
    flushed = true
  })
  inserts[0]!.done()
  await vi.waitFor(() => expect(inserts).toHaveLength(2))
  expect([inserts[1]!.text, flushed]).toEqual(['otel_traces 2\n', false])
  inserts[1]!.done()
  await second
})

test('without anybody asking, rows are inserted after a moment', async () => {
  const { inserts, store } = heldStore()
  await openJournal(store, folder).append('otel_traces', Buffer.from('1\n'))
  await vi.waitFor(() => expect(inserts).toHaveLength(1))
})

test('while the engine has no room, rows stay in their file, and come with the next start', async () => {
  const { inserts, store } = heldStore()
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const journal = openJournal(store, folder)
  await journal.append('otel_traces', Buffer.from('1\n'))
  const closed = journal.close()
  await vi.waitFor(() => expect(inserts).toHaveLength(1))
  inserts[0]!.fail()
  await closed
  expect(said.mock.calls).toEqual([[expect.stringMatching(/rows wait in .*: No space left/)]])
  said.mockRestore()
  await expect(journal.append('otel_traces', Buffer.from('2\n'))).rejects.toThrow('closed')

  const replayed = replayJournal(store, folder)
  await vi.waitFor(() => expect(inserts).toHaveLength(2))
  expect(inserts[1]!.text).toBe('otel_traces 1\n')
  inserts[1]!.done()
  await replayed
  expect(files()).toEqual([])
})

test('a segment that the engine refuses is split until one row is left, which is set aside', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const stored: string[] = []
  const append: Store['append'] = async (_, lines) => {
    if (`${lines}`.includes('7')) throw new Error('Code: 41. DB::Exception: no row\n: while reading it')
    stored.push(...`${lines}`.trim().split('\n'))
  }
  const journal = openJournal({ append } as Store, folder)
  for (let n = 0; n < 10; n++) await journal.append('otel_traces', Buffer.from(`${n}\n`))
  await journal.close()
  expect(stored).toEqual(['0', '1', '2', '3', '4', '5', '6', '8', '9'])
  const [refused, ...more] = files()
  expect([refused, more]).toEqual([expect.stringMatching(/\.refused$/), []])
  expect(readFileSync(join(folder, 'journal', refused!), 'utf8')).toBe('7\n')
  expect(said.mock.calls).toEqual([
    [
      expect.stringMatching(
        /: rows that could not be inserted \(1\) are kept in .*: Code: 41. DB::Exception: no row\n$/,
      ),
    ],
  ])
  said.mockRestore()
})

test('what comes during an insert goes into one more', async () => {
  const { inserts, store } = heldStore()
  const journal = openJournal(store, folder)
  await journal.append('otel_traces', Buffer.from('1\n'))
  void journal.flush()
  await vi.waitFor(() => expect(inserts).toHaveLength(1))
  const many = Buffer.alloc(2 ** 20, '2\n')
  for (let n = 0; n < 40; n++) await journal.append('otel_traces', many)
  inserts[0]!.done()
  await vi.waitFor(() => expect(inserts).toHaveLength(2))
  expect(inserts[1]!.text.length).toBe('otel_traces '.length + 40 * many.length)
  inserts[1]!.done()
  await journal.close()
  expect(files()).toEqual([])
})

test('of thousands of rows, dozens that the engine refuses cost no other', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  let stored = 0
  const append: Store['append'] = async (_, lines) => {
    const rows = `${lines}`.trim().split('\n')
    if (rows.some((row) => row.endsWith('00'))) throw new Error('Code: 41. DB::Exception: no row')
    stored += rows.length
  }
  const journal = openJournal({ append } as Store, folder)
  const rows = Array.from({ length: 5000 }, (_, n) => `${n + 1}\n`)
  await journal.append('otel_traces', Buffer.from(rows.join('')))
  await journal.close()
  expect(stored).toBe(4950)
  expect(said.mock.calls).toEqual([[expect.stringMatching(/could not be inserted \(50\)/)]])
  said.mockRestore()
})

test('journals of version 1 are read: without a line that was cut off, and without the NULs of a full disk', async () => {
  const { inserts, store } = heldStore()
  mkdirSync(join(folder, 'journal'))
  writeFileSync(join(folder, 'journal/otel_logs-1.jsonl'), '1\n\0\0\0\0{"a":2}\n{"cut')
  const replayed = replayJournal(store, folder)
  await vi.waitFor(() => expect(inserts).toHaveLength(1))
  expect(inserts[0]!.text).toBe('otel_logs 1\n{"a":2}\n')
  inserts[0]!.done()
  await replayed
  expect(files()).toEqual([])
})

test('while much is pending, whoever comes waits', async () => {
  const { inserts, store } = heldStore()
  const journal = openJournal(store, folder)
  const much = Buffer.alloc(16 * 2 ** 20, 'x')
  for (let n = 0; n < 8; n++) await journal.append('otel_traces', much)
  let taken = false
  const more = journal.append('otel_traces', Buffer.from('y\n')).then(() => {
    taken = true
  })
  await new Promise(setImmediate)
  expect(taken).toBe(false)
  await vi.waitFor(() => expect(inserts).toHaveLength(1))
  inserts[0]!.done()
  await more
})
