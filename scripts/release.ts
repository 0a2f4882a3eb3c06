// Releases what the changesets in `.changeset` say: raises the versions, dates the changelog, checks, publishes, tags.
// `--dry-run` does the same in a copy, up to what would be published, and touches neither this folder nor the network.
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

// In the order in which they depend on each other.
const PACKAGES = ['core', 'react', 'node', 'analysis']
const isDry = process.argv.includes('--dry-run')

const fail = (message: string): never => {
  console.error(`release: ${message}`)
  process.exit(1)
}
const run = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

interface Manifest {
  readonly version: string
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}
const manifestOf = (root: string, name: string) =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest

/** What changesets needs of the project, in a folder of its own. */
function copy(): string {
  const root = mkdtempSync(join(tmpdir(), 'throughline-release-'))
  for (const path of [
    ...['.changeset', 'CHANGELOG.md', 'package.json', 'package-lock.json'],
    ...globSync(APPLICATIONS),
  ])
    cpSync(path, join(root, path), { recursive: true })
  for (const name of PACKAGES)
    cpSync(`packages/${name}/package.json`, join(root, 'packages', name, 'package.json'))
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
  return root
}

/** Applications that are no workspaces: what they take of ours is raised here. */
const APPLICATIONS = '{examples,e2e/frameworks}/*/package{,-lock}.json'

/** The versions of core that `@throughline/react` takes. */
function setPeer(root: string, range: string): void {
  const file = join(root, 'packages/react/package.json')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/("@throughline\/core": )"[^"]*"/, `$1"${range}"`))
}

function setApplications(root: string, version: string): void {
  for (const path of globSync(APPLICATIONS, { cwd: root })) {
    const file = join(root, path)
    const text = readFileSync(file, 'utf8')
      .replace(/("@throughline\/\w+": )"\^[^"]*"/g, `$1"^${version}"`)
      .replace(/("node_modules\/@throughline\/\w+": \{\s*"version": )"[^"]*"/g, `$1"${version}"`)
    writeFileSync(file, text)
  }
}

/** Raises the versions; answers the one that all packages have then. */
function raise(root: string): string {
  const before = manifestOf(root, 'core').version
  // Changesets takes a peer that leaves its range for a reason for 1.0.0.
  setPeer(root, '>=0')
  run(resolve('node_modules/.bin/changeset'), ['version'], root)
  const [version, ...others] = PACKAGES.map((name) => manifestOf(root, name).version)
  setPeer(root, `^${version}`)
  setApplications(root, version!)
  if (version === before) fail('there is no changeset: `npx changeset` says what a release is made of')
  if (others.some((other) => other !== version))
    fail(`the packages have several versions: ${[version, ...others]}`)
  for (const name of PACKAGES) {
    const { dependencies, peerDependencies } = manifestOf(root, name)
    const range = { ...dependencies, ...peerDependencies }['@throughline/core']
    if (range !== undefined && range !== `^${version}`)
      fail(`${name} takes @throughline/core ${range}, and not ^${version}`)
  }
  return version!
}

/** Gives what the changelog calls unreleased its version and date. */
function dateChangelog(root: string, version: string): void {
  const file = join(root, 'CHANGELOG.md')
  const text = readFileSync(file, 'utf8')
  const today = new Date().toISOString().slice(0, 10)
  const dated = text.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} (${today})`)
  if (dated === text) fail('CHANGELOG.md has no section "## Unreleased"')
  writeFileSync(file, dated)
}

if (isDry) {
  const root = copy()
  try {
    const version = raise(root)
    dateChangelog(root, version)
    for (const name of PACKAGES) {
      const [packed] = JSON.parse(
        run('npm', ['pack', '--dry-run', '--json', '--silent'], resolve('packages', name)),
      ) as [{ name: string; entryCount: number; size: number }]
      console.log(
        `${packed.name}@${version}: ${packed.entryCount} files, ${Math.round(packed.size / 1e3)} kB`,
      )
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
} else {
  const root = resolve('.')
  if (run('git', ['status', '--porcelain'], root)) fail('there are changes that are not committed')
  const version = raise(root)
  dateChangelog(root, version)
  run('npm', ['install', '--package-lock-only'], root)
  run('npm', ['run', 'build'], root)
  run('npm', ['run', 'check'], root)
  run('git', ['add', '--all'], root)
  run('git', ['commit', '--message', `Release ${version}`], root)
  for (const name of PACKAGES) run('npm', ['publish'], resolve('packages', name))
  run('git', ['tag', `v${version}`], root)
  console.log(`published ${version}; now: git push --follow-tags`)
}
