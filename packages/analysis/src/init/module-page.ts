import { posix } from 'node:path'
import type { Proposal } from './addresses'
import { definitionsFile, homeOf } from './definitions-file'
import { importOf } from './import-of'
import type { Change } from './plan'
import type { Project } from './project'
import { moduleAt } from './project'
import { serversOf } from './server/find'

const { dirname, join } = posix

const EXAMPLE = '// An example: put the addresses of your own pages here.\n'

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

/** Whether a project's own set-up leaves `import.meta.env` without a type. */
function needsViteTypes({ uses, isTyped, files, has, read }: Project): boolean {
  if (!isTyped || !uses.has('vite') || uses.has('@sveltejs/kit')) return false
  const settings = ['tsconfig.json', 'tsconfig.app.json'].filter(has)
  const declared = files.filter((file) => file.endsWith('.d.ts'))
  return ![...settings, ...declared].some((file) => read(file).includes('vite/client'))
}

/** Pages that a bundler makes: definitions and a start call as modules, and where the page loads them first. */
export function proposeModules(project: Project, constant: string, proposal: Proposal, ending: string) {
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
