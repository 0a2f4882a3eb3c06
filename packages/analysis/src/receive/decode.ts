import { malformed } from './bad-request.ts'
import { decompress } from './body.ts'
import type { Signal } from './otlp.ts'
import { SIGNALS } from './otlp.ts'
import { readProtobuf } from './protobuf.ts'
import type { RowOptions, Rows } from './rows.ts'
import { toRows } from './rows.ts'

/** What a body is, besides its bytes: nothing that could not be sent to another thread. */
export interface Envelope extends RowOptions {
  readonly table: Signal['table']
  readonly isProtobuf: boolean
  readonly isGzip: boolean
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (error) {
    throw malformed(`the body is no JSON: ${(error as Error).message}`)
  }
}

/**
 * Turns the body of an export request into rows.
 *
 * @throws BadRequest when any of it is not OTLP; nothing of it is taken then
 */
export function decode(body: Buffer, envelope: Envelope): Rows {
  const signal = SIGNALS[envelope.table]
  const plain = envelope.isGzip ? decompress(body) : body
  return toRows(signal, envelope.isProtobuf ? readProtobuf(signal, plain) : parse(plain), envelope)
}
