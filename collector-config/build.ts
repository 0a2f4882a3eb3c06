// Builds the collector of `builder.yaml` and prints where it is. A build is kept outside the tree, under a name that
// follows from the manifest, so that the next call is quick and a changed manifest is a new collector.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../scripts/cache.ts'
import { runCommand } from '../scripts/processes.ts'

const BUILDER = 'go.opentelemetry.io/collector/cmd/builder@v0.161.0'
/** What is in the collector: the text of `builder.yaml`. */
export const MANIFEST = readFileSync(new URL('./builder.yaml', import.meta.url), 'utf8')

/** Why there is no collector on a machine without Go, and what to do about it. */
export const NO_GO = 'no Go on this machine, so no collector is built: install Go 1.26 or newer for that'

/**
 * The path of the collector, built first if need be (two minutes, once); undefined where no Go is installed.
 *
 * @param manifest what is in it, for one that has more; its modules may be of several versions
 * @throws Error with the compiler's words when the build fails
 */
export async function buildCollector(manifest = MANIFEST): Promise<string | undefined> {
  const hash = createHash('sha256').update(manifest).digest('hex').slice(0, 16)
  const cache = cacheFolder()
  const folder = join(cache, `collector-${hash}`)
  const collector = join(folder, 'throughline-collector')
  if (existsSync(collector)) return collector
  if (spawnSync('go', ['version']).status !== 0) return undefined

  console.error('Building the OpenTelemetry Collector (some minutes, once) …')
  mkdirSync(cache, { recursive: true })
  // Built aside and moved when it is whole: a build that is cut short, or two at once, leave nothing half done.
  const aside = mkdtempSync(join(cache, 'building-'))
  try {
    const options = { cwd: aside, env: { GOBIN: aside } }
    await runCommand('go', ['install', BUILDER], options)
    const file = join(aside, 'builder.yaml')
    writeFileSync(file, manifest)
    const mixed = manifest === MANIFEST ? [] : ['--skip-strict-versioning']
    await runCommand(join(aside, 'builder'), ['--config', file, ...mixed], options)
    mkdirSync(folder, { recursive: true })
    renameSync(join(aside, 'dist', 'throughline-collector'), collector)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
  return collector
}

if (import.meta.main) {
  const collector = await buildCollector()
  console.log(collector ?? `skipped: ${NO_GO}`)
  // The gate must not pass without it.
  if (!collector && process.env.CI) process.exitCode = 1
}
