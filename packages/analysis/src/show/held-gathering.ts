import type { AnalyseOptions } from '../ask/analyse'
import type { Gathering } from '../ask/gathering'
import { remember } from '../ask/gathering'
import type { Report } from '../ask/tables'
import { openReport } from '../ask/tables'
import type { Engine } from '../engine'

/** Says what is asked for, as of a moment. */
export type AskedAt = (now: Date) => AnalyseOptions

/** What a report is computed with. */
export interface Use {
  readonly options: AnalyseOptions
  readonly gathering: Gathering
  /** What had arrived before it was gathered. */
  readonly changes: number
  /** When it was gathered, on the clock that was given (ms). */
  readonly at: number
}

interface Held extends Omit<Use, 'options' | 'gathering'> {
  readonly key: string
  readonly now: Date
  readonly opened: Promise<{ readonly report: Report; readonly gathering: Gathering }>
  users: number
}

/** How often it is looked whether what is held is still of use, in ms. */
const LOOK = 1000

/** What reports must have in common to share a gathering. */
const keyOf = ({ since, until, journey, synthetic }: AnalyseOptions): string =>
  JSON.stringify([since, until, journey, synthetic])

/**
 * Holds what the last report gathered, so that one of another cut need not gather it again: until something arrives, a
 * report of another time gathers something else, or it gets old. Reports that share it are as of the same moment.
 *
 * @param changes counts what has arrived
 * @param clock ms; what is held longer than `good` (ms) is let go
 */
export function holdGathering(engine: Engine, changes: () => number, clock: () => number, good: number) {
  let held: Held | undefined
  let watch: NodeJS.Timeout | undefined
  const closing = new Set<Promise<void>>()

  const isGood = ({ changes: then, at }: Held) => then === changes() && clock() - at < good

  /** Once nobody reads them, the tables go; where the engine is closed already they went with it. */
  function drop({ opened }: Held) {
    const closed = opened.then(({ report }) => report.close()).catch(() => {})
    closing.add(closed)
    void closed.then(() => closing.delete(closed))
  }

  function letGo() {
    clearInterval(watch)
    if (held?.users === 0) drop(held)
    held = undefined
  }

  function take(asked: AskedAt): Held {
    if (held && isGood(held) && keyOf(asked(held.now)) === held.key) return held
    const now = new Date()
    const key = keyOf(asked(now))
    letGo()
    const [at, before] = [clock(), changes()]
    const opened = openReport(engine).then((report) => ({ report, gathering: remember(report) }))
    held = { key, now, at, changes: before, opened, users: 0 }
    watch = setInterval(() => {
      if (held && !isGood(held)) letGo()
    }, LOOK)
    watch.unref()
    return held
  }

  return {
    /** Computes something with what is held. */
    async use<Value>(asked: AskedAt, compute: (use: Use) => Promise<Value>): Promise<Value> {
      const own = take(asked)
      own.users++
      try {
        const { gathering } = await own.opened
        return await compute({ ...own, gathering, options: asked(own.now) })
      } finally {
        own.users--
        if (own.users === 0 && own !== held) drop(own)
      }
    },
    /** Lets go of it, and waits until it is gone. */
    async close() {
      letGo()
      await Promise.all(closing)
    },
  }
}
