// Packs the packages as `npm publish` would, looks at what is in them, installs them into an empty project, and runs
// consumers of each kind there: ESM and CJS, on several versions of Node, and types on several versions of TypeScript.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix, resolve } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'throughline-consumer-'))
const run = (command: string, args: string[], cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const BELONGS =
  /^(package\.json|README\.md|LICENSE|bin\/\w+\.js|dist\/.+\.(c?js|d\.c?ts)(\.map)?|src\/.+\.tsx?|sql\/.+\.sql|schema\/\w+\.json|promql\/.+\.(promql|yaml))$/
const STRAY = /test(?!-tracker\.)|fixture|^dist\/.*\/script\./

/** Sources that the source maps of a package name, and that it should bring along. */
function sourcesOf(name: string, files: readonly string[]): string[] {
  const sources = files
    .filter((path) => path.endsWith('.map'))
    .flatMap((path) => {
      const { sources } = JSON.parse(readFileSync(resolve('packages', name, path), 'utf8')) as {
        sources: string[]
      }
      return sources.map((source) => posix.join(posix.dirname(path), source))
    })
  return [...new Set(sources)].filter((source) => source.startsWith('src/'))
}

/** Packs a package; fails when it lacks something or has what it should not. */
function pack(name: string): string {
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], resolve('packages', name)),
  ) as [{ filename: string; files: { path: string }[] }]
  const files = packed.files.map(({ path }) => path)
  const stray = files.filter((path) => !BELONGS.test(path) || STRAY.test(path))
  if (stray.length > 0) throw new Error(`${packed.filename} should not have ${stray.join(', ')}`)
  for (const needed of ['README.md', 'LICENSE', 'dist/index.d.ts', 'dist/index.d.cts'])
    if (!files.includes(needed)) throw new Error(`${packed.filename} lacks ${needed}`)
  const sources = sourcesOf(name, files)
  const missing = sources.filter((source) => !files.includes(source))
  if (sources.length === 0 || missing.length > 0)
    throw new Error(
      `${packed.filename} lacks the sources of its maps: ${missing.join(', ') || 'all of them'}`,
    )
  return join(folder, packed.filename)
}

/** Runs the same lines as a module of either kind, with and without the condition `production`. */
function consume(
  imports: [names: string, from: string][],
  body: string,
  binaries: readonly string[] = [process.execPath],
): void {
  const esm = imports.map(([names, from]) => `import { ${names} } from '${from}'`).join('\n')
  const cjs = imports
    .map(([names, from]) => `const { ${names.replaceAll(' as ', ': ')} } = require('${from}')`)
    .join('\n')
  const main = `async function main() {\n${body}\n}\nmain().catch((error) => { console.error(error); process.exit(1) })`
  writeFileSync(join(folder, 'consumer.mjs'), `${esm}\n${main}`)
  writeFileSync(join(folder, 'consumer.cjs'), `${cjs}\n${main}`)
  for (const file of ['consumer.mjs', 'consumer.cjs'])
    for (const conditions of [[], ['--conditions=production']])
      for (const binary of binaries) run(binary, [...conditions, file])
}

/**
 * The analysis brings a database of half a gigabyte along: what it declares as dependencies is linked, not installed
 * again.
 */
function unpackAnalysis(): string {
  const modules = join(folder, 'node_modules')
  run('tar', ['xzf', pack('analysis')])
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(folder, 'package/package.json'), 'utf8'),
  )
  const { paths } = createRequire(resolve('packages/analysis/package.json')).resolve
  for (const name of Object.keys({ ...dependencies, ...peerDependencies }).filter(
    (one) => one !== '@throughline/core',
  )) {
    const from = paths(name)!.find((path) => existsSync(join(path, name, 'package.json')))!
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    // Jest may have brought a version of its own.
    rmSync(join(modules, name), { recursive: true, force: true })
    symlinkSync(join(from, name), join(modules, name))
  }
  const home = join(modules, '@throughline/analysis')
  renameSync(join(folder, 'package'), home)
  return home
}

const CONFIG = `{ journeys: [{ name: 'checkout', version: '1', steps: ['cart', 'done'], converts: 'done' }] }`
/** Other versions of Node, as the packages that `node` on npm is made of; on what has none, only this one is tried. */
const NODES = ['20', '22', '26'].map(
  (version) => `node${version}@npm:node-${process.platform}-${process.arch}@${version}`,
)

/** The oldest version of TypeScript that is supported, the newest of its line, and those after it. */
const COMPILERS = ['5.4', '5.9', '6', '7']

/** How modules are resolved, and with what kind of modules; what TypeScript 6 and 7 no longer have is left out. */
const RESOLUTIONS: [resolution: string, module: string, versions: string[]][] = [
  ['bundler', 'esnext', COMPILERS],
  ['node16', 'node16', ['5.4', '7']],
  ['node10', 'commonjs', ['5.4', '5.9']],
]

/** Compiles a consumer of the types with each; what our declarations say is looked at as well. */
function compileTypes(): void {
  writeFileSync(join(folder, 'types.tsx'), readFileSync(new URL('consumers/types.tsx', import.meta.url)))
  for (const [resolution, module, versions] of RESOLUTIONS)
    for (const version of versions) {
      const compiler = join(folder, `node_modules/typescript-${version}/bin/tsc`)
      const options = {
        ...{ noEmit: true, strict: true, exactOptionalPropertyTypes: version !== '5.9', skipLibCheck: false },
        ...{ target: 'es2022', lib: 'es2022,dom,dom.iterable', jsx: 'react-jsx', types: 'node' },
        ...{ module, moduleResolution: resolution },
      }
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`])
      const { status, stdout } = spawnSync(process.execPath, [compiler, ...args, 'types.tsx'], {
        cwd: folder,
        encoding: 'utf8',
      })
      if (status !== 0) throw new Error(`TypeScript ${version}, ${resolution}: ${stdout}`)
    }
}

/** What an application's own tests do, in modules of Jest's kind and in a page that is none. */
const JEST_TEST = `const { defineJourney } = require('@throughline/core')
const { createTestTracker } = require('@throughline/core/testing')
const { startThroughline } = require('@throughline/core/web')
const { getJourney } = require('@throughline/node')
const { ThroughlineProvider } = require('@throughline/react')
const journey = defineJourney('checkout', { version: '1', steps: ['cart', 'done'], converts: 'done' })

test('a test tracker records', () => {
  const tracker = createTestTracker({ journeys: [journey] })
  tracker.enter(journey, 'cart')
  expect(tracker.lines()).toEqual(['step.enter checkout/cart'])
})
test('what an application imports starts', () => {
  const tracker = startThroughline({ serviceName: 'shop', endpoint: '/otlp', journeys: [journey] })
  tracker.enter(journey, 'done')
  expect(tracker.current(journey).step).toBe('done')
  expect([getJourney(), typeof ThroughlineProvider]).toEqual([undefined, 'function'])
  return tracker.stop()
})`

/** Runs Jest with its own resolution of packages and no transform, in Node and in jsdom. */
function runJest(): void {
  writeFileSync(join(folder, 'consumer.test.cjs'), JEST_TEST)
  for (const testEnvironment of ['node', 'jsdom']) {
    const config = JSON.stringify({ testEnvironment, transform: {}, testMatch: ['**/consumer.test.cjs'] })
    run(process.execPath, [
      'node_modules/jest/bin/jest.js',
      '--ci',
      '--silent',
      '--detectOpenHandles',
      `--config=${config}`,
    ])
  }
}

const DEFINE = `const journey = defineJourney('checkout', { version: '1', steps: ['cart', 'done'], converts: 'done' })`

try {
  const tarballs = ['core', 'react', 'node'].map(pack)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const peers = ['@opentelemetry/api@~1.9.1', '@opentelemetry/sdk-trace-web@2', 'react@19']
  const types = [
    '@types/node@22',
    '@types/react@19',
    'jest@30',
    'jest-environment-jsdom@30',
    ...COMPILERS.map((it) => `typescript-${it}@npm:typescript@${it}`),
  ]
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs, ...peers, ...types])
  const hasNodes =
    spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...NODES], { cwd: folder })
      .status === 0
  if (!hasNodes) console.log(`no other versions of Node for ${process.platform} on ${process.arch}`)
  const nodes = NODES.map((it) => join(folder, 'node_modules', it.split('@')[0]!, 'bin/node'))
  compileTypes()
  runJest()
  consume(
    [
      ['createTracker, defineJourney', '@throughline/core'],
      ['startThroughline, throughlineParts', '@throughline/core/web'],
      ['ThroughlineProvider, useStep', '@throughline/react'],
      ['throughline, getJourney', '@throughline/node'],
      ['throughline as fastify', '@throughline/node/fastify'],
      ['throughline as koa', '@throughline/node/koa'],
      ['throughline as hono', '@throughline/node/hono'],
    ],
    `${DEFINE}
const tracker = createTracker({ journeys: [journey] })
const events = []
tracker.subscribe((event) => events.push(event.name))
tracker.enter(journey, 'cart')
if (events.join() !== 'throughline.step.enter') throw new Error('no event: ' + events)
for (const [name, value] of Object.entries({ startThroughline, throughlineParts, ThroughlineProvider, useStep, throughline, getJourney, fastify, koa, hono }))
  if (typeof value !== 'function') throw new Error(name + ' is not exported')`,
    [process.execPath, ...(hasNodes ? nodes : [])],
  )

  const analysis = unpackAnalysis()
  consume(
    [
      ['defineJourney', '@throughline/core'],
      ['analyse, startDev', '@throughline/analysis'],
      ['mkdtempSync', 'node:fs'],
    ],
    `${DEFINE}
const definitions = { journeys: [journey], hypotheses: [] }
const dev = await startDev({ port: 0, host: '127.0.0.1', data: mkdtempSync('data-'), definitions })
const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'GET', startTimeUnixNano: Date.now() + '000000', endTimeUnixNano: Date.now() + '000000' }
const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
const sent = await fetch(dev.url + '/v1/traces', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
if (!sent.ok) throw new Error(await sent.text())
const [{ n }] = await dev.engine.query('SELECT count() AS n FROM otel_traces')
if (Number(n) !== 1) throw new Error(n + ' spans arrived')
if ((await analyse(dev.engine, definitions, {})).journeys.length !== 1) throw new Error('no report')
await dev.close()
process.exit(0)`,
  )
  const { version } = JSON.parse(readFileSync(join(analysis, 'package.json'), 'utf8'))
  const said = run(process.execPath, [join(analysis, 'bin/throughline.js'), '--version'])
  if (!said.includes(version)) throw new Error(`throughline --version says ${said}`)

  // Who asks a ClickHouse goes without the embedded engine; who needs it is told its name.
  unlinkSync(join(folder, 'node_modules/chdb'))
  const cli = [join(analysis, 'bin/throughline.js')]
  if (!run(process.execPath, [...cli, 'schema']).includes('CREATE TABLE'))
    throw new Error('no schema without chdb')
  writeFileSync(join(folder, 'throughline.config.mjs'), `export default ${CONFIG}`)
  mkdirSync(join(folder, 'kept/db'), { recursive: true })
  const asked = spawnSync(
    process.execPath,
    [...cli, 'report', '--data', 'kept', '--config', 'throughline.config.mjs'],
    { cwd: folder, encoding: 'utf8' },
  )
  if (!/npm install .*chdb/.test(asked.stderr)) throw new Error(`without chdb: ${asked.stderr}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
