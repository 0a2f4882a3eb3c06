import { analyseWith } from '../ask/analyse'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import type { Result } from '../result'
import type { AskedAt } from './held-gathering'
import { holdGathering } from './held-gathering'

/** A result, as of when its runs were gathered. */
export interface LiveResult {
  readonly result: Result
  /** ms since its runs were gathered. */
  readonly age: number
  /** Something has arrived since then. */
  readonly behind: boolean
}

interface Known {
  readonly result: Result
  /** What had arrived before its runs were gathered. */
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
 * pages are brought up to date so seldom that it takes a tenth of a core at most. Another cut of the same data asks
 * only what is new about it.
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
  const held = holdGathering(engine, changes, clock.now, GOOD)
  const running = new Map<string, Promise<Known>>()
  /** Until when nothing is computed again for a page. */
  let restUntil = 0

  async function compute(view: string, asked: AskedAt): Promise<Known> {
    const [start, began] = [clock.now(), clock.spent()]
    const found = await held.use(asked, async ({ options, gathering, changes: before, at }) => ({
      result: await analyseWith(engine, definitions, options, gathering),
      changes: before,
      at,
    }))
    const now = clock.now()
    restUntil = Math.max(restUntil, now) + Math.max(0, (clock.spent() - began) / SHARE - (now - start))
    known.delete(view)
    known.set(view, found)
    for (const [oldest] of known) if (known.size > VIEWS) known.delete(oldest)
    return found
  }

  return {
    /**
     * @param view what is asked for, as text
     * @param asked the same, as it is meant at a moment
     * @param isPage whether it may be somewhat older
     */
    async ask(view: string, asked: AskedAt, isPage: boolean): Promise<LiveResult> {
      const now = clock.now()
      const last = known.get(view)
      const isGood = last && last.changes === changes() && now - last.at < GOOD
      let shown = last
      if (!last || !(isGood || (isPage && now < restUntil))) {
        const own = running.get(view) ?? compute(view, asked).finally(() => running.delete(view))
        running.set(view, own)
        shown = await own
      }
      const { result, changes: then, at } = shown!
      return { result, age: clock.now() - at, behind: then !== changes() }
    },
    /** Lets go of what is kept for the next question. */
    close: () => held.close(),
  }
}
