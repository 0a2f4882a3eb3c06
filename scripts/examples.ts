// The apps in examples/ that are no workspaces: each is installed into its own folder, with the packages of this
// repository in the place of published ones.
import { cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

interface Manifest {
  readonly scripts: Record<string, string>
  readonly dependencies: Record<string, string>
}

export const exampleFolder = (name: string) => join(root, 'examples', name)

export const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

/** The packages of ours that an application uses, such as `core`. */
const partsOf = (folder: string) =>
  Object.keys(manifestOf(folder).dependencies).flatMap((name) => name.split('@throughline/')[1] ?? [])

/** True when npm has installed what the lock file names now. */
function isInstalled(folder: string): boolean {
  const installed = join(folder, 'node_modules/.package-lock.json')
  return (
    existsSync(installed) && statSync(installed).mtimeMs > statSync(join(folder, 'package-lock.json')).mtimeMs
  )
}

/** The arguments by which npm installs an application; undefined when it has done so already. */
export function installOf(folder: string): string[] | undefined {
  if (isInstalled(folder)) return undefined
  const parts = partsOf(folder).map((part) => join(root, 'packages', part))
  // As npm would publish them: packed, not linked, or each would bring a React of its own.
  return ['install', '--no-save', '--install-links', '--no-audit', '--no-fund', '--loglevel=error', ...parts]
}

/** Puts the packages as they are built now into an application that was installed earlier. */
export function refresh(folder: string): void {
  for (const part of partsOf(folder)) {
    const target = join(folder, 'node_modules/@throughline', part)
    rmSync(join(target, 'dist'), { recursive: true, force: true })
    for (const file of ['package.json', 'dist'])
      cpSync(join(root, 'packages', part, file), join(target, file), { recursive: true })
  }
}
