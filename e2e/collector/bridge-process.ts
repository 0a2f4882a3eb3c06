import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Service } from '../../scripts/processes.ts'
import { startService } from '../../scripts/processes.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** ClickHouse's HTTP interface on a folder; a port of 0 takes any. */
export const startBridge = (folder: string, port = 0): Promise<Service> =>
  startService('the bridge to the embedded engine', [at('./bridge.ts'), folder, String(port)])

/** Where `@clickhouse/client` finds the tables behind a bridge. */
export const tablesOf = (bridge: Service) => `${bridge.url}/throughline`

/** `throughline schema`: creates the tables and views, as one would in production. */
export async function createSchema(bridge: Service): Promise<void> {
  const command = at('../../packages/analysis/dist/cli.js')
  const child = spawn(process.execPath, [command, 'schema', '--clickhouse', tablesOf(bridge)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('the schema could not be created; see above')
}

/** How many inserts ClickHouse took, and how many it refused. */
export async function insertsOf(bridge: Service): Promise<{ taken: number; refused: number }> {
  return (await fetch(`${bridge.url}/inserts`)).json()
}

/** Makes ClickHouse answer as it does when its disk is full, or no longer. */
export async function fillDisk(bridge: Service, isFull: boolean): Promise<void> {
  await fetch(`${bridge.url}/disk`, { method: 'PUT', body: isFull ? 'full' : 'free' })
}
