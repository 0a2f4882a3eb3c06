import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from './project'

/** The lines by which a dev server that a project has passes `/otlp` on to `throughline dev`, and where they go. */
export function proxiesOf({ uses, folder }: Pick<Project, 'uses' | 'folder'>, url: string): string[] {
  const found: string[] = []
  if (uses.has('next'))
    found.push(
      `next.config: rewrites: async () => [{ source: '/otlp/:path*', destination: '${url}/:path*' }]`,
    )
  else if (uses.has('vite') || uses.has('@sveltejs/kit') || uses.has('@react-router/dev'))
    found.push(
      `vite.config: server: { proxy: { '/otlp': { target: '${url}', rewrite: (path) => path.slice(5) } } }`,
    )
  if (existsSync(join(folder, 'nginx.conf')))
    found.push(`nginx.conf: location /otlp/ { proxy_pass ${url}/; }`)
  return found
}
