// What a visitor of the shop leaves behind: spans, and bytes on disk in the table of the collector's exporter and in
// those of the views, once their parts are merged. No targets: docs/scale.md reckons with these.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '@throughline/analysis'
import type { Service } from '../scripts/processes.ts'
import { buildShop, shopFolder, startDev, startShop } from '../scripts/shop.ts'
import type { Measurement } from './run.ts'

/** Rows and bytes of all tables that hold something. */
const TABLES = `
  SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes
  FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table HAVING rows > 0 ORDER BY bytes DESC`

export async function run(): Promise<Measurement[]> {
  const data = mkdtempSync(join(tmpdir(), 'throughline-storage-'))
  const services: Service[] = []
  try {
    await buildShop()
    services.push(await startDev({ port: 0, data }))
    const otlp = services[0]!.url
    services.push(await startShop({ otlp, port: 0 }))
    const args = ['visitors/main.ts', '--shop', services[1]!.url, '--otlp', otlp]
    const visitors = spawn(process.execPath, args, {
      cwd: shopFolder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = await once(visitors, 'exit')
    if (code !== 0) throw new Error('the visitors had to give up; see above')
    for (const service of services.splice(0).reverse()) await service.stop()
    return await measure(data)
  } finally {
    for (const service of services.reverse()) await service.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

async function measure(data: string): Promise<Measurement[]> {
  const engine = await openEngine({ folder: data })
  try {
    for (const { table } of await engine.query<{ table: string }>(TABLES))
      await engine.command(`OPTIMIZE TABLE ${table} FINAL`)
    const tables = await engine.query<{ table: string; rows: number; bytes: number }>(TABLES)
    const [of] = await engine.query<{ spans: number; events: number; runs: number; visits: number }>(
      `SELECT count() AS spans, countIf(SpanAttributes['throughline.event.id'] != '') AS events,
         uniqExactIf(SpanAttributes['throughline.run.id'], SpanAttributes['throughline.run.id'] != '') AS runs,
         countIf(SpanName = 'throughline.step.enter') AS visits
       FROM otel_traces`,
    )
    const { spans, events, runs, visits } = of!
    const bytesOf = (isWanted: (table: string) => boolean) =>
      tables.filter(({ table }) => isWanted(table)).reduce((sum, { bytes }) => sum + bytes, 0)
    const row = (measure: string, value: number, digits = 1): Measurement => ({
      measure,
      value: value.toFixed(digits),
    })
    return [
      row('runs', runs, 0),
      row('visits a run', visits / runs, 2),
      row('spans a visit', spans / visits),
      row('of them events', events / visits),
      row('bytes on disk a span, otel_traces', bytesOf((table) => table === 'otel_traces') / spans),
      row('bytes on disk a visit, tables of the views', bytesOf((table) => table !== 'otel_traces') / visits),
      ...tables.map(({ table, rows, bytes }) => row(`bytes a row, ${table} (${rows} rows)`, bytes / rows)),
    ]
  } finally {
    await engine.close()
  }
}
