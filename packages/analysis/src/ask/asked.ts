import type { QueryParams } from '../engine'
import type { Mark, ReportPart } from '../result'
import type { Other } from './against'
import type { Gathering } from './gathering'
import type { Window } from './journey-scope'
import type { Report } from './tables'
import type { Filter, whereParams } from './where'

/** What a report is asked, as the questions about each journey take it. */
export interface Asked {
  readonly report: Report
  /** What it shares with other reports. */
  readonly gathering: Gathering
  readonly window: Window
  /** When the time of the report ends, in ms: now, if `until` is still to come. */
  readonly ends: number
  readonly by: 'run' | 'subject'
  readonly timeZone: string
  readonly params: QueryParams & ReturnType<typeof whereParams>
  /** The tables of the whole report: aliases (links), crawlers and tests (machines). */
  readonly shared: Readonly<Record<string, string>>
  readonly where: readonly Filter[]
  /** All that says which runs are asked what, besides their journey; of the same data the answers are the same. */
  readonly selection: readonly unknown[]
  readonly wants: (part: ReportPart) => boolean
  /** Latency, errors and endpoints of this step alone. */
  readonly step: string | undefined
  /** The error whose cause alone is wanted. */
  readonly error: string | undefined
  readonly breakdown: string | undefined
  /** Between which moments a trend counts, in ms. */
  readonly edges: readonly number[] | undefined
  readonly other: Other | undefined
  readonly marks: readonly Mark[]
}
