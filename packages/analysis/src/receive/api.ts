import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine, QueryParams, Store, Table } from '../engine'
import type { Forgotten, Whom } from '../forget'
import { BadRequest, malformed } from './bad-request'
import { decompress, isGzipped, readBytes } from './body'
import { bearerOf, isSame } from './tokens'

/** Sends text, or an object as JSON. */
export function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'no-store',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(text)
}

/**
 * @throws BadRequest when it is not another command of ours: those that can read the data folder know the token, no
 * page does
 */
export function checkCommand(request: IncomingMessage, token: string): void {
  if (request.headers.origin !== undefined) throw new BadRequest(403, 'pages may not query')
  if (!isSame(bearerOf(request) ?? '', token)) throw new BadRequest(401, 'the token in dev.json is needed')
}

/**
 * Answers a SELECT of another command of ours, as JSONEachRow.
 *
 * @throws BadRequest when it is not such a command, or the engine cannot run it
 */
export async function answerQuery(
  engine: Engine,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') throw new BadRequest(405, `use POST, not ${request.method}`)
  checkCommand(request, token)
  const isGzip = isGzipped(request)
  const body = await readBytes(request)
  const { sql, params } = parse(isGzip ? decompress(body) : body)
  let rows: object[]
  try {
    rows = await engine.query<object>(sql, params)
  } catch (error) {
    throw malformed((error as Error).message)
  }
  send(response, 200, 'application/x-ndjson', rows.map((row) => JSON.stringify(row)).join('\n'))
}

function parse(body: Buffer): { sql: string; params: QueryParams } {
  try {
    const { sql, params = {} } = JSON.parse(body.toString())
    if (typeof sql === 'string' && typeof params === 'object') return { sql, params }
  } catch {
    // Said below.
  }
  throw malformed('the body must be { "sql": …, "params": … }')
}

function parseWhom(body: Buffer): Whom {
  try {
    const { subject, run } = JSON.parse(body.toString())
    if (typeof subject === 'string') return { subject }
    if (typeof run === 'string') return { run }
  } catch {
    // Said below.
  }
  throw malformed('the body must be { "subject": … } or { "run": … }')
}

/**
 * Erases a person or a run for another command of ours, and answers what was erased.
 *
 * @throws BadRequest when it is not such a command; whatever `forget` throws
 */
export async function answerForget(
  forget: (whom: Whom) => Promise<Forgotten>,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') throw new BadRequest(405, `use POST, not ${request.method}`)
  checkCommand(request, token)
  const forgotten = await forget(parseWhom(await readBytes(request)))
  send(response, 200, 'application/json', JSON.stringify(forgotten))
}

const TABLES: readonly Table[] = ['otel_traces', 'otel_logs']

/**
 * Takes rows of another command of ours (JSONEachRow), and answers once they are in the table.
 *
 * @throws BadRequest when it is not such a command; whatever the engine throws
 */
export async function takeRows(
  store: Pick<Store, 'append'>,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
  params: URLSearchParams,
): Promise<void> {
  if (request.method !== 'POST') throw new BadRequest(405, `use POST, not ${request.method}`)
  checkCommand(request, token)
  const table = TABLES.find((name) => name === params.get('table'))
  if (!table) throw malformed(`table must be one of ${TABLES.join(', ')}`)
  await store.append(table, await readBytes(request))
  response.writeHead(204).end()
}
