import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Advice } from './advice'

/** Where the default lay in earlier versions. */
const EARLIER = '.throughline'

/** Where programs keep what they would rather not lose, but nobody edits. */
function stateFolder({ XDG_STATE_HOME }: NodeJS.ProcessEnv): string {
  if (XDG_STATE_HOME) return XDG_STATE_HOME
  return process.platform === 'darwin'
    ? join(homedir(), 'Library/Application Support')
    : join(homedir(), '.local/state')
}

const real = (folder: string) => {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/**
 * The data folder of a project that names none: outside of the project, so that no watcher follows its thousands of
 * files and no commit takes them along.
 *
 * @param config the project's configuration file; the folder that it lies in is the project
 */
export function defaultDataFolder(config: string, environment: NodeJS.ProcessEnv = process.env): string {
  if (existsSync(join(EARLIER, 'db'))) return EARLIER
  const project = real(dirname(resolve(config)))
  const hash = createHash('sha256').update(project).digest('hex').slice(0, 8)
  return join(stateFolder(environment), 'throughline', `${basename(project) || 'root'}-${hash}`)
}

/** The data folders of this user's projects that name none; none where there is no such folder yet. */
export function defaultDataFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const all = join(stateFolder(environment), 'throughline')
  return existsSync(all) ? readdirSync(all).map((name) => join(all, name)) : []
}

/**
 * Creates a data folder that git leaves alone, wherever it is. One that exists is left as it is.
 *
 * @throws Advice when it cannot be created
 */
export function createDataFolder(folder: string): void {
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 })) writeFileSync(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    throw new Advice(
      `cannot keep data in ${folder}: ${(error as NodeJS.ErrnoException).code}; name another folder with --data`,
    )
  }
}
