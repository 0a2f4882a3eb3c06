import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the `throughline dev` that holds a data folder can be asked. Who may read the folder may read the token. */
export interface DevAddress {
  readonly url: string
  readonly token: string
  readonly pid: number
}

const file = (folder: string) => join(folder, 'dev.json')

/** Tells other commands that the data of this folder is to be had from here. */
export function writeDevAddress(folder: string, address: DevAddress): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(file(folder), `${JSON.stringify(address)}\n`, { mode: 0o600 })
}

export function removeDevAddress(folder: string): void {
  rmSync(file(folder), { force: true })
}

/** What a running `dev` has written, or one that was killed; undefined when there is nothing to read. */
export function readDevAddress(folder: string): DevAddress | undefined {
  try {
    const address = JSON.parse(readFileSync(file(folder), 'utf8'))
    const { url, token, pid } = address
    if (typeof url === 'string' && typeof token === 'string' && Number.isInteger(pid)) return address
  } catch {
    // No file, or one that is being written: there is nothing to ask yet.
  }
  return undefined
}
