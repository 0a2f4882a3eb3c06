import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '@throughline/analysis'
import { expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { buildShop, startDev } from '../scripts/shop.ts'
import { soakPages } from './soak/pages.ts'
import { soakServers } from './soak/servers.ts'
import { render } from './soak/tally.ts'

// A short soak of each kind: `npm run soak` goes on for ten minutes. What is counted outside is held against what is
// stored and the figures of the accounting, whatever the seed did in this time.

const SECONDS = 1000
const LONGEST = 600 * SECONDS

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

it(
  'pages that are killed, cut off and refused account for every event',
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'throughline-soak-'))
    const dev = await startDev({ port: 0, data })
    try {
      const engine = await openEngine({ folder: data })
      const outcome = await soakPages({ store: dev.url, engine, seed: 2, duration: 25 * SECONDS })
      await engine.close()
      expect(outcome.differences, render(outcome)).toEqual([])
      expect(outcome.rows['accounting: stored']).toBeGreaterThan(0)
    } finally {
      await dev.stop()
      rmSync(data, { recursive: true, force: true })
    }
  },
  LONGEST,
)

it(
  "a shop's events are stored, though its server and `throughline dev` are killed and their disk is full",
  async () => {
    await buildShop()
    const outcome = await soakServers({ seed: 5, duration: 25 * SECONDS })
    expect(outcome.differences, render(outcome)).toEqual([])
    expect(outcome.rows['accounting: stored']).toBeGreaterThan(0)
  },
  LONGEST,
)

it.skipIf(!collector)(
  "a shop's events are stored, though its server and the collector are killed and ClickHouse is away",
  async () => {
    await buildShop()
    const outcome = await soakServers({ collector: collector!, seed: 3, duration: 25 * SECONDS })
    expect(outcome.differences, render(outcome)).toEqual([])
    expect(outcome.rows['accounting: stored']).toBeGreaterThan(0)
  },
  LONGEST,
)
