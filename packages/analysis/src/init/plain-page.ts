import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Proposal } from './addresses'
import type { Project } from './project'

/** What puts the packages that a page imports into the files that it loads, and is used with nothing else. */
const FRAMEWORKS =
  /^(react|preact|vue|svelte|solid-js|next|nuxt|astro|gatsby|react-scripts|@angular\/core|@sveltejs\/kit|@react-router\/dev|@remix-run\/dev)$/
/** What does so too, but is used on servers and for tests as well. */
const BUNDLERS =
  /^(vite|webpack|parcel|rollup|rolldown|esbuild|tsup|@rspack\/core|@rsbuild\/core|@parcel\/core|@web\/dev-server)$/

/**
 * Whether something bundles the scripts of a project's pages.
 *
 * @param isServer whether the project has a server: what bundles may bundle that alone
 */
export const isBundled = ({ uses }: Project, isServer: boolean) =>
  [...uses].some((name) => FRAMEWORKS.test(name) || (!isServer && BUNDLERS.test(name)))

/** Where files are that a server gives out: of a project without such a folder, its own. */
const servedFrom = ({ folder }: Project) =>
  ['public', 'static', 'www'].map((name) => `${name}/`).find((name) => existsSync(join(folder, name))) ?? ''

/** How servers give out the script and the two files beside it. */
const SERVED: Readonly<Record<string, (folder: string) => string>> = {
  express: (
    folder,
  ) => `app.get('/throughline.js', (req, res) => res.sendFile(require.resolve('@throughline/core/script')))
app.use(express.static('${folder || 'public'}'))   // has journeys.js and start-throughline.js
// In an ES module: import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`,
}

/** What pages without a bundler need: two files, the tags that load them, and how the script is served. */
export function proposePlainPage(project: Project, constant: string, { name, steps, isFound }: Proposal) {
  const given = servedFrom(project)
  const server = Object.keys(SERVED).find((one) => project.uses.has(one))
  // A server gives out no file that is not in a folder of its own.
  const served = given || (server ? 'public/' : '')
  const journeys = `${served}journeys.js`
  const start = `${served}start-throughline.js`
  const definitions = `// Pages load this file as it is, and throughline.config.ts imports it: so it imports nothing.
${isFound ? '' : '// An example: put the addresses of your own pages here.\n'}export const ${constant} = {
  name: '${name}',
  version: '1',
  steps: [
${steps.map((step) => `    { name: '${step.name}', at: '${step.at}' },`).join('\n')}
  ],
  converts: '${steps.at(-1)!.name}',
}
`
  const call = `import { ${constant} } from './journeys.js'

const isDev = ['localhost', '127.0.0.1'].includes(location.hostname)

// Without the script, by a blocker for instance, the page works as before.
window.throughline?.q.push(({ defineJourney, FetchInstrumentation, startThroughline }) => {
  startThroughline({
    serviceName: '${project.name}-web',
    endpoint: isDev ? 'http://127.0.0.1:4318' : '/otlp', // "throughline dev"; in production a path of your own server
    journeys: [defineJourney(${constant}.name, ${constant})],
    instrumentations: [new FetchInstrumentation()], // tells your server which journey a request belongs to
    debug: isDev, // each event as a line in the console, and what is wrong
  })
})
`
  const script = server ? '/throughline.js' : '/node_modules/@throughline/core/dist/throughline.js'
  const tags = `In the head of every page:

<script defer src="${script}"></script>
<script type="module" src="/start-throughline.js"></script>`
  const how = server
    ? `On the ${server} server:\n\n${SERVED[server]!(served.replace(/\/$/, ''))}`
    : `${script} is one file with everything in it: copy it to where your pages are served from.`
  return {
    journeys,
    made: [
      { file: journeys, added: definitions },
      { file: start, added: call },
    ],
    next: [tags, how],
  }
}
