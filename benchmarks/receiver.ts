// Spans per second that `throughline dev` stores, against the real collector writing the same requests to a file. An
// answer means the same in both: the spans are in a file that outlives the process (neither forces it onto the disk).
// What `dev` then does, inserting into its database, views and all, is measured beside it and over before the other's
// turn comes. Both are processes of their own; rounds alternate, so that a busy machine slows both.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { stop } from '../scripts/processes.ts'
import { startDev } from '../scripts/shop.ts'
import type { Measurement } from './run.ts'

const BATCH = 500
const BATCHES = 100
const CONNECTIONS = 32
const ROUNDS = 5
const KINDS = ['throughline.step.enter', 'throughline.step.ready', 'browser.web_vital', 'GET', 'POST']

type Value = string | number

const attribute = ([key, value]: [string, Value]) => ({
  key,
  value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
})

/** A span of a checkout, such as a browser sends it: five kinds take turns. */
function span(index: number, now: number) {
  const name = KINDS[index % KINDS.length]!
  const run = now.toString(16).padStart(12, '0')
  const attributes: Record<string, Value> = {
    'throughline.journey.name': 'checkout',
    'throughline.journey.version': '1',
    'throughline.run.id': `${run.slice(0, 8)}-${run.slice(8)}-7abc-8def-${randomBytes(6).toString('hex')}`,
    'throughline.step.name': 'payment',
    'throughline.step.index': 3,
    'throughline.step.attempt': 1,
    'throughline.hypothesis.one-page-payment': index % 2 ? 'control' : 'one-page',
    'session.id': randomBytes(8).toString('hex'),
  }
  if (name === 'GET' || name === 'POST')
    Object.assign(attributes, {
      'http.request.method': name,
      'http.response.status_code': 200,
      'url.full': `https://shop.example/api/orders/${index}`,
      'server.address': 'shop.example',
    })
  else
    Object.assign(attributes, {
      'throughline.event.id': randomBytes(16).toString('hex'),
      'throughline.event.source': 'browser',
      'browser.web_vital.name': 'inp',
      'browser.web_vital.value': index % 400,
      'browser.web_vital.navigation_type': 'navigate',
    })
  const start = BigInt(now) * 1_000_000n
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name,
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 25_000_000n),
    attributes: Object.entries(attributes).map(attribute),
    status: {},
  }
}

function batch(): Buffer {
  const now = Date.now()
  const resource = { attributes: Object.entries({ 'service.name': 'shop-web' }).map(attribute) }
  const spans = Array.from({ length: BATCH }, (_, index) => span(index, now))
  return Buffer.from(
    JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'benchmark' }, spans }] }] }),
  )
}

function post(url: string, body: Buffer, encoding: string, agent: Agent): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    ...(encoding === 'gzip' && { 'content-encoding': encoding }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/traces`, { method: 'POST', headers, agent }, (response) => {
      response.resume()
      response.once('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`${url} answered ${response.statusCode}`))
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** Waits until all that was answered is in the tables, and returns how many spans that is. */
async function stored(data: string): Promise<number> {
  const { url, token } = JSON.parse(readFileSync(join(data, 'dev.json'), 'utf8'))
  const answer = await fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ sql: 'SELECT count() AS spans FROM otel_traces' }),
  })
  return ((await answer.json()) as { spans: number }).spans
}

/** Sends all of it and returns spans per second, counted until the last answer. */
async function rate(url: string, bodies: readonly Buffer[], encoding: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const rest = bodies.values()
  const started = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const body of rest) await post(url, body, encoding, agent)
    }),
  )
  const seconds = (performance.now() - started) / 1000
  agent.destroy()
  return (bodies.length * BATCH) / seconds
}

async function startCollector(binary: string, file: string) {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  const config = fileURLToPath(new URL('./collector-to-file.yaml', import.meta.url))
  const child = spawn(binary, ['--config', config], {
    env: { PATH: process.env.PATH, ENDPOINT: `127.0.0.1:${port}`, FILE: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error('the collector ended; see above')
    await sleep(50)
  }
  return { url, stop: () => stop(child) }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!
const thousands = (value: number) => `${(value / 1000).toFixed(0)}k`

export async function run(): Promise<Measurement[]> {
  const binary = await buildCollector()
  if (!binary) {
    console.log(`  skipped: ${NO_GO}`)
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'throughline-benchmark-'))
  const collector = await startCollector(binary, join(folder, 'spans.json'))
  const data = join(folder, 'data')
  const dev = await startDev({ port: 0, data })
  try {
    const results: Measurement[] = []
    let sent = 0
    for (const encoding of ['identity', 'gzip']) {
      const rates: { ours: number; theirs: number; whole: number }[] = []
      for (let round = 0; round <= ROUNDS; round++) {
        const plain = Array.from({ length: BATCHES }, batch)
        const bodies = encoding === 'gzip' ? plain.map((body) => gzipSync(body)) : plain
        const theirs = await rate(collector.url, bodies, encoding)
        const started = performance.now()
        const ours = await rate(dev.url, bodies, encoding)
        sent += BATCH * BATCHES
        if ((await stored(data)) !== sent)
          throw new Error('throughline dev has not stored what it answered for')
        const whole = (BATCH * BATCHES * 1000) / (performance.now() - started)
        // The first round warms both up.
        if (round > 0) rates.push({ ours, theirs, whole })
      }
      const ours = thousands(median(rates.map((round) => round.ours)))
      const theirs = thousands(median(rates.map((round) => round.theirs)))
      const whole = thousands(median(rates.map((round) => round.whole)))
      const ratio = median(rates.map((round) => round.ours / round.theirs))
      const how = encoding === 'gzip' ? 'JSON, gzip' : 'JSON'
      results.push({
        measure: `dev (${ours}/s; ${whole}/s into tables) / collector (${theirs}/s), ${how}`,
        value: `${ratio.toFixed(2)}×`,
      })
    }
    return results
  } finally {
    await dev.stop()
    await collector.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) console.table(await run())
