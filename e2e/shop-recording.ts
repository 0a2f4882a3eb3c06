import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buildShop, shopFolder, startShop } from '../scripts/shop.ts'
import type { Recorded } from './collector/recorder.ts'
import { startRecorder } from './collector/recorder.ts'

/**
 * Runs the shop and its visitors.
 *
 * @param visitors how many come
 * @param running takes what has to be stopped
 * @returns what browsers and what servers sent
 */
export async function recordShop(
  visitors: number,
  running: { stop(): Promise<void> | void }[],
): Promise<{ browsers: readonly Recorded[]; servers: readonly Recorded[] }> {
  const browsers = await startRecorder()
  const servers = await startRecorder()
  running.push(browsers, servers)
  await buildShop()
  const shop = await startShop({ otlp: servers.url, port: 0 })
  const crowd = spawn(
    process.execPath,
    ['visitors/main.ts', '--shop', shop.url, '--otlp', browsers.url, '--visitors', String(visitors)],
    { cwd: shopFolder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [code] = await once(crowd, 'exit')
  // Stopping the shop sends what its servers still hold.
  await shop.stop()
  if (code !== 0) throw new Error('the visitors had to give up; see above')
  return { browsers: browsers.requests, servers: servers.requests }
}
