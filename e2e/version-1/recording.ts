import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Result } from '@throughline/analysis'
import type { Recorded } from '../collector/recorder.ts'

// What the release before version 2 of the wire contract sent, recorded from its shop, and the report of that release
// on it. It is judged as of the day that it was recorded, so that it does not grow too old.

const file = (name: string) => readFileSync(new URL(name, import.meta.url))

interface Stored {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Base64. */
  readonly body: string
}

const stored = JSON.parse(gunzipSync(file('recorded.json.gz')).toString()) as {
  readonly recordedAt: string
  readonly browsers: readonly Stored[]
  readonly servers: readonly Stored[]
}

const requests = (all: readonly Stored[]) =>
  all.map(
    ({ path, headers, body }): Recorded => ({
      path,
      headers,
      body: Uint8Array.from(Buffer.from(body, 'base64')),
    }),
  )

export const recordedAt = new Date(stored.recordedAt)
/** Browsers sent the first; the second are of servers, and of pages that have an `origin`. */
export const browsers = requests(stored.browsers)
export const servers = requests(stored.servers)
/** The tables and views of that release. */
export const schemaOfThen = () => file('schema.sql').toString()
export const reportOfThen = (): Result => JSON.parse(file('report.json').toString())
