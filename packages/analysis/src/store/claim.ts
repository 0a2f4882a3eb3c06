import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processStart } from './process-start'

/** A hold on a data folder; other processes wait until it is released, or until its process is gone. */
export interface Claim {
  release(): void
}

const fileOf = (folder: string) => join(folder, 'lock')

/** What the lock says; undefined when there is none. */
function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Longer than it takes to write or remove one file. */
const MOMENT_MS = 10_000

const isOld = (file: string) => {
  const { mtimeMs = Date.now() } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return Date.now() - mtimeMs > MOMENT_MS
}

/** The process that a lock names, if it runs. Earlier versions wrote its number alone. */
function livingHolder(lock: string): number | undefined {
  const [, pid, start] = /^(\d+) ?(.*)$/.exec(lock) ?? []
  const started = pid && processStart(Number(pid))
  return started && (!start || start === started) ? Number(pid) : undefined
}

/** The living process that holds a folder. */
export const holderOf = (folder: string): number | undefined => livingHolder(readLock(fileOf(folder)) ?? '')

/**
 * Removes what a process that is gone has left behind. One process at a time does so, and each looks again first: the
 * lock may be another's by then.
 */
function breakHold(file: string, gone: string): void {
  const breaking = `${file}.breaking`
  try {
    writeFileSync(breaking, '', { flag: 'wx' })
  } catch {
    // That breaker was killed at it.
    if (isOld(breaking)) rmSync(breaking, { force: true })
    return
  }
  if (readLock(file) === gone) rmSync(file, { force: true })
  rmSync(breaking, { force: true })
}

function hold(file: string, lock: string): Claim {
  const release = () => {
    process.off('exit', release)
    // Another process may have taken it, if it believed this one to be gone.
    if (readLock(file) === lock) rmSync(file, { force: true })
  }
  process.once('exit', release)
  return { release }
}

/**
 * Claims a folder for this process, until it is released or the process ends. The engine has a lock of its own, but
 * complains on stderr when it is taken.
 *
 * @returns undefined while another process holds it
 * @throws when the folder cannot be written
 */
export function claimFolder(folder: string): Claim | undefined {
  const file = fileOf(folder)
  const ours = `${process.pid} ${processStart(process.pid)}`
  mkdirSync(folder, { recursive: true })
  for (const attempt of [1, 2])
    try {
      writeFileSync(file, ours, { flag: 'wx' })
      return hold(file, ours)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        // A full disk: the file is there, and names nobody.
        if (readLock(file) === '') rmSync(file, { force: true })
        throw error
      }
      const lock = readLock(file)
      if (lock === ours) return { release() {} }
      if (lock === undefined || livingHolder(lock) || attempt === 2) return undefined
      // Without a name, it is being written, or its process was killed at that.
      if (lock !== '' || isOld(file)) breakHold(file, lock)
    }
}
