import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { Advice } from '../advice'

/** What there is to know of a project before anything is proposed. */
export interface Project {
  readonly folder: string
  readonly name: string
  /** Names of all that it depends on. */
  readonly uses: ReadonlySet<string>
  readonly isTyped: boolean
  /** Whether its `.js` files are ES modules. */
  readonly isModule: boolean
  /** `npm install`, `pnpm add` and the like. */
  readonly install: string
  /** Its own source files, relative, with `/`. */
  readonly files: readonly string[]
  read(file: string): string
  has(file: string): boolean
  /** The major version of a package that it depends on, as far as its package.json tells. */
  major(name: string): number | undefined
}

/** What a module can end in. */
const ENDINGS = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.tsx', '.jsx']

/** A module that the project has, in whatever language; or what it would be called. */
export const moduleAt = (project: Project, path: string, ending: string): string =>
  ENDINGS.map((one) => path + one).find((file) => project.has(file)) ?? path + ending

/** What has no sources of the project's own. */
const SKIPPED = /^(node_modules|dist|build|out|coverage|public|static|\..*)$/
/** Files are looked at for routes: a monorepo's thousands are not. */
const MOST_FILES = 3000

const INSTALL = {
  'pnpm-lock.yaml': 'pnpm add',
  'yarn.lock': 'yarn add',
  'bun.lock': 'bun add',
  'bun.lockb': 'bun add',
} as const

function sources(folder: string): string[] {
  const found: string[] = []
  const waiting = [folder]
  while (waiting.length > 0 && found.length < MOST_FILES) {
    const here = waiting.shift()!
    for (const entry of readdirSync(here, { withFileTypes: true })) {
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) waiting.push(join(here, entry.name))
      else if (entry.isFile() && /\.(?:[cm]?[jt]sx?|vue|svelte|html)$/.test(entry.name))
        found.push(relative(folder, join(here, entry.name)).split(sep).join('/'))
    }
  }
  return found
}

/**
 * Looks at a project: its package.json, its lock file and the names of its files.
 *
 * @throws Advice when there is no package.json, or none that can be read
 */
export function lookAt(folder: string): Project {
  const at = resolve(folder)
  const file = join(at, 'package.json')
  if (!existsSync(file))
    throw new Advice(`there is no package.json in ${at}: run this in the folder of your application`)
  let manifest: {
    name?: string
    type?: string
    dependencies?: Record<string, string>
    devDependencies?: Record<string, string>
  }
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new Advice(`${file} is no JSON`)
  }
  const uses = { ...manifest.devDependencies, ...manifest.dependencies }
  const lock = Object.keys(INSTALL).find((name) => existsSync(join(at, name))) as keyof typeof INSTALL
  return {
    folder: at,
    name: (manifest.name ?? basename(at)).replace(/^@[^/]*\//, ''),
    uses: new Set(Object.keys(uses)),
    isTyped: existsSync(join(at, 'tsconfig.json')),
    isModule: manifest.type === 'module',
    install: INSTALL[lock] ?? 'npm install',
    files: sources(at),
    read: (name) => readFileSync(join(at, name), 'utf8'),
    has: (name) => existsSync(join(at, name)),
    major: (name) => Number(/\d+/.exec(uses[name] ?? '')?.[0]) || undefined,
  }
}
