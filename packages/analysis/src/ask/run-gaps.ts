import { attributes as names } from '@throughline/core'
import type { RunSpan } from './run-entry'
import { momentOf } from './run-entry'
import type { MissingEvents, Silence } from './run-types'

/** What arrived of a page's numbered events. */
export interface PageNumbers {
  readonly page: string
  /** In order. */
  readonly numbers: readonly number[]
  /** By the page's own account; 0 if it gave none. */
  readonly emitted: number
}

/** A stretch without any entry is a silence from here on, in ms. */
const SILENCE = 60_000

const numberOf = ({ attributes }: Pick<RunSpan, 'attributes'>) => Number(attributes[names.EVENT_SEQ] ?? 0)

/** Numbers that are missing on the pages of a run, in stretches. A page may also have reported for other runs. */
export function missingNumbers(
  pages: readonly PageNumbers[],
  spans: readonly RunSpan[],
  start: number,
): MissingEvents[] {
  return pages.flatMap(({ page, numbers, emitted }) => {
    const own = spans.filter(
      ({ attributes }) => attributes[names.PAGE_ID] === page && numberOf({ attributes }) > 0,
    )
    const bounds = [0, ...numbers, Math.max(emitted, numbers.at(-1) ?? 0) + 1]
    return bounds.slice(1).flatMap((next, at): MissingEvents[] => {
      const before = bounds[at]!
      if (next - before < 2) return []
      const seen = own.filter((span) => numberOf(span) <= before).sort((a, b) => numberOf(b) - numberOf(a))[0]
      return [{ page, first: before + 1, last: next - 1, after: seen ? momentOf(seen) - start : null }]
    })
  })
}

/** Stretches in which nothing of the run was seen, also no span that was still open. */
export function silences(spans: readonly RunSpan[], start: number): Silence[] {
  const found: Silence[] = []
  let open = start
  for (const span of spans) {
    const moment = momentOf(span)
    if (moment - open >= SILENCE) found.push({ from: open - start, to: moment - start })
    open = Math.max(open, span.at + span.duration)
  }
  return found
}
