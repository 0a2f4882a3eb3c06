import { BadRequest } from '../receive/bad-request'
import type { Signal } from '../receive/otlp'
import { LOGS } from '../receive/otlp'
import { toRows } from '../receive/rows'
import type { Target } from './add-new-rows'
import { rowAdder } from './add-new-rows'
import type { OwnDays } from './own-days'
import { asOf, countDays } from './own-days'
import { readParts } from './read-file'
import { requestsIn } from './requests'

/** What became of a file. */
export interface Imported {
  /** The days that it is about; undefined if it has no records. */
  readonly days: OwnDays | undefined
  readonly spans: number
  readonly logs: number
  /** Spans and log records that were there already. */
  readonly known: number
  /** Spans and log records that were refused, and why. */
  readonly refused: number
  readonly reasons: readonly string[]
  /** Lines that nothing was taken of, or not all. */
  readonly bad: readonly { readonly line: number; readonly reason: string }[]
  /** Requests of other signals, by what they are. */
  readonly skipped: ReadonlyMap<string, number>
}

type Json = Record<string, unknown>
const list = (value: unknown): Json[] => (Array.isArray(value) ? value : [])

/** When the records of a request happened, ms since the epoch; none for those that do not say. */
function timesOf(signal: Signal, body: Json): number[] {
  const times: number[] = []
  for (const group of list(body[signal.resources]))
    for (const part of list(group?.[signal.scopes]))
      for (const record of list(part?.[signal.records])) {
        const given = [record?.startTimeUnixNano, record?.timeUnixNano, record?.observedTimeUnixNano]
        const time = given.map(Number).find((each) => each > 0 && each < 2 ** 63)
        if (time !== undefined) times.push(time / 1e6)
      }
  return times
}

async function ownDays(file: string, onBytes: (bytes: number) => void): Promise<OwnDays | undefined> {
  const days = countDays(Date.now())
  for await (const part of readParts(file, onBytes))
    for (const { signal, ...found } of ('value' in part && requestsIn(part.value)) || [])
      if (signal && 'body' in found) for (const time of timesOf(signal, found.body)) days.add(time)
  return days.own()
}

/**
 * Adds what a file holds. Its age is judged as of its own days: it is read once to learn them, and then again. What
 * is stored already is left out, so importing a file twice changes nothing.
 *
 * @param onBytes hears how many more bytes were read, of twice the file's size
 * @throws when the file cannot be read, or nothing can be stored
 */
export async function importFile(
  target: Target,
  file: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<Imported> {
  const days = await ownDays(file, onBytes)
  const spans = rowAdder(target, 'otel_traces')
  const logs = rowAdder(target, 'otel_logs')
  const bad: { line: number; reason: string }[] = []
  const reasons = new Set<string>()
  const skipped = new Map<string, number>()
  let refused = 0

  async function take(signal: Signal, body: Json) {
    const now = days ? asOf(timesOf(signal, body), days) : Date.now()
    // Who wrote the file is believed, as a collector's internal receiver is.
    const { lines, rejected, message } = toRows(signal, body, { isPublic: false, now })
    refused += rejected
    if (message) reasons.add(message)
    await (signal === LOGS ? logs : spans).add(lines)
  }

  for await (const part of readParts(file, onBytes)) {
    const { line } = part
    if ('reason' in part) {
      bad.push({ line, reason: part.reason })
      continue
    }
    const requests = requestsIn(part.value)
    if (!requests) bad.push({ line, reason: 'neither OTLP nor a trace of Jaeger or Tempo' })
    for (const found of requests ?? [])
      if (!found.signal) skipped.set(found.what, (skipped.get(found.what) ?? 0) + 1)
      else
        try {
          await take(found.signal, found.body)
        } catch (error) {
          if (!(error instanceof BadRequest)) throw error
          bad.push({ line, reason: error.message })
        }
  }
  await spans.flush()
  await logs.flush()
  return {
    days,
    spans: spans.counts.stored,
    logs: logs.counts.stored,
    known: spans.counts.known + logs.counts.known,
    refused,
    reasons: [...reasons],
    bad,
    skipped,
  }
}
