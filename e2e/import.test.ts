import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Result } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { hypotheses, journeys } from '../examples/shop/journeys.ts'
import { stop } from '../scripts/processes.ts'
import { startDev } from '../scripts/shop.ts'
import { freePort } from './collector/gateway.ts'
import { replay } from './collector/recorder.ts'
import { rounded } from './rounded.ts'
import { browsers, recordedAt, servers } from './version-1/recording.ts'

// Files in which others have kept a shop's telemetry, against `throughline dev` that was sent the same.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'throughline-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As of when nobody can still convert. */
const now = new Date(recordedAt.getTime() + 2 * journeys[0]!.within)

async function report(data: string): Promise<Result> {
  const engine = await openEngine({ folder: data })
  try {
    return rounded(await analyse(engine, { journeys, hypotheses }, { now, until: now }))
  } finally {
    await engine.close()
  }
}

async function importFile(file: string, data: string): Promise<string> {
  const child = spawn(
    process.execPath,
    [at('../packages/analysis/dist/cli.js'), 'import', file, '--data', data],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  return out
}

let sent: Result
beforeAll(async () => {
  const data = join(folder, 'sent')
  const dev = await startDev({ port: 0, data, asOf: recordedAt.toISOString() })
  await replay(browsers, dev.url)
  await replay(servers, dev.url)
  await dev.stop()
  sent = await report(data)
  expect(sent.journeys[0]!.conversions).toBeGreaterThan(0)
})

it.skipIf(!collector)('reads what the collector’s file exporter writes, once', async () => {
  const file = join(folder, 'collector.jsonl')
  const endpoint = `127.0.0.1:${await freePort()}`
  const child = spawn(collector!, ['--config', at('./import/collector.yaml')], {
    env: { PATH: process.env.PATH, ENDPOINT: endpoint, FILE: file },
    stdio: 'ignore',
  })
  const answers = () =>
    fetch(`http://${endpoint}/`).then(
      () => true,
      () => false,
    )
  while (!(await answers())) await sleep(50)
  // It gives spans back in the order in which they came, and knows no Origin: what pages sent is theirs by its source.
  await replay(browsers, `http://${endpoint}`)
  await replay(servers, `http://${endpoint}`)
  await stop(child)
  const data = join(folder, 'collector')
  expect(await importFile(file, data)).toMatch(
    /judged as of [\d-]+( to [\d-]+)?; 3,\d+ spans and \d+ log records stored\n$/,
  )
  const imported = await report(data)
  expect(imported).toEqual(sent)
  expect(await importFile(file, data)).toContain('; 0 spans and 0 log records stored, 3,')
  expect(await report(data)).toEqual(imported)
})

// What version 1.76 of Jaeger answers to /api/traces?service=… after it was sent the same recording.
it('reads what Jaeger’s query API gives', async () => {
  const data = join(folder, 'jaeger')
  expect(await importFile(at('./import/jaeger.json.gz'), data)).toMatch(
    /; 3,103 spans and 0 log records stored\n$/,
  )
  expect(await report(data)).toEqual(sent)
})
