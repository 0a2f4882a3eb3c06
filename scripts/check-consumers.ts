// Packs the packages as `npm publish` would, installs them into an empty project, and runs an ESM and a CJS consumer there.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'throughline-consumer-'))
const run = (command: string, args: string[], cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const body = `
const journey = defineJourney('checkout', { version: '1', steps: ['cart', 'done'], converts: 'done' })
const tracker = createTracker({ journeys: [journey] })
const events = []
tracker.subscribe((event) => events.push(event.name))
tracker.enter(journey, 'cart')
if (events.join() !== 'throughline.step.enter') throw new Error('no event: ' + events)
for (const [name, value] of Object.entries({ startThroughline, throughlineParts, ThroughlineProvider, useStep, throughline, getJourney }))
  if (typeof value !== 'function') throw new Error(name + ' is not exported')
`
const imports: [names: string, from: string][] = [
  ['createTracker, defineJourney', '@throughline/core'],
  ['startThroughline, throughlineParts', '@throughline/core/web'],
  ['ThroughlineProvider, useStep', '@throughline/react'],
  ['throughline, getJourney', '@throughline/node'],
]

try {
  const tarballs = ['core', 'react', 'node'].map((name) => {
    run('npm', ['pack', '--silent', '--pack-destination', folder], resolve('packages', name))
    return join(folder, readdirSync(folder).find((file) => file.startsWith(`throughline-${name}-`))!)
  })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const peers = ['@opentelemetry/api@~1.9.1', '@opentelemetry/sdk-trace-web@2', 'react@19']
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs, ...peers])
  const esm = imports.map(([names, from]) => `import { ${names} } from '${from}'`).join('\n')
  const cjs = imports.map(([names, from]) => `const { ${names} } = require('${from}')`).join('\n')
  writeFileSync(join(folder, 'consumer.mjs'), esm + body)
  writeFileSync(join(folder, 'consumer.cjs'), cjs + body)
  for (const file of ['consumer.mjs', 'consumer.cjs'])
    for (const conditions of [[], ['--conditions=production']]) run(process.execPath, [...conditions, file])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
