import { posix } from 'node:path'
import { EMBEDDED } from '../store/embedded'
import type { Proposal } from './addresses'
import { addressesIn, proposeJourney } from './addresses'
import { importOf } from './import-of'
import { isBundled, proposePlainPage } from './plain-page'
import type { Project } from './project'
import { moduleAt } from './project'
import { endingOfImports, serversOf, showsPages } from './server/find'
import { proposeServerSide } from './server/propose'
import { toCommonJs } from './server/telemetry-file'

const { dirname, join } = posix

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
const EXAMPLE = '// An example: put the addresses of your own pages here.\n'
const ELSEWHERE = '// An example: put here what your pages declare, the same file if both can have it.\n'
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
  if (uses.has('@react-router/dev'))
    // The root is loaded on both sides; on the server the start does nothing.
    return {
      entry: files.some((file) => /^app\/entry\.client\./.test(file)) ? 'app/entry.client' : 'app/root',
    }
  return { entry: 'src/main' }
}

const ENTRIES = ['main', 'index', 'client', 'app']

/** The script that an HTML file of the project loads. */
function scriptOfPage({ files, read }: Project): string | undefined {
  for (const page of files.filter((file) => file.endsWith('.html'))) {
    const [, from = ''] = /<script[^>]+src="([^":]+\.[jt]sx?)"/.exec(read(page)) ?? []
    const found = join(dirname(page), from)
    if (from && files.includes(found)) return found
  }
  return undefined
}

function entryIn(project: Project, named: string): string | undefined {
  const servers = serversOf(project).map(({ entry }) => entry)
  const wanted = [named, ...ENTRIES.map((name) => `src/${name}`), ...ENTRIES]
  for (const name of wanted) {
    const found = project.files.find((file) => file.replace(/\.[cm]?[jt]sx?$/, '') === name)
    if (found && !servers.includes(found)) return found
  }
  return undefined
}

/** The definitions, for all sides. */
const definitionsFile = (
  constant: string,
  { name, steps, isFound }: Proposal,
  note: string,
) => `import { defineJourney } from '@throughline/core'

${isFound ? '' : note}export const ${constant} = defineJourney('${name}', {
  version: '1',
  steps: [
${steps.map((step) => `    { name: '${step.name}', at: '${step.at}' },`).join('\n')}
  ],
  converts: '${steps.at(-1)!.name}',
})
`

const homeOf = ({ uses, files }: Project) =>
  files.some((file) => file.startsWith('src/')) ? 'src/' : uses.has('@react-router/dev') ? 'app/' : ''

/** Whether a project's own set-up leaves `import.meta.env` without a type. */
function needsViteTypes({ uses, isTyped, files, has, read }: Project): boolean {
  if (!isTyped || !uses.has('vite') || uses.has('@sveltejs/kit')) return false
  const settings = ['tsconfig.json', 'tsconfig.app.json'].filter(has)
  const declared = files.filter((file) => file.endsWith('.d.ts'))
  return ![...settings, ...declared].some((file) => read(file).includes('vite/client'))
}

/** Pages that a bundler makes: definitions and a start call as modules, and where the page loads them first. */
function proposeModules(project: Project, constant: string, proposal: Proposal, ending: string) {
  const { uses, isTyped } = project
  const end = isTyped ? '.ts' : '.js'
  const home = homeOf(project)
  const journeys = moduleAt(project, `${home}journeys`, end)
  const isDev =
    uses.has('vite') || uses.has('nuxt') || uses.has('@sveltejs/kit')
      ? 'import.meta.env.DEV'
      : "process.env.NODE_ENV !== 'production'"
  const { own, entry } = startOf(project)
  const into = entry && (scriptOfPage(project) ?? entryIn(project, entry))
  const beside = into ? join(dirname(into), 'throughline') : `${home}throughline`
  const start = moduleAt(project, own ?? beside, end)
  const call = `${needsViteTypes(project) ? '/// <reference types="vite/client" />\n' : ''}import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { ${constant} } from '${importOf(start, journeys, ending)}'

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
  if (into) {
    const line = `import '${importOf(into, start, ending)}'\n`
    const before = project.read(into)
    if (!before.includes(line.trim())) changes.push({ file: into, before, added: line })
  } else if (entry) next.push(`Import ./${start} as the first thing that your page runs.`)
  if (uses.has('@opentelemetry/sdk-trace-web'))
    next.push(
      'The page has OpenTelemetry already: build its provider with throughlineParts({ tracker }) and pass both to startThroughline (README of @throughline/core, "A provider of your own").',
    )
  const made = [
    { file: journeys, added: definitionsFile(constant, proposal, EXAMPLE) },
    { file: start, added: call },
  ]
  return { journeys, made, changes, next }
}

/** What pages and server share, where the pages are another project's. */
function proposeDefinitions(project: Project, constant: string, proposal: Proposal) {
  const { isTyped, isModule } = project
  const journeys = moduleAt(project, `${homeOf(project)}journeys`, isTyped ? '.ts' : '.js')
  const text = definitionsFile(constant, proposal, ELSEWHERE)
  return {
    journeys,
    made: [{ file: journeys, added: isTyped || isModule ? text : toCommonJs(text) }],
    changes: [],
    next: [
      `Your pages are another project's: they need the same ${journeys}, and the call of startThroughline that "throughline init" proposes there.`,
    ],
  }
}

/** Which sides a project has: nothing but a server is one without pages. */
function sidesOf(project: Project) {
  const hasServer = serversOf(project).length > 0
  const hasPages = isBundled(project, hasServer) || !hasServer || showsPages(project)
  return { hasPages, isPlain: hasPages && !isBundled(project, false) }
}

/** What imports of the project's modules end in: a bundler needs none, other than Node, or what checks types for it. */
function endingOf(project: Project): string {
  const { hasPages, isPlain } = sidesOf(project)
  if (isPlain) return '.js'
  if (hasPages && (serversOf(project).length === 0 || !project.isTyped)) return ''
  return endingOfImports(project)
}

/**
 * The files that make a project an instrumented one, on the sides that it has: definitions, start call, set-up of the
 * server, configuration; and what is left to do. Nothing is written.
 */
export function propose(project: Project): Plan {
  const { uses, install } = project
  const { hasPages, isPlain } = sidesOf(project)
  const journey = proposeJourney(addressesIn(project, isPlain))
  const constant = journey.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const ending = endingOf(project)
  const page = !hasPages
    ? proposeDefinitions(project, constant, journey)
    : isPlain
      ? { changes: [], ...proposePlainPage(project, constant, journey) }
      : proposeModules(project, constant, journey, ending)
  const server = proposeServerSide(project, { constant, journeys: page.journeys, isPlain, hasPages })
  const config = `import { defineConfig } from '@throughline/analysis'
import { ${constant} } from '${importOf('throughline.config.ts', page.journeys, ending)}'

export default defineConfig({ journeys: [${constant}] })
`
  const made = [...page.made, ...(server?.made ?? []), { file: 'throughline.config.ts', added: config }]
  const created = made.flatMap(({ file, added }): Change[] =>
    project.has(file) ? [] : [{ file, before: '', added }],
  )
  const needed = hasPages ? (isPlain ? BROWSER.slice(0, 2) : BROWSER) : []
  const react = hasPages && [...uses].some((one) => REACT.test(one)) ? ['@throughline/react'] : []
  const packages = new Set([...needed, ...react, ...(server?.packages ?? [])])
  return {
    changes: [...created, ...withAhead(project, page.changes, server?.ahead ?? [])],
    next: [
      `${install} ${[...packages].join(' ')}`,
      `${install} ${install.startsWith('npm') ? '--save-dev' : '-D'} @throughline/analysis ${EMBEDDED}`,
      ...page.next,
      ...(server?.next ?? []),
      ...made
        .filter(({ file }) => project.has(file))
        .map(({ file }) => `${file} exists and is left as it is.`),
      `npx throughline dev   # then ${hasPages ? 'open your page' : 'walk through your pages'}: the funnel is at http://127.0.0.1:4318`,
    ],
  }
}

/** Lines that go ahead of a file's own, of both sides: one change of each file. */
function withAhead(
  project: Project,
  changes: readonly Change[],
  ahead: readonly { file: string; added: string }[],
) {
  const all = new Map(changes.map((change) => [change.file, change]))
  for (const { file, added } of ahead) {
    const before = project.read(file)
    all.set(file, { file, before, added: (all.get(file)?.added ?? '') + added })
  }
  return [...all.values()]
}
