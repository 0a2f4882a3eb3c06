import type { Synthetic } from '../result'
import type { Gathering } from './gathering'
import { askOnce } from './gathering'
import type { Scope } from './tables'

/** What no journey has for itself. */
export interface Everything {
  readonly everything: Scope
  /** The tables that every journey's runs need: aliases (links), crawlers and tests (machines). */
  readonly shared: Readonly<Record<'links' | 'machines', string>>
}

/** Computes aliases, and which runs are of crawlers and tests, of all that there is. */
export const openEverything = (
  { report, once, keepOnce }: Gathering,
  synthetic: Synthetic,
): Promise<Everything> =>
  keepOnce(['everything', synthetic], async () => {
    const scope = report.scope({ synthetic })
    await scope.keep('links')
    await scope.keep('machines')
    const shared = { links: scope.textOf('links'), machines: scope.textOf('machines') }
    return { everything: askOnce(scope, once), shared }
  })
