import type { FSWatcher } from 'node:fs'
import { existsSync, readFileSync, statSync, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Definitions } from './config'
import { loadConfig } from './config'

const ENDINGS = ['', '.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']
/** Relative imports, of every kind. */
const IMPORT = /(?:from|import|require\()\s*\(?\s*['"](\.[^'"]+)['"]/g
/** Editors write a file in several steps, ms. */
const PAUSE = 150

const isFile = (path: string) => existsSync(path) && statSync(path).isFile()

/** A file and the files of the project that it imports, at whatever distance. */
function filesOf(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file) || !isFile(file)) return found
  found.add(file)
  for (const [, path] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const base = resolve(dirname(file), path!)
    const named = [...ENDINGS.map((ending) => base + ending), base.replace(/\.js$/, '.ts')].find(isFile)
    if (named) filesOf(named, found)
  }
  return found
}

/**
 * Loads a configuration again whenever it, or a file that it imports, is written.
 *
 * @param told called with what was read, or with the reason why it cannot be
 */
export function watchConfig(
  path: string,
  told: (read: Definitions | Error) => void,
  signal: AbortSignal,
): void {
  let watchers: FSWatcher[] = []
  let pause: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(pause)
    for (const watcher of watchers.splice(0)) watcher.close()
  }
  /** Watches the folders, since most editors put a new file in the place of the old one. */
  const begin = () => {
    const files = filesOf(resolve(path))
    const folders = new Set([...files].map((file) => dirname(file)))
    watchers = [...folders].flatMap((folder) => {
      const watched = new Set(
        [...files].filter((file) => dirname(file) === folder).map((file) => basename(file)),
      )
      try {
        const watcher = watch(folder, { signal, persistent: false }, (_, name) => {
          if (name === null || !watched.has(name)) return
          clearTimeout(pause)
          pause = setTimeout(again, PAUSE)
        })
        // A folder that is removed is not watched any more.
        return [watcher.on('error', () => {})]
      } catch {
        return []
      }
    })
  }
  const again = () => {
    stop()
    if (signal.aborted) return
    begin()
    loadConfig(path).then(told, told)
  }
  begin()
  signal.addEventListener('abort', stop)
}
