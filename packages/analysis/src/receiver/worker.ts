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
  /** For the rows, if they fit. */
  readonly memory: ArrayBuffer
}

/** What it answers: the rows, or whose fault it is that there are none; and the body's memory. */
export interface Reply {
  readonly result: Rows | { readonly status: number | undefined; readonly reason: string }
  readonly memory: ArrayBuffer
}

parentPort!.on('message', ({ body: { buffer, length }, envelope, memory }: Task) => {
  let result: Reply['result']
  try {
    result = decode(Buffer.from(buffer, 0, length), envelope, memory)
  } catch (error) {
    result = {
      status: error instanceof BadRequest ? error.status : undefined,
      reason: (error as Error).message,
    }
  }
  const reply: Reply = { result, memory: buffer }
  parentPort!.postMessage(reply, 'lines' in result ? [buffer, result.lines.buffer] : [buffer])
})
