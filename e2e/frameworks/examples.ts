// The examples, built and behind their own `start` scripts, and what is recorded of visits of their pages.
import type { Site } from '../page-life/site.ts'
import { openSite } from '../page-life/site.ts'
import type { Open } from './drive.ts'
import { siteOf, visit } from './drive.ts'
import { build, example } from './prepare.ts'
import type { On } from './roads.ts'
import { appOf } from './servers.ts'

/** Visits of an example, and what arrived of them. */
export interface Example {
  readonly on: On
  readonly sink: () => Site
}

/** An example without a server of its own: `vite preview` serves it, and passes on what it sends. */
export function previewOf(open: Open, name: string): Example {
  const sink = siteOf(() => openSite())
  const app = appOf({
    build: () => build(example(name)),
    args: ['--port', '0', '--host', '127.0.0.1'],
    pages: sink,
    takesAny: true,
  })
  return { sink, on: (act) => visit(open, sink(), app.url, act) }
}
