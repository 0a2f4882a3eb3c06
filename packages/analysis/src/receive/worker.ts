// A thread that decodes: the main one has the requests to answer.
import { parentPort } from 'node:worker_threads'
import { BadRequest } from './bad-request.ts'
import type { Envelope } from './decode.ts'
import { decode } from './decode.ts'
import type { Rows } from './rows.ts'

/** What a worker is sent. */
export interface Task {
  readonly body: Uint8Array<ArrayBuffer>
  readonly envelope: Envelope
}

/** What it answers: the rows, or whose fault it is that there are none. */
export type Reply = Rows | { readonly status: number | undefined; readonly reason: string }

parentPort!.on('message', ({ body: { buffer, length }, envelope }: Task) => {
  try {
    const rows = decode(Buffer.from(buffer, 0, length), envelope)
    parentPort!.postMessage(rows satisfies Reply, [rows.lines.buffer])
  } catch (error) {
    const status = error instanceof BadRequest ? error.status : undefined
    parentPort!.postMessage({ status, reason: (error as Error).message } satisfies Reply)
  }
})
