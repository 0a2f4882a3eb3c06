import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Journey } from '@throughline/core'
import { Advice } from '../advice'
import { otherOf } from '../ask/against'
import type { AnalyseOptions } from '../ask/analyse'
import { analyse } from '../ask/analyse'
import { declaredAs, newestOfEach } from '../ask/declared'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import { openEngine } from '../open-engine'
import type { FindingKind, Result } from '../result'
import { applySchema } from '../schema'
import { openChdb } from '../store/chdb'
import { formatRows } from '../store/rows'
import { existingNotes } from './notes'
import type { ExistingFound } from './read-existing'
import { readExisting } from './read-existing'

/**
 * The journeys that addresses can tell, of each name the newest version. A session that goes on for longer than
 * `within` is cut, as it is idle or not; a step without an address must not hide those behind it; and a load is no
 * readiness, which a target could be held against.
 *
 * @throws Advice when there are none; TypeError when `only` is not declared
 */
function journeysByAddress({ journeys }: Definitions, only: string | undefined): Journey[] {
  const found = newestOfEach(declaredAs(journeys, only)).filter(({ steps }) => steps.some(({ at }) => at))
  if (found.length === 0)
    throw new Advice(
      `no step of ${only ? `"${only}"` : 'the journeys'} has an address, so pages cannot be told apart: declare it, such as { name: 'payment', at: '/checkout/payment' }`,
    )
  return found.map((journey) => ({
    ...journey,
    keep: 'browser',
    ready: {},
    steps: journey.steps.map((step) => ({ ...step, optional: step.optional || !step.at })),
  }))
}

/** The time that has to be read: runs that began before it are told from those that began in it. */
function windowOf({ since, until, against, now = new Date() }: AnalyseOptions, journeys: readonly Journey[]) {
  const margin = Math.max(...journeys.map(({ within, idle }) => Math.max(within, idle)))
  const last = Math.min((until ?? now).getTime() + margin, now.getTime())
  if (!since) return { first: 0, last }
  const other = against && otherOf(against, since.getTime(), (until ?? now).getTime())
  return { first: Math.max(0, Math.min(since.getTime(), other?.since ?? Infinity) - margin), last }
}

/** Says what is needed where it cannot be read. */
const reader = (source: Engine): Engine => ({
  ...source,
  query: (sql, params) =>
    source.query<never>(sql, params).catch((error: Error) => {
      const [reason] = error.message.split('\n')
      throw new Advice(
        `existing telemetry needs otel_traces as the collector's ClickHouse exporter fills it, and the right to SELECT from it; nothing is written there. ${reason}`,
      )
    }),
})

/** Reads what is there into files of spans, and lets go of it: a process holds one embedded engine at a time. */
async function collect(
  where: { readonly folder: string } | { readonly url: string },
  journeys: readonly Journey[],
  window: { readonly first: number; readonly last: number },
  folder: string,
): Promise<{ found: ExistingFound; files: string[] }> {
  const source = await openEngine(where)
  const files: string[] = []
  const write = (rows: readonly object[]) => {
    if (rows.length === 0) return
    const file = join(folder, `${files.length}.jsonl`)
    writeFileSync(file, formatRows(rows))
    files.push(file)
  }
  try {
    return { found: await readExisting(reader(source), journeys, window, write), files }
  } finally {
    await source.close()
  }
}

/** An engine of its own for one report. */
async function openTemporary(folder: string, files: readonly string[]): Promise<Engine> {
  let store: ReturnType<typeof openChdb>
  try {
    store = openChdb(folder)
  } catch (error) {
    throw new Advice(
      `visits of existing telemetry are kept in the embedded engine, and only while the report is made: ${(error as Error).message}`,
    )
  }
  await applySchema(store)
  for (const file of files) await store.append('otel_traces', readFileSync(file))
  return store
}

/**
 * Reports on spans that know nothing of Throughline: steps are taken from addresses (their `at`), runs from
 * `session.id`, else `enduser.id`, else the trace. Nothing is stored: visits live in a temporary folder until the
 * report is made. What cannot be known this way is said in `trust.notes`.
 *
 * @param where a data folder, or the URL of a ClickHouse, of which `otel_traces` is read and nothing else
 * @param definitions hypotheses are left out: nobody knows who met which variant
 * @param options as of `analyse`
 * @throws Advice when no step has an address, or the spans cannot be read; as `analyse`
 * @example
 * const result = await analyseExisting({ url: 'http://localhost:8123/otel' }, await loadConfig('throughline.config.ts'))
 */
export async function analyseExisting(
  where: { readonly folder: string } | { readonly url: string },
  definitions: Definitions,
  options: AnalyseOptions = {},
): Promise<Result> {
  const journeys = journeysByAddress(definitions, options.journey)
  const folder = mkdtempSync(join(tmpdir(), 'throughline-existing-'))
  try {
    const { found, files } = await collect(where, journeys, windowOf(options, journeys), folder)
    const engine = await openTemporary(folder, files)
    try {
      const { dimensions = {} } = definitions
      const result = await analyse(engine, { journeys, hypotheses: [], dimensions }, options)
      return withNotes(result, found, journeys)
    } finally {
      await engine.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is said of pages and servers that send events; these were made here. */
const NOT_ITS_OWN: readonly (FindingKind | undefined)[] = ['no-accounts', 'forged', 'other-spans']

/** Nobody observed when a page was ready, and pages that account for nothing lose what nobody knows. */
const withNotes = (result: Result, found: ExistingFound, journeys: readonly Journey[]): Result => ({
  ...result,
  journeys: result.journeys.map((journey) => ({
    ...journey,
    steps: journey.steps.map(({ readySource: _, ...step }) => step),
  })),
  trust: {
    ...result.trust,
    notes: [
      ...existingNotes(found, journeys),
      ...result.trust.notes.filter(({ kind }) => !NOT_ITS_OWN.includes(kind)),
    ].sort((a, b) => Number(a.level === 'info') - Number(b.level === 'info')),
  },
})
