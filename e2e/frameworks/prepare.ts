// Examples, and fixtures of this folder, are installed into their own folders, so that the repository stays small.
// They use the built packages as they would come from npm.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { exampleFolder, installOf, manifestOf, refresh } from '../../scripts/examples.ts'
import type { Service } from '../../scripts/processes.ts'
import { startService } from '../../scripts/processes.ts'

type Env = Record<string, string>

/** Without what its tools would send to their makers, and colours in what they say. */
const QUIET: Env = {
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  NG_CLI_ANALYTICS: 'false',
  NO_COLOR: '1',
}

/** Runs a command in a folder, and fails with what it said. */
export function run(folder: string, command: string, args: string[], env: Env = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} in ${folder} failed:\n${stdout}${stderr}`)
  return stdout + stderr
}

/** Installs an application, with our packages as they are built now. */
export function prepare(folder: string): string {
  const install = installOf(folder)
  if (install) run(folder, 'npm', install)
  else refresh(folder)
  return folder
}

/** The folder of an example, installed. */
export const example = (name: string): string => prepare(exampleFolder(name))

/** The folder of a fixture beside this file, installed: what is a trap for us, and nothing to copy. */
export const fixture = (name: string): string => prepare(join(import.meta.dirname, name))

/**
 * Builds an application for production, by its own script.
 *
 * @param env for tools that read it as they build, not as they start
 */
export function build(folder: string, env: Env = {}): string {
  run(folder, 'npm', ['run', '--silent', 'build'], { ...QUIET, ...env })
  return folder
}

/**
 * Starts an application by its own script.
 *
 * @param script its name, and what its tool is told besides, such as the port
 */
export function start(folder: string, [script, ...args]: readonly string[], env: Env): Promise<Service> {
  const path = [join(folder, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(':')
  // In the place of the shell, so that it is what is stopped in the end. `env` also takes a script's own variables.
  const line = ['exec env', manifestOf(folder).scripts[script!], ...args].join(' ')
  return startService(folder, ['-c', line], {
    command: 'sh',
    cwd: folder,
    env: { ...QUIET, PATH: path, ...env },
  })
}
