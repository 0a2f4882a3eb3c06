import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the `throughline dev` that holds a data folder can be asked. Who may read the folder may read the token. */
export interface DevAddress {
  readonly url: string
  readonly token: string
  readonly pid: number
}

const fileOf = (folder: string) => join(folder, 'dev.json')

/** Tells other commands that the data of this folder is to be had from here. */
export function writeDevAddress(folder: string, address: DevAddress): void {
  const file = fileOf(folder)
  mkdirSync(folder, { recursive: true })
  // Renamed, so that nobody reads half of it, and that an older file does not keep its permissions.
  writeFileSync(`${file}.new`, `${JSON.stringify(address)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** What a running `dev` has written, or one that was killed; undefined when there is nothing to read. */
export function readDevAddress(folder: string): DevAddress | undefined {
  try {
    const address = JSON.parse(readFileSync(fileOf(folder), 'utf8'))
    const { url, token, pid } = address
    if (typeof url === 'string' && typeof token === 'string' && Number.isInteger(pid)) return address
  } catch {
    // No file: there is nothing to ask yet.
  }
  return undefined
}

/** Removes what `writeDevAddress` wrote, unless another process has replaced it. */
export function removeDevAddress(folder: string, { token }: DevAddress): void {
  if (readDevAddress(folder)?.token === token) rmSync(fileOf(folder), { force: true })
}

/**
 * How long a `dev` under load may take for an answer that costs it nothing, in ms. Another program may never answer.
 */
const PATIENCE = 5000

/** The `throughline dev` that serves a folder and answers. One that is starting does not yet. */
export async function runningDev(folder: string): Promise<DevAddress | undefined> {
  const address = readDevAddress(folder)
  if (!address) return undefined
  try {
    const { status } = await fetch(`${address.url}/api/alive`, {
      headers: { authorization: `Bearer ${address.token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    })
    return status === 204 ? address : undefined
  } catch {
    return undefined
  }
}
