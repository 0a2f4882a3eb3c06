import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { BadRequest } from './bad-request.ts'
import type { Envelope } from './decode.ts'
import type { Rows } from './rows.ts'
import type { Reply, Task } from './worker.ts'

/** More would wait for the engine. */
const MOST_WORKERS = Math.min(availableParallelism(), 4)

/** Bytes of bodies that are being decoded or wait for it; requests that come then are read later. */
const MOST_WAITING = 64 * 2 ** 20

// Beside this file: what is built is JavaScript, and Node reads our sources as they are.
const OURS = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/** Threads that decode bodies. */
export interface Pool {
  /** Resolves once another body can be taken: until then it had better stay with its sender. */
  room(): Promise<void>
  /**
   * Decodes a body, which begins its memory and is gone from this thread then. Rejects with a BadRequest when it is
   * the sender's mistake, else with what befell the thread.
   */
  decode(body: Buffer<ArrayBuffer>, envelope: Envelope): Promise<Rows>
  /** Ends the threads. */
  close(): Promise<void>
}

interface Job {
  readonly body: Buffer<ArrayBuffer>
  readonly envelope: Envelope
  resolve(decoded: Rows): void
  reject(error: Error): void
}

/**
 * Opens a pool. Threads start when there is work, one more whenever all are busy.
 *
 * @param file what they run
 */
export function openPool(file: URL = OURS): Pool {
  const workers = new Set<Worker>()
  const idle: Worker[] = []
  const jobs = new Map<Worker, Job>()
  const queue: Job[] = []
  let room = Promise.withResolvers<void>()
  let waiting = 0

  function start(): Worker {
    const worker = new Worker(file)
    workers.add(worker)
    // The server keeps the process, not its threads.
    worker.unref()
    worker.on('message', (reply: Reply) => {
      const { resolve, reject } = jobs.get(worker)!
      jobs.delete(worker)
      if ('lines' in reply) resolve(reply)
      else if (reply.status) reject(new BadRequest(reply.status, reply.reason))
      else reject(new Error(reply.reason))
      const next = queue.shift()
      if (next) give(worker, next)
      else idle.push(worker)
    })
    // A thread that runs out of memory takes nothing with it but its job; another takes its place.
    let reason = new Error('the thread that read it has ended')
    worker.on('error', (error) => {
      reason = error
    })
    worker.on('exit', () => {
      workers.delete(worker)
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
      jobs.get(worker)?.reject(reason)
      jobs.delete(worker)
      const next = queue.shift()
      if (next) give(start(), next)
    })
    return worker
  }

  function give(worker: Worker, job: Job) {
    jobs.set(worker, job)
    const { body, envelope } = job
    worker.postMessage({ body, envelope } satisfies Task, [body.buffer])
  }

  return {
    async room() {
      while (waiting >= MOST_WAITING) await room.promise
    },
    async decode(body, envelope) {
      const size = body.length
      waiting += size
      try {
        return await new Promise<Rows>((resolve, reject) => {
          const job = { body, envelope, resolve, reject }
          const worker = idle.pop() ?? (workers.size < MOST_WORKERS ? start() : undefined)
          if (worker) give(worker, job)
          else queue.push(job)
        })
      } finally {
        waiting -= size
        room.resolve()
        room = Promise.withResolvers()
      }
    },
    async close() {
      for (const { reject } of queue.splice(0)) reject(new Error('the receiver is closing'))
      await Promise.all(Array.from(workers, (worker) => worker.terminate()))
    },
  }
}
