// What the analysis's own tests share: an engine on a folder of its own, and a generator of spans as the exporter
// writes them.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine, Keeper } from './engine'
import { applySchema } from './schema'
import { openChdb } from './store/chdb'

/** An engine with the schema, in a folder that goes away on close. */
export async function openTestEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-analysis-'))
  const engine = openChdb(folder)
  await applySchema(engine)
  return {
    ...engine,
    async close() {
      await engine.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Keeps tables for one session, as temporary ones. */
export function keepTemporary({ query }: Pick<Engine, 'query'>): Keeper {
  let number = 0
  return {
    async keep(sql, params) {
      const table = `kept_${++number}`
      await query(`CREATE TEMPORARY TABLE ${table} AS ${sql}`, params)
      return table
    },
    async drop(table) {
      await query(`DROP TEMPORARY TABLE IF EXISTS ${table}`)
    },
  }
}

/** The same engine; what it is asked is heard first, as is what fills tables. */
export const overhear = (engine: Engine, hear: (sql: string) => void): Engine => ({
  ...engine,
  keeper: engine.keeper && {
    ...engine.keeper,
    keep(sql, params) {
      hear(sql)
      return engine.keeper!.keep(sql, params)
    },
  },
  query(sql, params) {
    hear(sql)
    return engine.query(sql, params)
  },
})

/** Empties every table, so that the next test starts from nothing. */
export async function emptyTables(engine: Engine): Promise<void> {
  const tables = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
  )
  for (const { name } of tables) await engine.command(`TRUNCATE TABLE ${name}`)
}

const hex = (text: string, digits: number) => createHash('sha256').update(text).digest('hex').slice(0, digits)

/** A UUIDv7 that began at `start` (ms since the epoch), the same for the same name. */
export function runId(start: number, name: string): string {
  const rest = hex(name, 20)
  const time = Math.floor(start).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`
}

/** A row of `otel_traces`. */
export interface SpanRow {
  Timestamp: string
  TraceId: string
  SpanId: string
  ParentSpanId: string
  TraceState: string
  SpanName: string
  SpanKind: string
  ServiceName: string
  ResourceAttributes: Record<string, string>
  SpanAttributes: Record<string, string>
  Duration: number
  StatusCode: string
}

type Attributes = Record<string, string | number | boolean | undefined>

/** What a span is about, besides its name and time. */
export interface SpanOptions {
  readonly run: string
  readonly journey?: string
  readonly version?: string
  readonly step?: string
  readonly attempt?: number
  readonly source?: 'browser' | 'server'
  readonly attributes?: Attributes
  readonly resource?: Attributes
  readonly service?: string
  readonly kind?: 'Internal' | 'Client' | 'Server'
  readonly status?: 'Unset' | 'Error'
  /** ms. */
  readonly duration?: number
  /** Span ids, for those that have to match. */
  readonly trace?: string
  readonly span?: string
  readonly parent?: string
  readonly state?: string
}

const strings = (attributes: Attributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]])),
  )

/**
 * A span as the collector's exporter writes it; ids follow from what it is about, so the same call gives the same
 * span.
 */
export function span(name: string, time: number, options: SpanOptions): SpanRow {
  const { run, journey = 'checkout', step = '', attempt = 1, source = 'browser' } = options
  const what = JSON.stringify([name, time, options])
  const microseconds = Math.round(time * 1000)
  return {
    Timestamp: `${new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, -1).replace('T', ' ')}${String(microseconds % 1000).padStart(3, '0')}`,
    TraceId: options.trace ?? hex(`${run}${step}${attempt}`, 32),
    SpanId: options.span ?? hex(what, 16),
    ParentSpanId: options.parent ?? '',
    TraceState: options.state ?? '',
    SpanName: name,
    SpanKind: options.kind ?? 'Internal',
    ServiceName: options.service ?? (source === 'server' ? 'shop-api' : 'shop-web'),
    ResourceAttributes: strings(
      options.resource ?? (source === 'server' ? {} : { 'telemetry.sdk.language': 'webjs' }),
    ),
    SpanAttributes: strings({
      'throughline.journey.name': journey,
      'throughline.journey.version': options.version ?? '1',
      'throughline.run.id': run,
      'throughline.step.name': step || undefined,
      'throughline.step.attempt': attempt,
      ...(options.kind
        ? {}
        : { 'throughline.event.id': hex(`event ${what}`, 32), 'throughline.event.source': source }),
      ...options.attributes,
    }),
    Duration: Math.round((options.duration ?? 0) * 1e6),
    StatusCode: options.status ?? 'Unset',
  }
}

type EventOptions = Omit<SpanOptions, 'run' | 'step'>

export const enter = (
  run: string,
  step: string,
  time: number,
  options: EventOptions & { subject?: string } = {},
) =>
  span('throughline.step.enter', time, {
    ...options,
    run,
    step,
    attributes: { 'throughline.subject.id': options.subject, ...options.attributes },
  })

export const outcome = (
  run: string,
  time: number,
  result: 'converted' | 'failed' | 'abandoned',
  options: EventOptions & { value?: number; currency?: string } = {},
) =>
  span('throughline.run.end', time, {
    ...options,
    run,
    attributes: {
      'throughline.run.outcome': result,
      'throughline.conversion.value': options.value,
      'throughline.conversion.currency': options.currency,
      ...options.attributes,
    },
  })

export const exposure = (
  run: string,
  variant: string,
  time: number,
  subject?: string,
  hypothesis = 'one-page',
) =>
  span('throughline.exposure', time, {
    run,
    attributes: {
      'throughline.exposure.hypothesis': hypothesis,
      'throughline.exposure.variant': variant,
      'throughline.subject.id': subject,
    },
  })

/** An anonymous subject that became known. */
export const alias = (
  run: string,
  previous: string,
  subject: string,
  time: number,
  options: EventOptions = {},
) =>
  span('throughline.alias', time, {
    ...options,
    run,
    attributes: { 'throughline.subject.previous': previous, 'throughline.subject.id': subject },
  })

/**
 * The same events as version 2 of the wire contract sends them from pages, where the generators above write version
 * 1: visits have an identity and an index, in the order of their times. What servers sent is left as it is.
 *
 * @param steps in declared order, for enters at the same time
 */
export function asVersion2(rows: readonly SpanRow[], steps: readonly string[]): SpanRow[] {
  const about = ({ SpanAttributes: own }: SpanRow) =>
    ['journey.name', 'run.id', 'step.name', 'step.attempt'].map((key) => own[`throughline.${key}`]).join(' ')
  const isServer = ({ SpanAttributes: own, SpanKind }: SpanRow) =>
    own['throughline.event.source'] === 'server' || SpanKind === 'Server'
  const runOf = ({ SpanAttributes: own }: SpanRow) => own['throughline.run.id']!
  const stepOf = ({ SpanAttributes: own }: SpanRow) => steps.indexOf(own['throughline.step.name']!)

  const visits = new Map<string, { id: string; index: number }>()
  const entered = new Map<string, number>()
  const enters = rows
    .filter((row) => row.SpanName === 'throughline.step.enter' && !isServer(row))
    .sort((a, b) =>
      a.Timestamp === b.Timestamp ? stepOf(a) - stepOf(b) : a.Timestamp < b.Timestamp ? -1 : 1,
    )
  for (const row of enters) {
    const id = row.SpanAttributes['throughline.event.id']!
    if (visits.has(id)) continue
    const index = (entered.get(runOf(row)) ?? 0) + 1
    entered.set(runOf(row), index)
    visits.set(id, { id, index }).set(about(row), { id, index })
  }
  return rows.map((row) => {
    const visit = visits.get(row.SpanAttributes['throughline.event.id'] ?? '') ?? visits.get(about(row))
    if (!visit || isServer(row)) return row
    const own = { 'throughline.visit.id': visit.id, 'throughline.visit.index': `${visit.index}` }
    return { ...row, SpanAttributes: { ...row.SpanAttributes, ...own } }
  })
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
