import { posix } from 'node:path'
import { EMBEDDED } from '../store/embedded'
import type { Proposal } from './addresses'
import { addressesIn, proposeJourney } from './addresses'
import { hasPlainPages, proposePlainPage } from './plain-page'
import type { Project } from './project'

const { dirname, relative } = posix

/** A file to write: a new one, or one that exists with lines ahead of its own. */
export interface Change {
  readonly file: string
  readonly before: string
  readonly added: string
}

/** What `throughline init` proposes. */
export interface Plan {
  readonly changes: readonly Change[]
  /** Commands to run, and lines that belong into files which differ too much to be changed for the user. */
  readonly next: readonly string[]
}

const BROWSER = [
  '@throughline/core',
  '@opentelemetry/api@~1.9',
  '@opentelemetry/sdk-trace-web@2',
  '@opentelemetry/instrumentation-fetch@~0.223',
]
const REACT = /^(react|next)$/
/** How a server takes the journey of its requests. */
const SERVERS: Record<string, string> = {
  express:
    "import { throughline } from '@throughline/node'\napp.use(throughline({ journeys: [JOURNEY] })) // before the routes",
  fastify:
    "import { throughline } from '@throughline/node/fastify'\nawait app.register(throughline({ journeys: [JOURNEY] })) // before the routes",
  koa: "import { throughline } from '@throughline/node/koa'\napp.use(throughline({ journeys: [JOURNEY] })) // before the routes",
  hono: "import { throughline } from '@throughline/node/hono'\napp.use(throughline({ journeys: [JOURNEY] })) // before the routes",
  '@nestjs/core':
    "import { throughline } from '@throughline/node'\napp.use(throughline({ journeys: [JOURNEY] })) // in bootstrap(), before listen()",
}

/** Where the page starts: a file of our own that the framework loads first, or one of the application's. */
function startOf({ uses, files }: Project): { readonly own?: string; readonly entry?: string } {
  const inSource = (folder: string) => (files.some((file) => file.startsWith(`src/${folder}/`)) ? 'src/' : '')
  if (uses.has('next')) return { own: `${inSource('app')}instrumentation-client` }
  if (uses.has('nuxt'))
    return { own: `${files.some((file) => file.startsWith('app/')) ? 'app/' : ''}plugins/throughline.client` }
  if (uses.has('@sveltejs/kit'))
    return files.some((file) => /^src\/hooks\.client\.[jt]s$/.test(file))
      ? { entry: 'src/hooks.client' }
      : { own: 'src/hooks.client' }
  if (uses.has('@react-router/dev')) return { entry: 'app/entry.client' }
  return { entry: 'src/main' }
}

const ENTRIES = ['main', 'index', 'client', 'app']

function entryIn({ files }: Project, named: string): string | undefined {
  const wanted = [named, ...ENTRIES.map((name) => `src/${name}`), ...ENTRIES]
  for (const name of wanted) {
    const found = files.find((file) => file.replace(/\.[cm]?[jt]sx?$/, '') === name)
    if (found) return found
  }
  return undefined
}

/** From a file to another one, as an import names it: without its ending. */
function importOf(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/\.[jt]s$/, '')
  return path.startsWith('.') ? path : `./${path}`
}

/** Pages that a bundler makes: definitions and a start call as modules, and where the page loads them first. */
function proposeModules(project: Project, constant: string, { name, steps, isFound }: Proposal) {
  const { uses, files, isTyped } = project
  const end = isTyped ? '.ts' : '.js'
  const home = files.some((file) => file.startsWith('src/'))
    ? 'src/'
    : uses.has('@react-router/dev')
      ? 'app/'
      : ''
  const journeys = `${home}journeys${end}`
  const definitions = `import { defineJourney } from '@throughline/core'

${isFound ? '' : '// An example: put the addresses of your own pages here.\n'}export const ${constant} = defineJourney('${name}', {
  version: '1',
  steps: [
${steps.map((step) => `    { name: '${step.name}', at: '${step.at}' },`).join('\n')}
  ],
  converts: '${steps.at(-1)!.name}',
})
`
  const isDev =
    uses.has('vite') || uses.has('nuxt') || uses.has('@sveltejs/kit')
      ? 'import.meta.env.DEV'
      : "process.env.NODE_ENV !== 'production'"
  const { own, entry } = startOf(project)
  const start = `${own ?? `${home}throughline`}${end}`
  const call = `import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { ${constant} } from '${importOf(start, journeys)}'

const isDev = ${isDev}

export const tracker = startThroughline({
  serviceName: '${project.name}-web',
  endpoint: isDev ? 'http://127.0.0.1:4318' : '/otlp', // "throughline dev"; in production a path of your own server
  journeys: [${constant}],
  instrumentations: [new FetchInstrumentation()], // tells your server which journey a request belongs to
  debug: isDev, // each event as a line in the console, and what is wrong
})
${uses.has('nuxt') ? '\nexport default defineNuxtPlugin(() => {})\n' : ''}`
  const changes: Change[] = []
  const next: string[] = []
  const into = entry && entryIn(project, entry)
  if (into) {
    const line = `import '${importOf(into, start)}'\n`
    const before = project.read(into)
    if (!before.includes(line.trim())) changes.push({ file: into, before, added: line })
  } else if (entry) next.push(`Import ./${start} as the first thing that your page runs.`)
  if (uses.has('@opentelemetry/sdk-trace-web'))
    next.push(
      'The page has OpenTelemetry already: build its provider with throughlineParts({ tracker }) and pass both to startThroughline (README of @throughline/core, "A provider of your own").',
    )
  const made = [
    { file: journeys, added: definitions },
    { file: start, added: call },
  ]
  return { journeys, made, changes, next }
}

/** What is left to do on the servers that a project has. */
function onServers({ uses, install }: Project, constant: string): string[] {
  const telemetry = uses.has('@opentelemetry/sdk-node')
    ? ''
    : ' It needs OpenTelemetry on the server: telemetry.ts in the README of @throughline/node.'
  return Object.entries(SERVERS).flatMap(([server, lines]) =>
    uses.has(server)
      ? [
          `Later, for the requests of each step and conversions that the server confirms, on the ${server} server (${install} @throughline/node):\n\n${lines.replace('JOURNEY', constant)}\n\n${telemetry.trim()}`.trim(),
        ]
      : [],
  )
}

/**
 * The files that make a project an instrumented one: definitions, start call, configuration; and what is left to do.
 * Nothing is written.
 */
export function propose(project: Project): Plan {
  const { uses, install } = project
  const isPlain = hasPlainPages(project)
  const journey = proposeJourney(addressesIn(project, isPlain))
  const constant = journey.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const page = isPlain
    ? { changes: [], ...proposePlainPage(project, constant, journey) }
    : proposeModules(project, constant, journey)
  const config = `import { defineConfig } from '@throughline/analysis'
import { ${constant} } from '${importOf('throughline.config.ts', page.journeys)}${isPlain ? '.js' : ''}'

export default defineConfig({ journeys: [${constant}] })
`
  const made = [...page.made, { file: 'throughline.config.ts', added: config }]
  const changes = made.flatMap(({ file, added }): Change[] =>
    project.has(file) ? [] : [{ file, before: '', added }],
  )
  const needed = isPlain ? BROWSER.slice(0, 2) : BROWSER
  const react = [...uses].some((one) => REACT.test(one)) ? ['@throughline/react'] : []
  return {
    changes: [...changes, ...page.changes],
    next: [
      `${install} ${[...needed, ...react].join(' ')}`,
      `${install} ${install.startsWith('npm') ? '--save-dev' : '-D'} @throughline/analysis ${EMBEDDED}`,
      ...page.next,
      ...made
        .filter(({ file }) => project.has(file))
        .map(({ file }) => `${file} exists and is left as it is.`),
      'npx throughline dev   # then open your page: the funnel is at http://127.0.0.1:4318',
      ...onServers(project, constant),
    ],
  }
}
