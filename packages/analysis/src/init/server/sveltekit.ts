import { importOf } from '../import-of'
import type { Project } from '../project'
import { moduleAt } from '../project'
import type { Definitions, ServerSide } from './side'
import { confirmed, HTTP, HTTP_PACKAGE, present, processors } from './side'
import { SDK, telemetryFile } from './telemetry-file'

/** `instrumentation.server.ts`, and `handle` of `hooks.server.ts`. */
export function forSvelteKit(project: Project, { constant, journeys, hasPages }: Definitions): ServerSide {
  const end = project.isTyped ? '.ts' : '.js'
  const first = moduleAt(project, 'src/instrumentation.server', end)
  const hooks = moduleAt(project, 'src/hooks.server', end)
  const isOlder = (project.major('@sveltejs/kit') ?? 3) < 3
  const withJourney = `withRequestJourney(definitions, event.request, () => resolve(event))`
  return {
    made: [
      {
        file: first,
        added: telemetryFile({
          loaded: `// SvelteKit loads this before the application. Register no hook for ES modules here: SvelteKit's build does not survive
// being wrapped.`,
          service: project.name,
          constant,
          journeys: importOf(first, journeys),
          instrumentations: HTTP,
          hasPages,
          isStopped: true,
        }),
      },
      {
        file: hooks,
        added: `${project.isTyped ? `import type { Handle } from '@sveltejs/kit${isOlder ? '' : '/hooks'}'\n` : ''}import { withRequestJourney } from '@throughline/node'
import { ${constant} } from '${importOf(hooks, journeys)}'

const definitions = { journeys: [${constant}] }

/** Loads, actions and endpoints of all routes have the journey of their request. */
export const handle${project.isTyped ? ': Handle' : ''} = ({ event, resolve }) =>
  ${withJourney}
`,
      },
    ],
    ahead: [],
    packages: [...SDK, HTTP_PACKAGE],
    next: [
      ...(project.has(first) ? [present(first, processors(constant))] : []),
      ...(project.has(hooks)
        ? [
            present(
              hooks,
              `const definitions = { journeys: [${constant}] }
// sequence is of @sveltejs/kit/hooks, withRequestJourney of @throughline/node; what follows is your handle
export const handle = sequence(({ event, resolve }) => ${withJourney}, …)`,
            ),
          ]
        : []),
      ...(isOlder
        ? [
            `SvelteKit 2 loads ${first} only with kit: { experimental: { instrumentation: { server: true } } } in svelte.config.js.`,
          ]
        : []),
      confirmed(constant, 'POST /payment'),
    ],
  }
}
