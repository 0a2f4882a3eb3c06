import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Journal } from '../store/journal'
import { BadRequest } from './bad-request'
import { isGzipped, readBytes } from './body'
import { decode } from './decode'
import type { Signal } from './otlp'
import { LOGS, TRACES } from './otlp'
import type { Pool } from './pool'
import { writeResponse, writeStatus } from './protobuf'

const PATHS: Readonly<Record<string, Signal>> = { '/v1/traces': TRACES, '/v1/logs': LOGS }

const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'

export interface ReceiverOptions {
  readonly isPublic: (request: IncomingMessage) => boolean
  readonly asOf?: number | undefined
}

/** What receives OTLP over HTTP. */
export interface Receiver {
  /** Answers a request to one of its paths; false when the path is not its own. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean
}

/** Bytes of a body that takes less time to decode than to hand over to a thread: what pages send. */
const SMALL = 64 * 2 ** 10

/** Codes of `google.rpc.Status` */
const INVALID_ARGUMENT = 3
const UNAVAILABLE = 14

/**
 * Creates the receiver for `/v1/traces` and `/v1/logs`. It answers once the journal has the rows.
 *
 * @param options.isPublic whether anyone could have sent a request, so that it cannot claim to be a server's
 * @param options.asOf the present that limits of age are judged by (ms since the epoch), for a recording; the real
 * one if left out
 */
export function createReceiver(
  journal: Pick<Journal, 'append'>,
  pool: Pool,
  { isPublic, asOf }: ReceiverOptions,
): Receiver {
  async function receive({ table }: Signal, request: IncomingMessage, isProtobuf: boolean) {
    const isGzip = isGzipped(request)
    const envelope = { table, isProtobuf, isGzip, isPublic: isPublic(request), now: asOf ?? Date.now() }
    await pool.room()
    const body = await readBytes(request)
    // A small one may be large once it is decompressed.
    const isSmall = !isGzip && body.length <= SMALL
    const rows = isSmall ? decode(body, envelope) : await pool.decode(body, envelope)
    if (rows.lines.length > 0) await journal.append(table, rows.lines)
    return rows
  }

  async function answer(signal: Signal, request: IncomingMessage, response: ServerResponse) {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
    const isProtobuf = type === PROTOBUF_TYPE
    const send = (status: number, json: object, protobuf: () => Buffer) => {
      response.writeHead(status, { 'Content-Type': isProtobuf ? PROTOBUF_TYPE : JSON_TYPE })
      response.end(isProtobuf ? protobuf() : JSON.stringify(json))
    }
    try {
      if (request.method !== 'POST') {
        response.setHeader('Allow', 'POST')
        throw new BadRequest(405, `use POST, not ${request.method}`)
      }
      if (!isProtobuf && type !== JSON_TYPE)
        throw new BadRequest(
          415,
          `content-type must be ${JSON_TYPE} or ${PROTOBUF_TYPE}, not "${type ?? ''}"`,
        )
      const { rejected, message } = await receive(signal, request, isProtobuf)
      const partialSuccess = message ? { [signal.rejected]: String(rejected), errorMessage: message } : {}
      send(200, { partialSuccess }, () => writeResponse(rejected, message))
    } catch (error) {
      const bad = error instanceof BadRequest
      const message = bad ? error.message : `the rows could not be stored: ${(error as Error).message}`
      const code = bad ? INVALID_ARGUMENT : UNAVAILABLE
      if (!bad) response.setHeader('Retry-After', '5')
      if (!request.complete) response.setHeader('Connection', 'close')
      send(bad ? error.status : 503, { code, message }, () => writeStatus(code, message))
      request.resume()
    }
  }

  let hasSaid = false
  /** SDKs export metrics to the same endpoint. They are taken, so that no export fails, and dropped. */
  function dropMetrics(request: IncomingMessage, response: ServerResponse) {
    if (!hasSaid)
      process.stderr.write(
        'throughline: metrics are not stored; OTEL_METRICS_EXPORTER=none keeps a service from sending them\n',
      )
    hasSaid = true
    const isProtobuf = request.headers['content-type']?.startsWith(PROTOBUF_TYPE)
    request.resume().once('end', () => {
      response.writeHead(200, { 'Content-Type': isProtobuf ? PROTOBUF_TYPE : JSON_TYPE })
      response.end(isProtobuf ? '' : '{}')
    })
  }

  return {
    handle(request, response, path) {
      if (path === '/v1/metrics' && request.method === 'POST') {
        dropMetrics(request, response)
        return true
      }
      const signal = PATHS[path]
      if (!signal) return false
      void answer(signal, request, response)
      return true
    },
  }
}
