import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '@throughline/analysis'
import { openEngine } from '@throughline/analysis'
import { knownSteps } from '../../collector-config/parts.ts'
import type { Service } from '../../scripts/processes.ts'
import { createSchema, startBridge, tablesOf } from './bridge-process.ts'
import type { Gateway } from './gateway.ts'
import { startGateway } from './gateway.ts'

/** A collector in front of a ClickHouse, each of which can be replaced while the other runs. */
export interface World {
  /** Where both keep their data. */
  readonly folder: string
  bridge: Service
  gateway: Gateway
  readonly engine: Engine
  /** Starts another collector on the same queue. */
  startGateway(env?: Readonly<Record<string, string>>): Promise<void>
  /** Starts ClickHouse again, at the same address. */
  startBridge(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts ClickHouse's interface over the embedded engine, creates the tables, and starts a collector.
 *
 * @param env more of the collector's environment
 * @param more further configurations: files, or `yaml:` and a text
 */
export async function startWorld(
  collector: string,
  env: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-collector-'))
  const clickhouse = join(folder, 'clickhouse')
  const bridge = await startBridge(clickhouse)
  await createSchema(bridge)
  const engine = await openEngine({ url: tablesOf(bridge) })
  const port = Number(new URL(bridge.url).port)
  const queue = join(folder, 'queue')
  const steps = join(folder, 'steps.yaml')
  writeFileSync(steps, knownSteps(['checkout/cart', 'checkout/payment']))
  const start = (changed = {}) =>
    startGateway(collector, queue, bridge.url, { ...env, ...changed }, [steps, ...more])
  const gateway = await start().catch(async (error) => {
    await engine.close()
    await bridge.stop()
    throw error
  })
  const world: World = {
    folder,
    bridge,
    gateway,
    engine,
    async startGateway(changed) {
      world.gateway = await start(changed)
    },
    async startBridge() {
      world.bridge = await startBridge(clickhouse, port)
    },
    async stop() {
      await world.gateway.stop()
      await engine.close()
      await world.bridge.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return world
}
