import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine, Result } from '@throughline/analysis'
import { analyse } from '@throughline/analysis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hypotheses, journeys } from '../examples/shop/journeys.ts'
import { decode } from '../packages/analysis/src/receive/decode.ts'
import { applySchema } from '../packages/analysis/src/schema.ts'
import { openTestEngine } from '../packages/analysis/src/testing.ts'
import { startEngine } from './engines/engine.ts'
import { rounded } from './rounded.ts'
import { browsers, recordedAt, servers } from './version-1/recording.ts'

// The same report on the versions of ClickHouse that servers run, from the oldest that answers rightly to the newest:
// PyPI's chDB carries them. The embedded one is 26.7.

const ENGINES = {
  '25.5': 'chdb==3.4.1',
  '26.3': 'chdb-core==26.3.0',
  '26.9': 'chdb-core==26.9.0',
} as const

const folder = mkdtempSync(join(tmpdir(), 'throughline-engines-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Times as text, which every version reads alike: 26.8 and later take plain numbers for seconds. */
const withTimes = (line: string) =>
  line
    .replace(/^\{"Timestamp":(\d+)(\d{9})/, '{"Timestamp":"$1.$2"')
    .replace(/"Events\.Timestamp":\[[\d,]+\]/, (list) => list.replaceAll(/(\d+)(\d{9})\b/g, '"$1.$2"'))

async function fill(engine: Engine) {
  for (const { path, headers, body } of [...browsers, ...servers]) {
    if (path !== '/v1/traces') continue
    const isPublic = 'origin' in headers
    const options = { isProtobuf: false, isGzip: false, isPublic, now: recordedAt.getTime() }
    const { lines } = decode(Buffer.from(body), { table: 'otel_traces', ...options })
    const rows = Buffer.from(lines).toString().trimEnd().split('\n')
    await engine.insert(
      'otel_traces',
      rows.filter(Boolean).map((row) => JSON.parse(withTimes(row))),
    )
  }
}

const now = new Date(recordedAt.getTime() + 2 * journeys[0]!.within)

async function report(engine: Engine): Promise<Result> {
  await applySchema(engine)
  await fill(engine)
  return rounded(await analyse(engine, { journeys, hypotheses }, { now, until: now }))
}

let embedded: Result
beforeAll(async () => {
  const engine = await openTestEngine()
  embedded = await report(engine)
  await engine.close()
  expect(embedded.journeys[0]!.conversions).toBeGreaterThan(0)
  expect(embedded.journeys[0]!.endpoints.length).toBeGreaterThan(0)
})

it.each(Object.entries(ENGINES))(
  'ClickHouse %s gives the same report',
  { timeout: 900_000 },
  async (version, requirement) => {
    const engine = await startEngine(requirement, join(folder, version))
    try {
      const [row] = await engine.query<{ version: string }>('SELECT version() AS version')
      expect(row!.version).toMatch(new RegExp(`^${version}\\.`))
      expect(await report(engine)).toEqual(embedded)
    } finally {
      await engine.close()
    }
  },
)

it('ClickHouse 24.8 is refused, as it answers wrongly without an error', { timeout: 900_000 }, async () => {
  const engine = await startEngine('chdb==2.1.1', join(folder, '24.8'))
  try {
    await expect(applySchema(engine)).rejects.toThrow(/^ClickHouse 24\.8.* use 25\.5 or newer$/)
  } finally {
    await engine.close()
  }
})
