import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../../scripts/cache.ts'
import { runCommand } from '../../scripts/processes.ts'

const requirements = fileURLToPath(new URL('./python/requirements.txt', import.meta.url))

/** Why there is no Python here, and what to do about it. */
export class NoPython extends Error {}

/**
 * The path of a Python that has what `python/requirements.txt` lists. It lives outside the tree, under a name that
 * follows from that list, and is made first if need be (half a minute, once).
 *
 * @throws NoPython when there is no Python with `venv`, or its packages are not to be had
 */
export async function buildPython(): Promise<string> {
  const version = spawnSync('python3', ['-c', 'import sys, venv; print(sys.version)'], { encoding: 'utf8' })
  if (version.status !== 0) throw new NoPython('there is no python3 with venv on this machine: install it')
  const hash = createHash('sha256').update(readFileSync(requirements)).update(version.stdout)
  const cache = cacheFolder()
  const folder = join(cache, `python-${hash.digest('hex').slice(0, 16)}`)
  const python = join(folder, 'bin', 'python')
  if (existsSync(python)) return python
  mkdirSync(cache, { recursive: true })
  // Built aside and moved when it is whole: one that is cut short, or two at once, leave nothing half done.
  const aside = mkdtempSync(join(cache, 'building-'))
  try {
    await runCommand('python3', ['-m', 'venv', aside])
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
    await runCommand(join(aside, 'bin', 'python'), install)
    if (!existsSync(folder)) renameSync(aside, folder)
    return python
  } catch (error) {
    throw new NoPython(`Python's OpenTelemetry is not to be had: ${(error as Error).message}`)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}
