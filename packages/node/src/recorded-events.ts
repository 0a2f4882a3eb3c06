import { shared } from './shared'

/** Hears of what was recorded here, and whether it is on its way. */
export interface EventKeeper {
  keep(span: unknown): void
  /** Sends what is kept. Resolves when it was tried. */
  flush(): Promise<void>
}

/** Those that keep what this process records: `keepUntilTaken` adds one for each exporter. */
export const keepers: Set<EventKeeper> = shared('keepers', () => new Set())
