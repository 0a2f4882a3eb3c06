import { importOf } from '../import-of'
import type { Project } from '../project'
import { moduleAt } from '../project'
import type { Definitions, ServerSide } from './side'
import { confirmed, HTTP, HTTP_PACKAGE, present, processors } from './side'
import { SDK, telemetryFile } from './telemetry-file'

/** `telemetry.mjs`, and the middleware of the root. */
export function forReactRouter(project: Project, { constant, journeys, hasPages }: Definitions): ServerSide {
  const root = moduleAt(project, 'app/root', '.tsx')
  const isTyped = /\.ts/.test(root)
  const middleware = `import { withRequestJourney } from '@throughline/node'
${isTyped ? "import type { MiddlewareFunction } from 'react-router'\n" : ''}import { ${constant} } from '${importOf(root, journeys)}'

/** Loaders and actions of all routes have the journey of their request. */
export const middleware${isTyped ? ': MiddlewareFunction<Response>[]' : ''} = [
  ({ request }, next) => withRequestJourney({ journeys: [${constant}] }, request, next),
]

`
  const isFree = project.has(root) && !/\bmiddleware\b/.test(project.read(root))
  // Node loads it as it is, also where TypeScript refuses imports that end in .ts.
  const first = moduleAt(project, 'telemetry', '.mjs')
  return {
    made: [
      {
        file: first,
        added: telemetryFile({
          loaded:
            '// Loaded first: NODE_OPTIONS="--import ./telemetry.mjs" (Node 22.18 or later, where definitions are TypeScript)',
          service: project.name,
          constant,
          journeys: `./${journeys}`,
          isHooked: true,
          instrumentations: HTTP,
          hasPages,
          isStopped: true,
        }),
      },
    ],
    ahead: isFree ? [{ file: root, added: middleware }] : [],
    packages: [...SDK, HTTP_PACKAGE, '@opentelemetry/instrumentation@~0.223'],
    next: [
      ...(project.has(first) ? [present(first, processors(constant))] : []),
      ...(isFree || (project.has(root) && project.read(root).includes('withRequestJourney'))
        ? []
        : [`${root} has a middleware, or is not there: it needs\n\n${middleware.trim()}`]),
      `In the scripts of package.json, ahead of "react-router dev" and of what starts the server: NODE_OPTIONS='--import ./${first}'.${(project.major('react-router') ?? 8) < 8 ? ' React Router 7 also needs future: { v8_middleware: true } in react-router.config.' : ''}`,
      confirmed(constant, 'POST /payment'),
    ],
  }
}
