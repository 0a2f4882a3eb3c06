import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import { expect, it } from 'vitest'
import { clusterStatements } from './cluster-schema'

const statements = clusterStatements({
  cluster: 'throughline',
  all: 'throughline',
  own: 'throughline_shard',
})

it('is what collector-config/clickhouse holds', () => {
  const file = new URL('../../../collector-config/clickhouse/tables.sql', import.meta.url)
  const text = `${statements.map((statement) => `${statement.trim()};`).join('\n\n')}\n`
  // `npx throughline schema --cluster throughline > collector-config/clickhouse/tables.sql`
  expect(readFileSync(file, 'utf8')).toBe(text)
})

/** What one server of a cluster makes of it: no keeper is to be had here, so nothing is replicated. */
const onOneServer = (statement: string) =>
  statement
    .replace(/ ON CLUSTER '\w+'/, '')
    .replace(/ENGINE = Replicated(\w+)\('[^']*', '[^']*'\)/, 'ENGINE = $1')

it('makes every table and view, and the same rows arrive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-cluster-schema-'))
  const before = process.cwd()
  // The engine reads its configuration from the folder that the process is in.
  process.chdir(folder)
  writeFileSync(
    'config.xml',
    `<clickhouse><remote_servers><throughline><shard><replica><host>127.0.0.2</host><port>9101</port></replica></shard>
      </throughline></remote_servers></clickhouse>`,
  )
  const session = new Session(join(folder, 'db'))
  try {
    for (const statement of statements) session.query(onOneServer(statement))
    for (const statement of statements) session.query(onOneServer(statement))
    session.query(`INSERT INTO throughline_shard.otel_traces (Timestamp, SpanName, SpanAttributes)
      VALUES ('2026-11-20 12:00:00', 'throughline.step.enter', map('throughline.run.id', '019a9d3e-5400-7abc-8def-0123456789ab',
        'throughline.journey.name', 'checkout', 'throughline.step.name', 'cart', 'throughline.event.id', 'e'))`)
    const visits = session.query('SELECT journey, step FROM throughline_shard.throughline_visits', 'TSV')
    expect(visits).toBe('checkout\tcart\n')
    const tables = session.query(
      `SELECT countIf(engine LIKE '%MergeTree' AND name LIKE 'throughline%'), countIf(partition_key = 'toYYYYMM(day)'),
        countIf(engine = 'Distributed') FROM system.tables WHERE database LIKE 'throughline%'`,
      'TSV',
    )
    expect(tables).toBe('12\t9\t14\n')
  } finally {
    session.close()
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true })
  }
})
