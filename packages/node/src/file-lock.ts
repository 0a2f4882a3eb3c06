import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { shared } from './shared'

/** A lock that nobody has touched for so long (ms) is left over. */
const STALE = 60_000

/** Files that this process has locked: its own process id in a lock may be that of an earlier container. */
const held = shared('locks', () => new Set<string>())

/** The right to write to a file, for one process. */
export interface FileLock {
  /** Says that its holder lives. @returns false when another process has taken it over */
  touch(): Promise<boolean>
  release(): Promise<void>
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a lock's holder is gone. On another host (a volume that containers share), only its age tells. */
async function isLeftOver(lock: string, text: string): Promise<boolean> {
  const [host, pid] = text.split('\n')
  if (Date.now() - (await stat(lock)).mtimeMs > STALE) return true
  if (host !== hostname()) return false
  return Number(pid) === process.pid || !isAlive(Number(pid))
}

/**
 * Locks a file by another one beside it, `<file>.lock`.
 *
 * @returns undefined while another process has it
 * @throws when the folder cannot be written to
 */
export async function lockFile(file: string): Promise<FileLock | undefined> {
  const lock = `${file}.lock`
  if (held.has(lock)) return undefined
  held.add(lock)
  const mine = `${hostname()}\n${process.pid}\n${randomBytes(8).toString('hex')}\n`
  try {
    const text = await readFile(lock, 'utf8').catch(() => undefined)
    if (text !== undefined) {
      if (!(await isLeftOver(lock, text))) return void held.delete(lock)
      // Of several that find it left over, one moves it away; a new one that was moved by mistake is noticed by its
      // holder.
      const aside = `${lock}.${randomBytes(4).toString('hex')}`
      await rename(lock, aside)
      await rm(aside, { force: true })
    }
    await writeFile(lock, mine, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    held.delete(lock)
    if (['EEXIST', 'ENOENT'].includes(`${(error as NodeJS.ErrnoException).code}`) && (await exists(lock)))
      return undefined
    throw error
  }
  const isMine = async () => (await readFile(lock, 'utf8').catch(() => '')) === mine
  return {
    async touch() {
      if (!(await isMine())) return false
      const now = new Date()
      await utimes(lock, now, now)
      return true
    },
    async release() {
      if (await isMine()) await rm(lock, { force: true })
      held.delete(lock)
    },
  }
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )
