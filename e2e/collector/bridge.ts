// ClickHouse's HTTP interface over the embedded engine, as far as the collector's exporter and @clickhouse/client use
// it: the tests have no ClickHouse server. `node bridge.ts <folder> [port]` prints its address and serves until it is
// stopped. `PUT /disk` with `full` makes inserts fail as they do on a full disk, until `PUT /disk` with another word;
// `GET /inserts` says how many were taken and refused.
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Session } from 'chdb'
import { nativeBlock } from './native.ts'

const DATABASE = 'throughline'

const [folder, port] = process.argv.slice(2)
if (!folder) throw new Error('usage: node bridge.ts <folder> [port]')
mkdirSync(folder, { recursive: true })
const session = new Session(join(folder, 'db'))
session.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`)
session.query(`USE ${DATABASE}`)

/** What ClickHouse says, as it says it. */
class Refusal extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(`Code: ${code}. DB::Exception: ${message}`)
    this.code = code
  }
}

const DISK_FULL = new Refusal(
  243,
  'Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE) (version 26.7.1.1)',
)
let isDiskFull = false
const inserts = { taken: 0, refused: 0 }

/** An insert's body is plain Native, which the embedded engine reads from a file. */
function insert(sql: string, body: Buffer): void {
  if (isDiskFull) throw DISK_FULL
  const file = join(folder!, `${randomUUID()}.native`)
  writeFileSync(file, body)
  try {
    session.query(
      sql.replace(/\s+(FORMAT\s+Native|VALUES.*)\s*$/is, ` SELECT * FROM file('${file}', Native)`),
    )
  } finally {
    rmSync(file)
  }
}

function answer(sql: string, params: URLSearchParams): Buffer {
  const bound = Object.fromEntries(
    [...params].flatMap(([key, value]) => (key.startsWith('param_') ? [[key.slice(6), value]] : [])),
  )
  // The exporter's driver reads Native with headers that the embedded engine does not write.
  if (params.get('default_format') === 'Native') {
    const text = session.queryBind(sql, bound, 'JSONCompactStringsEachRowWithNamesAndTypes')
    const lines = text.trimEnd().split('\n')
    const [names, types, ...rows] = lines.map((line): string[] => JSON.parse(line))
    if (!names || !types) throw new Error(`no answer to: ${sql}`)
    return nativeBlock(names, types, rows)
  }
  const [, query = sql, format = 'TabSeparated'] = /^(.*)\sFORMAT\s+(\w+)\s*;?\s*$/is.exec(sql) ?? []
  return Buffer.from(session.queryBind(query, bound, format))
}

async function handle(request: IncomingMessage): Promise<Buffer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bridge')
  const body = await buffer(request)
  if (pathname === '/inserts') return Buffer.from(JSON.stringify(inserts))
  if (pathname === '/disk') {
    isDiskFull = body.toString() === 'full'
    return Buffer.alloc(0)
  }
  const sql = searchParams.get('query') ?? body.toString()
  // Only an insert whose statement is in the address has rows in its body.
  if (!searchParams.has('query') || !/^\s*INSERT/i.test(sql)) return answer(sql, searchParams)
  try {
    insert(sql, body)
  } catch (error) {
    inserts.refused++
    throw error
  }
  inserts.taken++
  return Buffer.alloc(0)
}

const server = createServer((request, response) => {
  handle(request).then(
    (result) => response.end(result),
    (error: Error) => {
      const code = error instanceof Refusal ? error.code : 1
      response.writeHead(500, { 'X-ClickHouse-Exception-Code': String(code) })
      response.end(error.message)
    },
  )
})
server.listen(Number(port ?? 0), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
process.once('SIGTERM', () => {
  server.close(() => {
    session.close()
    process.exit(0)
  })
  server.closeAllConnections()
})
