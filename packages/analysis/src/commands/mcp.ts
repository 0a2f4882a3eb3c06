import { createRequire } from 'node:module'
import { loadConfig } from '../config'
import { serveMcp } from '../mcp/serve'
import type { DataFlags } from './data'
import { askData } from './data'

/** `throughline mcp`: answers an agent over standard input and output. Nothing else is written there. */
export async function mcp(flags: DataFlags): Promise<void> {
  const definitions = await loadConfig(flags.config)
  const { version } = createRequire(import.meta.url)('../package.json')
  await serveMcp({ definitions, version, ask: (question) => askData(flags, question) })
}
