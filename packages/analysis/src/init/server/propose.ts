import type { Project } from '../project'
import { moduleAt } from '../project'
import { serversOf } from './find'
import { forNext } from './next'
import { forServers } from './plain'
import { forReactRouter } from './react-router'
import type { Definitions, ServerSide } from './side'
import { forSvelteKit } from './sveltekit'

const read = (project: Project, path: string) => {
  const file = moduleAt(project, path, '.js')
  return project.has(file) ? project.read(file) : ''
}

/** What a project needs on its server; undefined where it has none. */
export function proposeServerSide(project: Project, definitions: Definitions): ServerSide | undefined {
  const { uses } = project
  if (uses.has('next') && !/output:\s*['"]export/.test(read(project, 'next.config')))
    return forNext(project, definitions)
  if (uses.has('@sveltejs/kit') && !uses.has('@sveltejs/adapter-static'))
    return forSvelteKit(project, definitions)
  if (uses.has('@react-router/dev') && !/ssr:\s*false/.test(read(project, 'react-router.config')))
    return forReactRouter(project, definitions)
  const servers = serversOf(project)
  return servers.length > 0 ? forServers(project, servers, definitions) : undefined
}
