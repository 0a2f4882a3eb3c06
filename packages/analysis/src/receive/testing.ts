// What the receiver's tests share: a server on a folder of its own, and a client that can do what no exporter would.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineJourney } from '@throughline/core'
import type { Dev, DevOptions } from '../dev'
import { startDev } from '../dev'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
})

/** A receiver whose folder goes away on close. */
export async function startTestDev(options: Partial<DevOptions> = {}): Promise<Dev> {
  const data = mkdtempSync(join(tmpdir(), 'throughline-dev-'))
  const dev = await startDev({
    port: 0,
    host: '127.0.0.1',
    data,
    definitions: { journeys: [checkout], hypotheses: [] },
    ...options,
  })
  return {
    ...dev,
    async close() {
      await dev.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Sends bytes as they are, with any headers: `fetch` would not let us lie about the host. */
export function send(
  url: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
  method = 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, text, headers: response.headers }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export const JSON_BODY = { 'content-type': 'application/json' }
export const PROTOBUF_BODY = { 'content-type': 'application/x-protobuf' }

/** A UUIDv7 of that moment. */
export function runId(time = Date.now()): string {
  const digits = `${time.toString(16).padStart(12, '0')}7${randomBytes(2).toString('hex').slice(1)}8${randomBytes(8).toString('hex').slice(1)}`
  return digits.replace(/(.{8})(....)(....)(....)/, '$1-$2-$3-$4-')
}

/** A span in OTLP's JSON. */
export function jsonSpan(attributes: Record<string, unknown> = {}, more: object = {}) {
  const start = BigInt(Date.now()) * 1_000_000n
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'test',
    kind: 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 5n),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
    ...more,
  }
}

/** A request with these spans, as JSON. */
export const traces = (...spans: object[]) =>
  JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }] })
