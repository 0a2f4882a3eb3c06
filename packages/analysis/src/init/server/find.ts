import type { Project } from '../project'

/** A server that answers requests by code of the project's own. */
export interface Server {
  readonly name: string
  /** Where the project makes it; undefined where that was not found. */
  readonly entry: string | undefined
}

/** How a server is made, in the code of a project. */
const MADE: Readonly<Record<string, RegExp>> = {
  '@nestjs/core': /\bNestFactory\.create/,
  express: /\bexpress\(\)/,
  fastify: /\b[fF]astify\(/,
  koa: /\bnew Koa\(/,
  hono: /\bnew (?:Hono|OpenAPIHono)\b/,
}
const PLAIN = /['"](?:node:)?https?['"][\s\S]*\bcreateServer\(/

const isTest = (file: string) => /(?:^|[/.])(?:tests?|specs?|__tests__|e2e|mocks?)[/.]/.test(file)

/** The project's own code, other than its tests. */
const codeOf = (project: Project) =>
  project.files.filter((file) => /\.[cm]?[jt]s$/.test(file) && !isTest(file))

/** The one with the shortest name: `main.ts` before `main-fastify.ts`. */
const fileWith = (project: Project, pattern: RegExp) =>
  codeOf(project)
    .filter((file) => pattern.test(project.read(file)))
    .sort((a, b) => a.length - b.length)[0]

/** The servers of a project that no framework for pages makes: of Express and the like, else of Node's `http` alone. */
export function serversOf(project: Project): Server[] {
  const named = Object.keys(MADE).filter((name) => project.uses.has(name))
  // What Nest runs on is Nest's matter.
  const own = named.includes('@nestjs/core') ? ['@nestjs/core'] : named
  if (own.length > 0) return own.map((name) => ({ name, entry: fileWith(project, MADE[name]!) }))
  const entry = fileWith(project, PLAIN)
  return entry ? [{ name: 'http', entry }] : []
}

/** What servers make pages with, or give out files that are some. */
const PAGES =
  /^(ejs|pug|hbs|handlebars|express-handlebars|nunjucks|eta|liquidjs|mustache|twig|edge\.js|@fastify\/(view|static)|koa-(views|static)|@ladjs\/koa-views|serve-static|@nestjs\/serve-static)$/
const ANSWERED = /\.(?:render|sendFile|html)\(|\b(?:express\.static|serveStatic)\(|@Render\(|text\/html/

/** Whether a server shows pages, as far as its code and its packages tell; else it is an API alone. */
export const showsPages = (project: Project): boolean =>
  [...project.uses].some((name) => PAGES.test(name)) ||
  project.files.some((file) => /\.(?:html|[jt]sx|vue|svelte)$/.test(file) && !isTest(file)) ||
  fileWith(project, ANSWERED) !== undefined

/**
 * How modules that Node loads name each other: by the file that is written (`.ts`), by the one that is made of it
 * (`.js`), or without an ending.
 */
export function endingOfImports(project: Project): '.ts' | '.js' | '' {
  if (!project.isTyped) return project.isModule ? '.js' : ''
  const named = codeOf(project).flatMap((file) =>
    [...project.read(file).matchAll(/(?:from|import)\s*\(?\s*['"]\.{1,2}\/([^'"]+)['"]/g)].map(
      ([, path]) => /\.[cm]?([jt])s$/.exec(path!)?.[1] ?? '',
    ),
  )
  const [first] = named
  if (first !== undefined) return named.includes('t') ? '.ts' : named.includes('j') ? '.js' : ''
  const settings = project.read('tsconfig.json')
  if (/"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(settings))
    return '.ts'
  return project.isModule ? '.js' : ''
}
