// A framework's application is installed into its own folder, so that the repository stays small, and uses the built
// packages as they would come from npm: copied, not linked, or each would bring a React of its own.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Runs a command in a folder, and fails with what it said. */
export function run(folder: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} in ${folder} failed:\n${stdout}${stderr}`)
  return stdout + stderr
}

/**
 * The folder of an application, with all that it needs in it.
 *
 * @param parts the packages of ours that it uses
 */
export function prepare(name: string, parts: readonly string[] = ['core', 'react']): string {
  const folder = join(import.meta.dirname, name)
  const modules = join(folder, 'node_modules')
  if (!existsSync(join(modules, '.package-lock.json')))
    run(folder, 'npm', ['install', '--no-save', '--loglevel=error'])
  for (const part of parts) {
    const target = join(modules, '@throughline', part)
    rmSync(target, { recursive: true, force: true })
    for (const file of ['package.json', 'dist'])
      cpSync(join(root, 'packages', part, file), join(target, file), { recursive: true })
  }
  return folder
}

/** Builds an application with its own tool, a script of one of its packages. */
export function buildApp(
  name: string,
  script: string,
  args: readonly string[] = [],
  parts?: readonly string[],
): string {
  const folder = prepare(name, parts)
  run(folder, process.execPath, [join('node_modules', script), ...args], {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  })
  return folder
}
