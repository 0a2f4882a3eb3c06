import { EMBEDDED } from '../store/embedded'
import type { Proposal } from './addresses'
import { addressesIn, proposeJourney } from './addresses'
import { definitionsFile, homeOf } from './definitions-file'
import { importOf } from './import-of'
import { proposeModules } from './module-page'
import { isBundled, proposePlainPage } from './plain-page'
import type { Change, Plan } from './plan'
import type { Project } from './project'
import { moduleAt } from './project'
import { endingOfImports, serversOf, showsPages } from './server/find'
import { proposeServerSide } from './server/propose'
import { toCommonJs } from './server/telemetry-file'

const BROWSER = [
  '@throughline/core',
  '@opentelemetry/api@~1.9',
  '@opentelemetry/sdk-trace-web@2',
  '@opentelemetry/instrumentation-fetch@~0.223',
]
const REACT = /^(react|next)$/
const ELSEWHERE = '// An example: put here what your pages declare, the same file if both can have it.\n'

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

/** What a file of definitions that the project has already calls its first journey. */
function declaredIn(project: Project): string | undefined {
  const file = moduleAt(project, `${homeOf(project)}journeys`, '.ts')
  if (!project.has(file)) return undefined
  return /\bexports?(?: const |\.)(\w+) = defineJourney\(/.exec(project.read(file))?.[1]
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
  const constant =
    declaredIn(project) ?? journey.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
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
