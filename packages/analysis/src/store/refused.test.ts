import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openEngine, openStore } from '../open-engine'
import { applySchema } from '../schema'
import { recordHeader } from './records'

test('of what a killed process left behind, the engine takes all rows but those that it cannot read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-refused-'))
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const first = await openStore(folder)
    await applySchema(first)
    await first.close()
    const row = (name: string, time: unknown = Date.now() * 1e6) =>
      `${JSON.stringify({ Timestamp: time, SpanName: name })}\n`
    const journal = join(folder, 'journal')
    const segment = [row('1') + row('2'), row('bad', 'no time'), row('3') + row('4')].flatMap((lines) => [
      recordHeader(Buffer.from(lines)),
      Buffer.from(lines),
    ])
    mkdirSync(journal, { recursive: true })
    writeFileSync(join(journal, 'otel_traces-1-a.journal'), Buffer.concat(segment))
    writeFileSync(join(journal, 'otel_traces-2.jsonl'), `${row('5')}\0\0\0\0${row('6')}{"cut`)

    const engine = await openEngine({ folder })
    const rows = await engine.query<{ name: string }>(
      'SELECT SpanName AS name FROM otel_traces ORDER BY name',
    )
    await engine.close()
    expect(rows.map(({ name }) => name)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(readdirSync(journal)).toEqual(['otel_traces-1-a.journal.refused'])
    expect(readFileSync(join(journal, 'otel_traces-1-a.journal.refused'), 'utf8')).toBe(row('bad', 'no time'))
    expect(said.mock.calls).toEqual([
      [expect.stringMatching(/could not be inserted \(1\).*Cannot read DateTime/)],
    ])
  } finally {
    said.mockRestore()
    rmSync(folder, { recursive: true, force: true })
  }
})
