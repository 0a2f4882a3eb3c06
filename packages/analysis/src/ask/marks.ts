import type { Mark } from '../result'
import type { Window } from './journey-scope'
import { windowParams } from './journey-scope'
import type { Scope } from './tables'

interface MarkRow {
  kind: Mark['kind']
  label: string
  /** ms. */
  at: number
  /** 0 for a moment, and for what goes on. */
  ended: number
}

/** What happened in the time of a report, in order. */
export async function marksIn(
  everything: Scope,
  journeys: readonly string[],
  window: Window,
): Promise<Mark[]> {
  const rows = await everything.ask<MarkRow>('marks', { ...windowParams(window), journeys })
  return rows.map(({ kind, label, at, ended }) => ({
    kind,
    label,
    at: new Date(at).toISOString(),
    end: ended ? new Date(ended).toISOString() : null,
  }))
}
