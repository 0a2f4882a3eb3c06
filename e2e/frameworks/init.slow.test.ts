// `throughline init` in the examples of frameworks that have both sides, without what is Throughline's in them; built
// for production with what it proposes, and driven.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { exampleFolder } from '../../scripts/examples.ts'
import { openSite } from '../page-life/site.ts'
import { HYDRATED, openBrowser, siteOf, visit } from './drive.ts'
import { build, prepare } from './prepare.ts'
import { appOf, payment, untilOne } from './servers.ts'

const cli = join(import.meta.dirname, '../../packages/analysis/dist/cli.js')
const BUILT = ['node_modules', 'build', '.svelte-kit', '.next', '.react-router', 'next-env.d.ts']

interface Without {
  /** Files that are Throughline's alone. */
  readonly removed: readonly string[]
  /** What others become without it; and with the line that confirms the conversion, where definitions will be. */
  readonly changed: Readonly<Record<string, (text: string) => string>>
  /** What is done by hand after `init`, as it says. */
  readonly byHand?: Readonly<Record<string, (text: string) => string>>
}

/** Makes an application of an example by what `init` proposes. */
function instrument(name: string, { removed, changed, byHand = {} }: Without): string {
  const folder = mkdtempSync(join(tmpdir(), `throughline-init-${name}-`))
  folders.push(folder)
  cpSync(exampleFolder(name), folder, {
    recursive: true,
    filter: (file) => !BUILT.includes(basename(file)),
  })
  const edit = (files: Without['changed']) => {
    for (const [file, change] of Object.entries(files))
      writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')))
  }
  for (const file of removed) rmSync(join(folder, file))
  edit(changed)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const ours = Object.keys(manifest.dependencies).filter((one) => /^@(throughline|opentelemetry)\//.test(one))
  const others = Object.entries(manifest.dependencies).filter(([one]) => !ours.includes(one))
  const without = { ...manifest, dependencies: Object.fromEntries(others) }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(without))
  const said = execFileSync(process.execPath, [cli, 'init', '--write'], { cwd: folder, encoding: 'utf8' })
  const [install = ''] = /^npm install .*/m.exec(said) ?? []
  // What NodeSDK has of itself, and no file names.
  for (const one of ours.filter((each) => each !== '@opentelemetry/context-async-hooks'))
    expect(install).toContain(`${one}`)
  // What both lines for npm install.
  manifest.dependencies['@throughline/analysis'] = manifest.dependencies['@throughline/core']
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  edit(byHand)
  return prepare(folder)
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const without =
  (...patterns: RegExp[]) =>
  (text: string) =>
    patterns.reduce((left, pattern) => left.replace(pattern, ''), text)

describe.each([
  [
    'sveltekit',
    HYDRATED.svelteKit,
    {
      removed: [
        'src/hooks.client.ts',
        'src/hooks.server.ts',
        'src/instrumentation.server.ts',
        'src/lib/journeys.ts',
        'throughline.config.ts',
      ],
      changed: { 'src/lib/server/orders.ts': (text) => text.replace('#lib/journeys', '../../journeys') },
    },
    [],
  ],
  [
    'react-router-framework',
    HYDRATED.react,
    {
      removed: ['app/journeys.ts', 'app/throughline.ts', 'telemetry.ts', 'throughline.config.ts'],
      changed: {
        'app/root.tsx': without(
          /^import .* from '(@throughline\/.*|\.\/journeys|\.\/throughline)'\n/gm,
          /const definitions[\s\S]*?\n\]\n/,
          /<\/?ThroughlineProvider.*?>/g,
          / {2}useCaptureError.*\n/,
        ),
        'package.json': without(/NODE_OPTIONS='[^']*' /g),
      },
      byHand: {
        'package.json': (text) =>
          text.replace(
            /"(react-router dev|react-router-serve)/g,
            `"NODE_OPTIONS='--import ./telemetry.mjs' $1`,
          ),
      },
    },
    [],
  ],
  [
    'next',
    HYDRATED.react,
    {
      removed: [
        'instrumentation.ts',
        'instrumentation-node.ts',
        'lib/journeys.ts',
        'lib/request-journey.ts',
        'lib/visitor.ts',
        'proxy.ts',
        'app/error.tsx',
        'app/journey.tsx',
        'app/payment/payment.tsx',
        'throughline.config.ts',
      ],
      changed: {
        'app/layout.tsx': without(/^import .*journey'\n/gm, /<\/?Journey>/g),
        'app/payment/page.tsx': () =>
          `import { pay } from './actions'
export default () => <main><h1>Payment</h1><form action={pay}><button>Place the order</button></form></main>`,
        'lib/orders.ts': (text) => text.replace('./journeys', '../journeys'),
        'app/payment/actions.ts': (text) => text.replace('lib/request-journey', 'request-journey'),
        'app/api/orders/route.ts': (text) => text.replace('lib/request-journey', 'request-journey'),
      },
    },
    ['-H', '127.0.0.1'],
  ],
] as [string, string, Without, string[]][])('%s, by init', (name, ready, parts, args) => {
  const open = openBrowser()
  const sink = siteOf(() => openSite())
  const app = appOf({ build: (env) => build(instrument(name, parts), env), args, pages: sink })

  it('records the run in the browser, and the server confirms it', async () => {
    const act = async (page: Page) => {
      await page.click('text=Pay')
      await page.click('text=Place the order')
      await page.waitForSelector('h1:text("Thank you")')
    }
    expect(await visit(open, sink(), app.url, act, ready)).toEqual([
      'enter payment 1',
      'leave payment 1',
      'enter confirmation 1',
      'end confirmation 1',
    ])
    await untilOne(() => app.named('throughline.run.end'))
    const [end] = sink().spans('throughline.run.end')
    expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
      ...payment(`${end!.attributes['throughline.run.id']}`),
      'throughline.step.index': 0,
      'throughline.conversion.value': 40,
    })
  })
})
