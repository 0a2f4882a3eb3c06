import { setTimeout as sleep } from 'node:timers/promises'
import { Advice } from './advice'
import type { Engine, Store } from './engine'
import { applySchema } from './schema'
import { openChdb } from './store/chdb'
import type { Claim } from './store/claim'
import { claimFolder, holderOf } from './store/claim'
import { openClickHouse } from './store/clickhouse'
import type { DevAddress } from './store/dev-address'
import { runningDev } from './store/dev-address'
import { replayJournal } from './store/journal'
import { openRemote } from './store/remote'

/** How long another command, such as a report, may hold the folder before this one gives up, in ms. */
const PATIENCE = 60_000
/** How long this command waits for the folder before it says so, in ms. */
const UNSAID = 1000

const isLocked = (error: Error) =>
  /Cannot lock file|CHDB_CONNECTION/.test(`${error.message} ${(error as { code?: string }).code}`)

function openClaimed(folder: string, claim: Claim | undefined): Store {
  const store = openChdb(folder)
  return {
    ...store,
    async close() {
      await store.close()
      claim?.release()
    },
  }
}

const holderText = (folder: string) => {
  const pid = holderOf(folder)
  return pid ? `process ${pid}` : 'another process'
}

/** Opens the folder in this process, or says which `dev` holds it. */
async function openFolder(folder: string, signal?: AbortSignal): Promise<Store | DevAddress> {
  const begun = performance.now()
  let said = false
  for (;;) {
    const dev = await runningDev(folder)
    if (dev) return dev
    const waited = performance.now() - begun
    const patient = waited < PATIENCE
    let claim: Claim | undefined
    let pause = 100
    try {
      claim = claimFolder(folder)
      // The holder may be seen wrongly, as through a container's wall: in the end the engine's own lock decides.
      if (claim || !patient) return openClaimed(folder, claim)
    } catch (error) {
      claim?.release()
      if (error instanceof Advice) throw error
      const { code, message } = error as NodeJS.ErrnoException
      if (!isLocked(error as Error)) throw new Advice(`cannot keep data in ${folder}: ${code ?? message}`)
      if (!patient)
        throw new Advice(`${holderText(folder)} holds the data in ${folder}; wait for it, or stop it`)
      // The engine complains each time.
      pause = 1000
    }
    if (!said && waited > UNSAID) {
      said = true
      process.stderr.write(
        `throughline: waiting for ${holderText(folder)}, which holds the data in ${folder}\n`,
      )
    }
    await sleep(pause, undefined, { signal })
  }
}

/** With the tables and views of this release, and what the journal still holds. */
async function replayed(store: Store, folder: string): Promise<Store> {
  try {
    // An older release may have left the folder: what its journal holds goes through the views of this one.
    await applySchema(store)
    await replayJournal(store, folder)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/**
 * Opens where the data is: a folder (created on demand) or a ClickHouse server. While `throughline dev` holds the
 * folder, the engine asks that process instead, which takes rows but no commands.
 *
 * @throws Advice when neither can be had
 */
export async function openEngine(
  where: { readonly folder: string } | { readonly url: string },
): Promise<Engine> {
  return 'url' in where ? openClickHouse(where.url) : openTarget(where.folder)
}

/**
 * Opens a folder in this process, or says which `dev` holds it and has to be asked.
 *
 * @throws Advice when neither can be had
 */
export async function openFolderOrDev(folder: string): Promise<Store | DevAddress> {
  const opened = await openFolder(folder)
  return 'url' in opened ? opened : replayed(opened, folder)
}

/**
 * Opens a folder for adding rows: in this process, or through the `throughline dev` that holds it.
 *
 * @throws Advice when neither can be had
 */
export async function openTarget(folder: string): Promise<Store> {
  const opened = await openFolderOrDev(folder)
  return 'url' in opened ? openRemote(opened) : opened
}

/** Says which `dev` serves a folder, and what can be done about it. */
export const alreadyServed = ({ url, pid }: DevAddress, folder: string) =>
  `"throughline dev" at ${url} (process ${pid}) serves ${folder} already; use that, stop it with "kill ${pid}", or give this one a folder of its own with --data`

/**
 * Opens a folder for writing, and leaves what is in its journal to the caller.
 *
 * @param signal ends the wait for another process that holds it
 */
export async function holdFolder(folder: string, signal?: AbortSignal): Promise<Store> {
  const opened = await openFolder(folder, signal)
  if ('url' in opened) throw new Advice(alreadyServed(opened, folder))
  return opened
}

/**
 * Opens a folder for writing.
 *
 * @throws Advice when `throughline dev` or another process holds it, or it cannot be written
 */
export async function openStore(folder: string): Promise<Store> {
  return replayed(await holdFolder(folder), folder)
}
