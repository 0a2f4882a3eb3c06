import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A hold on a data folder; other processes wait until it is released, or until its process is gone. */
export interface Claim {
  release(): void
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The process that holds the folder; undefined when it let go in the meantime, or was killed while it wrote. */
function holder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** Longer than it takes to remove one file. */
const BREAKING_MS = 10_000

/**
 * Removes what a process that is gone has left behind: one breaker at a time, and each looks again, lest it remove the hold of whoever
 * came in between.
 */
function breakHold(file: string, gone: number): void {
  const breaking = `${file}.breaking`
  try {
    writeFileSync(breaking, '', { flag: 'wx' })
  } catch {
    const { mtimeMs = Date.now() } = statSync(breaking, { throwIfNoEntry: false }) ?? {}
    // That breaker was killed at it.
    if (Date.now() - mtimeMs > BREAKING_MS) rmSync(breaking, { force: true })
    return
  }
  if (holder(file) === gone) rmSync(file, { force: true })
  rmSync(breaking, { force: true })
}

/**
 * Claims a folder for this process. The engine has a lock of its own, but complains on stderr when it is taken.
 *
 * @returns undefined while another process holds it
 * @throws when the folder cannot be written
 */
export function claimFolder(folder: string): Claim | undefined {
  const file = join(folder, 'lock')
  mkdirSync(folder, { recursive: true })
  for (const attempt of [1, 2])
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return { release: () => rmSync(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const pid = holder(file)
      if (pid === process.pid) return { release() {} }
      if (pid === undefined || isAlive(pid) || attempt === 2) return undefined
      breakHold(file, pid)
    }
}
