import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptFolder } from '../../scripts/kept.ts'
import { runCommand } from '../../scripts/processes.ts'

const requirements = fileURLToPath(new URL('./python/requirements.txt', import.meta.url))

/** Why there is no Python here, and what to do about it. */
export class NoPython extends Error {}

/**
 * The path of a Python that has what `python/requirements.txt` lists, made first if need be (half a minute, once).
 *
 * @throws NoPython when there is no Python with `venv`, or its packages are not to be had
 */
export async function buildPython(): Promise<string> {
  const version = spawnSync('python3', ['-c', 'import sys, venv; print(sys.version)'], { encoding: 'utf8' })
  if (version.status !== 0) throw new NoPython('there is no python3 with venv on this machine: install it')
  try {
    const folder = await keptFolder(
      'python',
      readFileSync(requirements, 'utf8') + version.stdout,
      async (aside) => {
        await runCommand('python3', ['-m', 'venv', aside])
        const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]
        await runCommand(join(aside, 'bin', 'python'), install)
      },
    )
    return join(folder, 'bin', 'python')
  } catch (error) {
    throw new NoPython(`Python's OpenTelemetry is not to be had: ${(error as Error).message}`)
  }
}
