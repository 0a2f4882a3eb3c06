import { arrivals } from './ask/arrived'
import { windowParams } from './ask/journey-scope'
import { openReport } from './ask/tables'
import type { Definitions } from './config'
import type { Dev } from './dev'

/** How often it asks while something arrives, in ms. */
const EVERY = 2000
/** After a question it rests for so many times as long as that took, so that the terminal costs a tenth of a core. */
const REST = 10
/** Lines at once, and names that are kept as said: anyone can send one. */
const LINES = 5
const MOST_SAID = 1000

/** Asks which names of journeys, versions and steps are in the data or in the definitions alone. */
async function askMismatches({ engine }: Pick<Dev, 'engine'>, { journeys }: Definitions) {
  const now = Date.now()
  const report = await openReport(engine)
  try {
    // Crawlers and tests meet the same names, so who is one need not be found out.
    const arrived = await arrivals(
      report.scope({ synthetic: 'include', ...windowParams({ since: 0, until: now, now }), from: 0 }),
    )
    return arrived.mismatches(journeys)
  } finally {
    await report.close()
  }
}

/**
 * Says once where what has arrived and what is declared have different names, as soon as either changes.
 *
 * @param say called with a sentence
 */
export function watchData(
  dev: Pick<Dev, 'engine' | 'changes'>,
  given: Definitions,
  say: (text: string) => void,
) {
  let definitions = given
  let said = new Set<string>()
  /** What the last answer was about; undefined makes it ask again. */
  let asked: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: Promise<void> | undefined
  let ended = false

  async function look() {
    const [changes, about] = [dev.changes(), definitions]
    const found = await askMismatches(dev, about)
    if (about !== definitions) return
    asked = changes
    // What is mended is forgotten, so that it is said again if it comes back.
    const isNew = found.filter((one) => !said.has(one.about))
    said = new Set(found.slice(0, MOST_SAID).map((one) => one.about))
    for (const { note } of isNew.slice(0, LINES)) say(note.text)
    if (isNew.length > LINES)
      say(`${isNew.length - LINES} more names do not match; "throughline doctor" says which`)
  }

  function schedule(wait: number) {
    if (ended) return
    timer = setTimeout(() => {
      if (asked === dev.changes()) return schedule(EVERY)
      const began = performance.now()
      // A question that fails, as the store is busy or full, fails for the live page as well, which says why.
      asking = look()
        .catch(() => {})
        .finally(() => schedule(Math.max(EVERY, REST * (performance.now() - began))))
    }, wait)
    timer.unref()
  }

  return {
    begin: () => schedule(0),
    redefine(next: Definitions) {
      definitions = next
      asked = undefined
    },
    /** Waits for a question that is under way. */
    async end() {
      ended = true
      clearTimeout(timer)
      await asking
    },
  }
}
