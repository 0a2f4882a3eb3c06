import type { RunSummary } from './recent-runs'

/** What happened at one moment of a run. Texts are from telemetry: anybody may have written them. */
export interface RunEntry {
  /** ISO 8601, by the clock of who saw it. */
  readonly at: string
  /** ms from the run's first entry. */
  readonly offset: number
  readonly kind:
    | 'enter'
    | 'ready'
    | 'leave'
    | 'interaction'
    | 'vital'
    | 'error'
    | 'exposure'
    | 'outcome'
    | 'satisfaction'
    | 'request'
    | 'span'
    | 'event'
  readonly source: 'browser' | 'server'
  readonly service: string
  readonly step: string
  readonly attempt: number
  /** What it is about: a step, a vital, an error, a request. */
  readonly subject: string
  /** More of it, such as `slow-endpoint` or why a run ended; may be empty. */
  readonly detail: string
  /** ms; null for what has none. */
  readonly duration: number | null
  readonly failed: boolean
  readonly stack: string
  readonly trace: string
  readonly span: string
  /** How deep below the visit's span it is, for spans of the same trace. */
  readonly depth: number
  /** How often it arrived. */
  readonly copies: number
}

/** A stretch without any entry, in ms from the run's first one. */
export interface Silence {
  readonly from: number
  readonly to: number
}

/** Numbered events of a page that are not stored. */
export interface MissingEvents {
  readonly page: string
  readonly first: number
  readonly last: number
  /** ms from the run's first entry: when the event before them was seen; null if none is stored. */
  readonly after: number | null
}

/** One run, from its first sign to its last. */
export interface RunTimeline {
  readonly run: string
  /** What became of it by the report's rules; null if its journey or version is not declared. */
  readonly summary: RunSummary | null
  readonly entries: readonly RunEntry[]
  /** Whether there are more than are listed. */
  readonly capped: boolean
  readonly missing: readonly MissingEvents[]
  readonly silences: readonly Silence[]
}
