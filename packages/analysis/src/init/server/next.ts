import { importOf } from '../import-of'
import type { Project } from '../project'
import { moduleAt } from '../project'
import type { Definitions, ServerSide } from './side'
import { confirmed, present, processors } from './side'
import { SDK, telemetryFile } from './telemetry-file'

/** `instrumentation.ts`, and what wraps route handlers and server actions. */
export function forNext(project: Project, { constant, journeys }: Definitions): ServerSide {
  const end = project.isTyped ? '.ts' : '.js'
  const home = project.files.some((file) => /^src\/(app|pages)\//.test(file)) ? 'src/' : ''
  const first = moduleAt(project, `${home}instrumentation`, end)
  const onNode = `${home}instrumentation-node${end}`
  const wrappers = `${home}request-journey${end}`
  const register = `export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./instrumentation-node')
}
`
  const isThere = project.has(first)
  return {
    made: [
      { file: first, added: register },
      ...(isThere
        ? []
        : [
            {
              file: onNode,
              added: telemetryFile({
                loaded: '// OpenTelemetry on the server; Next makes the spans of requests itself.',
                service: project.name,
                constant,
                journeys: importOf(onNode, journeys),
              }),
            },
          ]),
      {
        file: wrappers,
        added: `import { throughline } from '@throughline/node/next'
import { headers } from 'next/headers'
import { ${constant} } from '${importOf(wrappers, journeys)}'

/** Wrap route handlers, server actions and server components: \`getJourney()\` is the journey of their request. */
export const { route, action } = throughline({ journeys: [${constant}], headers })
`,
      },
    ],
    ahead: [],
    packages: SDK,
    next: [
      ...(isThere ? [present(first, processors(constant))] : []),
      `Wrap what has to know its journey, by what ${wrappers} exports: export const POST = route(async (request) => …), and action(async (form) => …) for a server action.`,
      confirmed(constant, 'POST /api/orders'),
    ],
  }
}
