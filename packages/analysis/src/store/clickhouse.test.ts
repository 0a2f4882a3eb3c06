import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Session } from 'chdb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine'
import { forget } from '../forget'
import { openEngine } from '../open-engine'
import { applySchema } from '../schema'
import { enter, runId } from '../testing'

// The client against ClickHouse's HTTP interface, spoken by a small bridge over the embedded ClickHouse: query in the
// address or the body, parameters as `param_…`, errors as text with a status.
const folder = mkdtempSync(join(tmpdir(), 'throughline-clickhouse-'))
const session = new Session(folder)
session.query('CREATE DATABASE metrics ENGINE = Atomic')
session.query('USE metrics')

async function textOf(request: IncomingMessage) {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const asked: string[] = []
/** Requests that wait for their answer; for how long each does, in ms. */
const open = { now: 0, most: 0, wait: 0 }
const server = createServer(async (request, response) => {
  open.most = Math.max(open.most, ++open.now)
  response.once('close', () => open.now--)
  await sleep(open.wait)
  const { searchParams } = new URL(request.url!, 'http://localhost')
  asked.push(`${request.headers.authorization} ${searchParams.get('database')}`)
  const body = await textOf(request)
  const given = searchParams.get('query')
  const sql = given ? `${given}\n${body}` : body
  const params = [...searchParams].filter(([key]) => key.startsWith('param_'))
  try {
    const bound = Object.fromEntries(params.map(([key, value]) => [key.slice(6), value]))
    const isInsert = /^\s*INSERT/.test(sql)
    response.end(isInsert ? session.query(sql) : session.queryBind(sql, bound, 'JSONEachRow'))
  } catch (error) {
    response.writeHead(404, { 'X-ClickHouse-Exception-Code': '60' }).end((error as Error).message)
  }
})

let engine: Engine
let origin: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `127.0.0.1:${(server.address() as AddressInfo).port}`
  engine = await openEngine({ url: `http://ada:s%40cret@${origin}/metrics` })
})
afterAll(async () => {
  await engine.close()
  server.close()
  session.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the schema, rows, and a query with parameters', async () => {
  await applySchema(engine)
  await applySchema(engine)
  await engine.insert('otel_traces', [{ Timestamp: '1700000000.5', SpanName: 'a' }, { SpanName: 'b' }])
  const sql =
    'SELECT SpanName AS name, count() AS n FROM otel_traces WHERE has({names:Array(String)}, SpanName) AND SpanName = {name:String} GROUP BY name'
  expect(await engine.query(sql, { names: ['a', 'b'], name: 'b' })).toEqual([{ name: 'b', n: 1 }])
  // User, password and database come from the address.
  expect(asked.at(-1)).toBe(`Basic ${Buffer.from('ada:s@cret').toString('base64')} metrics`)
})

test('of many questions four at most are asked at once', async () => {
  Object.assign(open, { most: 0, wait: 100 })
  const questions = Array.from({ length: 20 }, (_, n) => engine.query('SELECT {n:UInt8} AS n', { n }))
  expect((await Promise.all(questions)).flat()).toEqual(Array.from({ length: 20 }, (_, n) => ({ n })))
  expect(open.most).toBeLessThanOrEqual(4)
  open.wait = 0
})

test('what the server says is one line', async () => {
  const failing = engine.query('SELECT * FROM nowhere')
  await expect(failing).rejects.toThrow(/^ClickHouse at http:\/\/127\.0\.0\.1:\d+ says: [^\n]*nowhere[^\n]*$/)
})

test('a person is erased', async () => {
  await applySchema(engine)
  const now = Date.now()
  const rows = ['ada', 'bob'].map((subject) => enter(runId(now, subject), 'cart', now, { subject }))
  await engine.insert('otel_traces', rows)
  expect(await forget(engine, { subject: 'ada' })).toMatchObject({ names: ['ada'], runs: 1 })
  expect(await engine.query('SELECT subject FROM throughline_visits')).toEqual([{ subject: 'bob' }])
})
