import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Advice } from './advice'
import type { Engine, Store } from './engine'
import { openChdb } from './engines/chdb'
import { openClickHouse } from './engines/clickhouse'
import type { DevAddress } from './engines/dev-address'
import { readDevAddress } from './engines/dev-address'
import { replayJournal } from './engines/journal'
import { openRemote } from './engines/remote'

/** How long another command, such as a report, may hold the folder before this one gives up, in ms. */
const PATIENCE = 15_000

/** The `throughline dev` that holds the folder, if one does. */
async function runningDev(folder: string): Promise<DevAddress | undefined> {
  const address = readDevAddress(folder)
  if (!address) return undefined
  try {
    const { status } = await fetch(`${address.url}/api/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${address.token}` },
      body: JSON.stringify({ sql: 'SELECT 1' }),
    })
    return status === 200 ? address : undefined
  } catch {
    return undefined
  }
}

/** True when the process that last wrote `status` still lives: asking the engine would make it complain on stderr. */
function seemsHeld(folder: string): boolean {
  try {
    const pid = Number(/^PID: (\d+)/.exec(readFileSync(join(folder, 'db', 'status'), 'utf8'))?.[1])
    return pid !== process.pid && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const isLocked = (error: Error) =>
  /Cannot lock file|CHDB_CONNECTION/.test(`${error.message} ${(error as { code?: string }).code}`)

async function openAndReplay(folder: string): Promise<Store> {
  const store = openChdb(folder)
  await replayJournal(store, folder)
  return store
}

/** Opens the folder in this process, or says which `dev` holds it. */
async function openFolder(folder: string): Promise<Store | DevAddress> {
  const deadline = performance.now() + PATIENCE
  for (;;) {
    const dev = await runningDev(folder)
    if (dev) return dev
    const patient = performance.now() < deadline
    if (!patient || !seemsHeld(folder)) {
      try {
        return await openAndReplay(folder)
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        if (!isLocked(error as Error)) throw new Advice(`cannot keep data in ${folder}: ${code ?? message}`)
        if (!patient) throw new Advice(`another process holds the data in ${folder}; wait for it, or stop it`)
      }
    }
    await sleep(100)
  }
}

/**
 * Opens where the data is: a folder (created on demand) or a ClickHouse server. While `throughline dev` holds the folder, the
 * engine asks that process instead and can only read.
 *
 * @throws Advice when neither can be had
 */
export async function openEngine(
  where: { readonly folder: string } | { readonly url: string },
): Promise<Engine> {
  if ('url' in where) return openClickHouse(where.url)
  const opened = await openFolder(where.folder)
  return 'url' in opened ? openRemote(opened) : opened
}

/**
 * Opens a folder for writing.
 *
 * @throws Advice when `throughline dev` or another process holds it, or it cannot be written
 */
export async function openStore(folder: string): Promise<Store> {
  const opened = await openFolder(folder)
  if ('url' in opened)
    throw new Advice(
      `"throughline dev" at ${opened.url} (process ${opened.pid}) serves ${folder} already; use that, or give this one a folder of its own with --data`,
    )
  return opened
}
