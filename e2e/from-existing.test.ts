import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Engine } from '@throughline/analysis'
import { openEngine } from '@throughline/analysis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Service } from '../scripts/processes.ts'
import { startBridge, tablesOf } from './collector/bridge-process.ts'

// Spans of other instrumentations in a ClickHouse that has nothing of ours, asked over its HTTP interface.

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'throughline-from-existing-'))
const MINUTE = 60_000
const START = Date.now() - 60 * MINUTE
let bridge: Service
let clickhouse: Engine
let made = 0

/** A server's span of one page, as the collector's exporter stores it. */
function span(session: string, path: string, minute: number, failed = false): string {
  const id = (++made).toString(16)
  return `SELECT
    fromUnixTimestamp64Milli(${START + minute * MINUTE}) AS Timestamp, '${id.padStart(32, '0')}' AS TraceId,
    '${id.padStart(16, '0')}' AS SpanId, 'GET' AS SpanName, 'Server' AS SpanKind, 'shop' AS ServiceName,
    map('session.id', '${session}', 'url.path', '${path}', 'http.request.method', 'GET',
        'http.response.status_code', '${failed ? 500 : 200}', 'http.route', '${path}') AS SpanAttributes,
    200000000 AS Duration, '${failed ? 'Error' : 'Unset'}' AS StatusCode`
}

/** The command, as somebody runs it in a project of theirs. */
const cli = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'packages/analysis/dist/cli.js'), ...args], {
    cwd: folder,
  })

beforeAll(async () => {
  writeFileSync(
    join(folder, 'throughline.config.ts'),
    `export default { journeys: [{ name: 'checkout', version: '1', converts: 'paid', steps: [
      { name: 'cart', at: '/cart' }, { name: 'payment', at: '/checkout/payment' }, { name: 'paid', at: '/orders/:id' },
    ] }] }`,
  )
  bridge = await startBridge(join(folder, 'clickhouse'))
  clickhouse = await openEngine({ url: tablesOf(bridge) })
  await clickhouse.command(readFileSync(join(root, 'packages/analysis/sql/00-traces.sql'), 'utf8'))
  const spans = Array.from({ length: 10 }, (_, at) => [
    span(`s${at}`, '/cart', at),
    ...(at < 6 ? [span(`s${at}`, '/checkout/payment', at + 2, at === 5)] : []),
    ...(at < 4 ? [span(`s${at}`, `/orders/${at}`, at + 3)] : []),
  ]).flat()
  await clickhouse.command(
    `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SpanName, SpanKind, ServiceName, SpanAttributes, Duration, StatusCode)
     ${spans.join(' UNION ALL ')}`,
  )
})
afterAll(async () => {
  await clickhouse?.close()
  await bridge?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('throughline … --from-existing --clickhouse', () => {
  const asked = ['--from-existing', '--json', '--clickhouse']

  it.each(['report', 'funnel'])('%s has the funnel of what is there', async (command) => {
    const { stdout, stderr } = await cli(command, ...asked, tablesOf(bridge))
    const { journeys, hypotheses } = JSON.parse(stdout)
    expect(journeys).toMatchObject([
      {
        name: 'checkout',
        runs: 10,
        conversions: 4,
        steps: [{ reached: 10 }, { reached: 6 }, { reached: 4 }],
      },
    ])
    expect(hypotheses).toEqual([])
    expect(stderr).toContain('variants, outcomes other than a step')
  })

  it.each([
    [
      'latency',
      { latency: expect.arrayContaining([expect.objectContaining({ measure: 'ready', step: 'payment' })]) },
    ],
    ['endpoints', { endpoints: [expect.objectContaining({ runs: 1, service: 'shop', steps: ['payment'] })] }],
    ['errors', { errors: [] }],
  ])('%s asks it as well', async (command, expected) => {
    const { stdout } = await cli(command, ...asked, tablesOf(bridge))
    expect(JSON.parse(stdout).journeys).toMatchObject([{ runs: 10, conversions: 4, ...expected }])
  })

  it('stores nothing there', async () => {
    expect(
      await clickhouse.query('SELECT name FROM system.tables WHERE database = currentDatabase()'),
    ).toEqual([{ name: 'otel_traces' }])
  })

  it('is no option of what asks for variants', async () => {
    await expect(cli('hypothesis', '--from-existing')).rejects.toThrow(/from-?existing/i)
  })
})
