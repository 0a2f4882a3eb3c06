import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineJourney } from '@throughline/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { analyse } from './ask/analyse'
import type { Store } from './engine'
import { applySchema, checkSchema } from './schema'
import { openChdb } from './store/chdb'
import { enter, outcome, runId } from './testing'

const T = Date.UTC(2026, 10, 20, 12)
const DAY = 864e5
const checkout = defineJourney('checkout', { version: '1', steps: ['cart', 'payment'], converts: 'payment' })

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-schema-'))
  store = openChdb(folder)
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = async (path: URL) => {
  for (const statement of readFileSync(path, 'utf8').split(/;\s*$/m))
    if (statement.trim()) await store.command(statement)
}

const funnel = async () => {
  const { journeys } = await analyse(
    store,
    { journeys: [checkout], hypotheses: [] },
    { now: new Date(T + 9 * DAY) },
  )
  const { runs, conversions, value } = journeys[0]!
  return { runs, conversions, value }
}

/** Runs on several days, one over midnight. */
const rows = [0, 1, 2].flatMap((day) => {
  const start = T + day * DAY + 12 * 36e5 - 1000
  const id = runId(start, `d${day}`)
  return [
    enter(id, 'cart', start, { subject: `s${day}` }),
    enter(id, 'payment', start + 60_000),
    outcome(id, start + 61_000, 'converted', { value: 5, currency: 'EUR' }),
  ]
})
const all = { runs: 3, conversions: 3, value: [{ currency: 'EUR', amount: 15 }] }

it('reads spans that were there before the views, and changes nothing when it is run again', async () => {
  await run(new URL('../sql/00-traces.sql', import.meta.url))
  await store.insert('otel_traces', rows)
  await applySchema(store)
  expect(await funnel()).toEqual(all)
  await applySchema(store)
  await store.command('TRUNCATE TABLE throughline_schema')
  await applySchema(store)
  expect(await funnel()).toEqual(all)
})

it('goes on where it was interrupted', async () => {
  await run(new URL('../sql/00-traces.sql', import.meta.url))
  await store.insert('otel_traces', rows)
  let left = 25
  const broken: Store = {
    ...store,
    async command(sql) {
      if (left-- === 0) throw new Error('interrupted')
      await store.command(sql)
    },
  }
  await expect(applySchema(broken)).rejects.toThrow('interrupted')
  await expect(checkSchema(store, 'run it')).rejects.toThrow('run it')
  await applySchema(store)
  await checkSchema(store, 'run it')
  expect(await funnel()).toEqual(all)
})

it('keeps what only the tables of the release before still know', async () => {
  await run(new URL('../../../e2e/version-1/schema.sql', import.meta.url))
  await store.insert('otel_traces', rows)
  // Spans are kept for a shorter time than what was made of them.
  await store.command(`ALTER TABLE otel_traces DROP PARTITION '2026-11-20'`)
  await store.command(`ALTER TABLE otel_traces DROP PARTITION '2026-11-21'`)
  await applySchema(store)
  expect(await funnel()).toEqual(all)
  const tables = await store.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN ('throughline_steps', 'throughline_journeys')`,
  )
  expect(tables).toEqual([])
})

it('does not touch the tables of a newer release', async () => {
  await applySchema(store)
  await store.command('INSERT INTO throughline_schema (version) VALUES (99)')
  await expect(applySchema(store)).rejects.toThrow(/version 99, this release knows 6/)
  await expect(checkSchema(store, 'x')).rejects.toThrow(/version 99/)
})
