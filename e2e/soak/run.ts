// Harms pages and servers for some minutes, and holds what was emitted, as counted from outside, against what is
// stored and the figures of the accounting: `npm run soak -- [--minutes 10] [--seed N] [pages] [gateway] [dev]`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEngine } from '@throughline/analysis'
import { buildCollector, NO_GO } from '../../collector-config/build.ts'
import { buildShop, startDev } from '../../scripts/shop.ts'
import { soakPages } from './pages.ts'
import { soakServers } from './servers.ts'
import type { Outcome } from './tally.ts'
import { render } from './tally.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
})
const seed = Number(values.seed)
const duration = Number(values.minutes) * 60_000
if (!Number.isInteger(seed) || !(duration > 0)) throw new Error('give --minutes and --seed as numbers')

async function pages(): Promise<Outcome> {
  const data = mkdtempSync(join(tmpdir(), 'throughline-soak-'))
  const dev = await startDev({ port: 0, data })
  try {
    const engine = await openEngine({ folder: data })
    try {
      return await soakPages({ store: dev.url, engine, seed, duration })
    } finally {
      await engine.close()
    }
  } finally {
    await dev.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

async function gateway(): Promise<Outcome> {
  const collector = await buildCollector()
  if (!collector) throw new Error(NO_GO)
  await buildShop()
  return soakServers({ collector, seed, duration })
}

async function dev(): Promise<Outcome> {
  await buildShop()
  return soakServers({ seed, duration })
}

const soaks: Record<string, () => Promise<Outcome>> = { pages, gateway, dev }
const names = positionals.length > 0 ? positionals : Object.keys(soaks)
console.log(`${names.join(', ')}: ${values.minutes} minutes, seed ${seed}`)
let failed = false
await Promise.all(
  names.map(async (name) => {
    const soak = soaks[name]
    if (!soak) throw new Error(`there is no soak "${name}": pages, gateway or dev`)
    const outcome = await soak()
    failed ||= outcome.differences.length > 0
    console.log(`\n${render(outcome)}`)
  }),
)
process.exit(failed ? 1 : 0)
