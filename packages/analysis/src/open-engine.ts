import { setTimeout as sleep } from 'node:timers/promises'
import { Advice } from './advice'
import type { Engine, Store } from './engine'
import { openChdb } from './engines/chdb'
import type { Claim } from './engines/claim'
import { claimFolder } from './engines/claim'
import { openClickHouse } from './engines/clickhouse'
import type { DevAddress } from './engines/dev-address'
import { readDevAddress } from './engines/dev-address'
import { replayJournal } from './engines/journal'
import { openRemote } from './engines/remote'
import { applySchema } from './schema'

/** How long another command, such as a report, may hold the folder before this one gives up, in ms. */
const PATIENCE = 60_000

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

const isLocked = (error: Error) =>
  /Cannot lock file|CHDB_CONNECTION/.test(`${error.message} ${(error as { code?: string }).code}`)

/** A folder with the tables and views of this release, and what the journal still holds. */
async function openAndReplay(folder: string, release: () => void): Promise<Store> {
  const store = openChdb(folder)
  try {
    // An older release may have left the folder: what its journal holds goes through the views of this one.
    await applySchema(store)
    await replayJournal(store, folder)
  } catch (error) {
    await store.close()
    throw error
  }
  return {
    ...store,
    async close() {
      await store.close()
      release()
    },
  }
}

/** Opens the folder in this process, or says which `dev` holds it. */
async function openFolder(folder: string): Promise<Store | DevAddress> {
  const deadline = performance.now() + PATIENCE
  let claim: Claim | undefined
  for (;;) {
    const dev = await runningDev(folder)
    if (dev) return dev
    const patient = performance.now() < deadline
    try {
      claim = claimFolder(folder)
      // A process of another program may have the number of one that was killed: in the end the engine's own lock decides.
      if (claim || !patient) return await openAndReplay(folder, () => claim?.release())
    } catch (error) {
      claim?.release()
      const { code, message } = error as NodeJS.ErrnoException
      if (!isLocked(error as Error)) throw new Advice(`cannot keep data in ${folder}: ${code ?? message}`)
      if (!patient) throw new Advice(`another process holds the data in ${folder}; wait for it, or stop it`)
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
