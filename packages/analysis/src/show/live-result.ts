import type { AnalyseOptions } from '../ask/analyse'
import { analyse } from '../ask/analyse'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import type { Result } from '../result'

/** A result, as of when it was computed. */
export interface LiveResult {
  readonly result: Result
  /** ms since it was computed. */
  readonly age: number
  /** Something has arrived since then. */
  readonly behind: boolean
}

interface Known {
  readonly result: Result
  /** What had arrived before it was computed. */
  readonly changes: number
  /** ms, on the clock of this process. */
  readonly at: number
}

/** The share of one core that bringing pages up to date may take. */
const SHARE = 0.1
/** For how long a result is good while nothing arrives, in ms: who may still go on depends on the time alone. */
const GOOD = 600_000
/** Results that are kept: one for each view that somebody looks at. */
const VIEWS = 20

/** Times in ms. */
interface Clock {
  now(): number
  /** Processor time of this process. */
  spent(): number
}

const realClock: Clock = {
  now: () => performance.now(),
  spent() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
}

/**
 * Analyses for the live page and its API. Open pages ask again and again, and the engine has better things to do: what
 * is known is given again until something arrives, who asks for the same while it is being computed shares it, and
 * pages are brought up to date so seldom that it takes a tenth of a core at most.
 *
 * @param changes counts what has arrived, after it has
 */
export function createLiveResult(
  engine: Engine,
  definitions: Definitions,
  changes: () => number,
  clock: Clock = realClock,
) {
  const known = new Map<string, Known>()
  const running = new Map<string, Promise<Known>>()
  /** Until when nothing is computed again for a page. */
  let restUntil = 0

  async function compute(view: string, options: AnalyseOptions): Promise<Known> {
    const [before, at, began] = [changes(), clock.now(), clock.spent()]
    const found = { result: await analyse(engine, definitions, options), changes: before, at }
    const now = clock.now()
    restUntil = Math.max(restUntil, now) + Math.max(0, (clock.spent() - began) / SHARE - (now - at))
    known.delete(view)
    known.set(view, found)
    for (const [oldest] of known) if (known.size > VIEWS) known.delete(oldest)
    return found
  }

  /**
   * @param view what is asked for, as text
   * @param options the same, as it is meant at present
   * @param isPage whether it may be somewhat older
   */
  return async (view: string, options: AnalyseOptions, isPage: boolean): Promise<LiveResult> => {
    const now = clock.now()
    const last = known.get(view)
    const isGood = last && last.changes === changes() && now - last.at < GOOD
    let shown = last
    if (!last || !(isGood || (isPage && now < restUntil))) {
      const own = running.get(view) ?? compute(view, options).finally(() => running.delete(view))
      running.set(view, own)
      shown = await own
    }
    const { result, changes: then, at } = shown!
    return { result, age: clock.now() - at, behind: then !== changes() }
  }
}
