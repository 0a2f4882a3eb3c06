import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { BadRequest } from './bad-request'
import type { Envelope } from './decode'
import type { Pool } from './pool'
import { openPool } from './pool'
import { createReceiver } from './receive'
import { JSON_BODY, jsonSpan, send, traces } from './testing'

const envelope: Envelope = {
  table: 'otel_traces',
  isProtobuf: false,
  isGzip: false,
  isPublic: false,
  now: Date.now(),
}
const bytes = (text: string) => Buffer.from(new TextEncoder().encode(text).buffer)

let pool: Pool
afterEach(() => pool.close())

const names = async (text: string) => {
  const { lines } = await pool.decode(bytes(text), envelope)
  const rows = Buffer.from(lines).toString().trimEnd().split('\n')
  return rows.map((row) => JSON.parse(row).SpanName)
}

test('threads decode what is theirs, and say whose mistake it was', async () => {
  pool = openPool()
  const all = Array.from({ length: 20 }, (_, n) => names(traces(jsonSpan({}, { name: `${n}` }))))
  const bad = pool.decode(bytes('{"cut'), envelope)
  await expect(bad).rejects.toThrow(BadRequest)
  await expect(bad).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/no JSON/) })
  expect((await Promise.all(all)).flat()).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`))
})

// Answers with what it was sent; dies of a body that says so.
const MORTAL = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads'
  parentPort.on('message', ({ body }) => {
    const text = new TextDecoder().decode(body)
    if (text.includes('exit')) process.exit(1)
    if (text.includes('throw')) throw new Error('out of memory')
    parentPort.postMessage({ lines: body, rejected: 0, message: '' })
  })`)}`,
)

test('a thread that dies takes only its own job with it', async () => {
  pool = openPool(MORTAL)
  const words = ['a', 'exit', 'b', 'throw', 'c', 'exit', 'd', 'exit', 'e']
  const settled = await Promise.allSettled(words.map((word) => pool.decode(bytes(word), envelope)))
  expect(
    settled.map((each) =>
      each.status === 'fulfilled' ? Buffer.from(each.value.lines).toString() : each.reason.message,
    ),
  ).toEqual([
    'a',
    'the thread that read it has ended',
    'b',
    'out of memory',
    'c',
    'the thread that read it has ended',
    'd',
    'the thread that read it has ended',
    'e',
  ])
})

test('whoever comes while much is being decoded waits with the body unread', async () => {
  pool = openPool()
  const large = () => Buffer.from(new ArrayBuffer(20 * 2 ** 20))
  const jobs = Array.from({ length: 4 }, () => pool.decode(large(), envelope).catch(() => 'no JSON'))
  let isRoom = false
  const room = pool.room().then(() => {
    isRoom = true
  })
  await new Promise(setImmediate)
  expect(isRoom).toBe(false)
  await Promise.all(jobs)
  await room
})

test('the sender of what a thread died of may try again later', async () => {
  pool = openPool(MORTAL)
  const stored: string[] = []
  const append = async (_: string, lines: Uint8Array) => {
    stored.push(Buffer.from(lines).toString())
  }
  const receiver = createReceiver({ append }, pool, { isPublic: () => false })
  const server = createServer((request, response) => void receiver.handle(request, response, request.url!))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
    const gzip = { ...JSON_BODY, 'content-encoding': 'gzip' }
    const died = await send(url, 'exit', gzip)
    expect([died.status, died.headers['retry-after']]).toEqual([503, '5'])
    expect((await send(url, 'good', gzip)).status).toBe(200)
    expect(stored).toEqual(['good'])
  } finally {
    server.close()
  }
})
