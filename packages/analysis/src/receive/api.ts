import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine, Keeper, QueryParams, Store, Table } from '../engine'
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

/** What another command of ours asks for, as JSON. */
async function readCommand(token: string, request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') throw new BadRequest(405, `use POST, not ${request.method}`)
  checkCommand(request, token)
  const isGzip = isGzipped(request)
  const body = await readBytes(request)
  const text = (isGzip ? decompress(body) : body).toString()
  try {
    const command = JSON.parse(text)
    if (typeof command === 'object' && command) return command
  } catch {
    // Said below.
  }
  throw malformed('the body must be a JSON object')
}

async function readSelect(token: string, request: IncomingMessage) {
  const { sql, params = {} } = await readCommand(token, request)
  if (typeof sql !== 'string' || typeof params !== 'object')
    throw malformed('the body must be { "sql": …, "params": … }')
  return { sql, params: params as QueryParams }
}

/** What the engine cannot run is the mistake of who asked. */
const refused = (error: Error): never => {
  throw malformed(error.message)
}

/**
 * Answers a SELECT of another command of ours, as JSONEachRow.
 *
 * @throws BadRequest when it is not such a command, or the engine cannot run it
 */
export async function answerQuery(
  { query }: Engine,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { sql, params } = await readSelect(token, request)
  const rows = await query<object>(sql, params).catch(refused)
  send(response, 200, 'application/x-ndjson', rows.map((row) => JSON.stringify(row)).join('\n'))
}

/**
 * Keeps what a SELECT of another command of ours gives, and answers what the table is called.
 *
 * @throws BadRequest when it is not such a command, or the engine cannot run it
 */
export async function answerKeep(
  { keep }: Keeper,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { sql, params } = await readSelect(token, request)
  send(response, 200, 'text/plain', await keep(sql, params).catch(refused))
}

/**
 * Drops a table that another command of ours had kept.
 *
 * @throws BadRequest when it is not such a command
 */
export async function answerDrop(
  { drop }: Keeper,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { table } = await readCommand(token, request)
  if (typeof table !== 'string') throw malformed('the body must be { "table": … }')
  await drop(table)
  response.writeHead(204).end()
}

function whomOf({ subject, run }: Record<string, unknown>): Whom {
  if (typeof subject === 'string') return { subject }
  if (typeof run === 'string') return { run }
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
  const forgotten = await forget(whomOf(await readCommand(token, request)))
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
