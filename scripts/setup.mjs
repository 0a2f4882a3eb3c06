// Installs and builds what is missing or stale, so that `npm start` and `npm test` work on a fresh clone.
// Plain Node without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-progress']

function run(what, command, args, options = {}) {
  process.stdout.write(`${what} … `)
  const started = Date.now()
  const result = spawnSync(command, args, { encoding: 'utf8', ...options })
  if (result.status !== 0) {
    process.stdout.write('failed\n')
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? result.error?.message ?? ''}\n`)
    process.stderr.write(
      `throughline: "${command} ${args.join(' ')}" failed; mend what it says above and run this again\n`,
    )
    process.exit(1)
  }
  process.stdout.write(`${((Date.now() - started) / 1000).toFixed(0)} s\n`)
}

/** True when the lock file is newer than what was installed from it. */
function needsInstall(folder) {
  const installed = `${folder}/node_modules/.package-lock.json`
  if (!existsSync(installed)) return true
  return statSync(`${folder}/package-lock.json`).mtimeMs > statSync(installed).mtimeMs
}

for (const [folder, what] of [
  ['.', 'Installing dependencies (about a minute)'],
  ['e2e/otel-3', 'Installing the second OpenTelemetry line'],
]) {
  // Not `npm ci`: it refuses a lock file that was written where other platforms' optional packages could not be had.
  if (needsInstall(folder)) run(what, 'npm', ['install', '--no-save', ...quiet], { cwd: folder })
}

const STAMP = 'node_modules/.throughline-built'

/** When the newest source of the packages was written, in ms. */
function newestSource(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name !== 'dist' && entry.name !== 'node_modules')
        newest = Math.max(newest, newestSource(path))
    } else newest = Math.max(newest, statSync(path).mtimeMs)
  }
  return newest
}

const needsBuild = () => !existsSync(STAMP) || newestSource('packages') > Number(readFileSync(STAMP, 'utf8'))

if (process.argv.includes('--build') && needsBuild()) {
  const now = Date.now()
  run('Building the packages', 'npm', ['run', '--silent', 'build:packages'])
  writeFileSync(STAMP, String(now))
}
