import type { Hypothesis, Journey } from '@throughline/core'
import { count, duration, percent, plural } from '../format'
import type { Result } from '../result'
import type { Note } from './findings'
import { info, warning } from './findings'
import type { Scope } from './tables'

/** Shares above which something is worth a warning. */
const LIMIT = 0.01
/** The views may be behind by what arrives while both are counted. */
const BEHIND = 0.001

/** Copies, and whether the views have what is stored. */
async function storedNotes(everything: Scope): Promise<Note[]> {
  const [row] = await everything.ask<{ arrived: number; events: number; visits: number }>('copies')
  const { arrived, events, visits } = row!
  const notes: Note[] = []
  if (arrived > events)
    notes.push(
      info(
        `${count(arrived - events)} of ${count(arrived)} step entries arrived more than once.`,
        'duplicates',
      ),
    )
  const behind = events - visits
  if (behind > BEHIND * events)
    notes.push(
      warning(
        `The views lack ${count(behind)} of ${count(events)} step entries that are stored (${percent(behind / events)}).`,
        'behind',
      ),
    )
  return notes
}

async function requestNotes(everything: Scope, journeys: readonly string[]): Promise<Note[]> {
  const [found] = await everything.ask<{ rows: number }>('any-sampled', { journeys })
  if (!found!.rows) return []
  const [row] = await everything.ask<{ stored: number; sampled: number; stands: number; beside: number }>(
    'sampled',
    { journeys },
  )
  const { stored, sampled, stands, beside } = row!
  const notes: Note[] = []
  if (sampled)
    notes.push(
      info(
        `${count(stored)} requests are stored, which stand for ${count(stands)}: ${percent(sampled / stored)} of them were sampled.`,
        'sampling',
      ),
    )
  if (beside)
    notes.push(
      info(
        `${plural(beside, 'request')} that failed or took long are of runs that the collector left out: what endpoints cost is told without them.`,
        'sampling',
      ),
    )
  return notes
}

async function outcomeNotes(
  everything: Scope,
  scopes: ReadonlyMap<Journey, Scope>,
  journeys: readonly string[],
): Promise<Note[]> {
  const [[forged], ...outside] = await Promise.all([
    everything.ask<{ runs: number }>('forged', { journeys }),
    ...[...scopes.values()].map((scope) => scope.ask<{ runs: number }>('outside')),
  ])
  const notes: Note[] = []
  if (forged!.runs)
    notes.push(
      warning(
        `Outcomes of ${plural(forged!.runs, 'run')} look like a server’s, but came where anyone can send.`,
        'forged',
      ),
    )
  for (const [at, journey] of [...scopes.keys()].entries()) {
    const runs = outside[at]![0]!.runs
    if (runs)
      notes.push(
        info(
          `${plural(runs, 'run')} of ${journey.name} converted later than its window (${duration(journey.within)}) allows.`,
          'outside-window',
        ),
      )
  }
  return notes
}

/** What the data is held against. */
export interface Known {
  readonly judged: readonly Hypothesis[]
  readonly declared: readonly Hypothesis[]
  readonly synthetic: Result['synthetic']
}

async function exposureNotes(
  everything: Scope,
  scopes: ReadonlyMap<Journey, Scope>,
  { judged, declared }: Known,
): Promise<Note[]> {
  const names = declared.flatMap(({ id, variants }) => variants.map((variant) => `${id}=${variant}`))
  const rows = await everything.ask<{ hypothesis: string; met: string; runs: number }>(
    'undeclared-exposures',
    {
      declared: names,
      known: declared.map(({ id }) => id),
    },
  )
  const notes = rows.map(({ hypothesis, met, runs }) => {
    const known = declared.find(({ id }) => id === hypothesis)
    return known
      ? warning(
          `${plural(runs, 'run')} met \`${met}\` of ${hypothesis}, which declares ${known.variants.join(', ')}.`,
          'undeclared',
        )
      : info(`${plural(runs, 'run')} met \`${hypothesis}\`, a hypothesis that is not declared.`, 'undeclared')
  })
  for (const { id, journey } of judged) {
    const own = [...scopes].filter(([{ name }]) => name === journey).map(([, scope]) => scope)
    const found = await Promise.all(
      own.map((scope) => scope.ask<{ runs: number; late: number }>('late-exposures', { hypothesis: id })),
    )
    const [runs, late] = (['runs', 'late'] as const).map((what) =>
      found.reduce((sum, [row]) => sum + row![what], 0),
    )
    if (late! > LIMIT * runs!)
      notes.push(
        warning(
          `${id}: ${count(late!)} of ${plural(runs!, 'run')} that met a variant had converted before (${percent(late! / runs!)}).`,
          'late-exposures',
        ),
      )
  }
  return notes
}

/** What else has to be known of the data: copies, sampling, forged words, late conversions and exposures, crawlers. */
export async function dataNotes(
  everything: Scope,
  scopes: ReadonlyMap<Journey, Scope>,
  known: Known,
): Promise<Note[]> {
  const { synthetic } = known
  const names = [...new Set([...scopes.keys()].map(({ name }) => name))]
  const notes = await Promise.all([
    storedNotes(everything),
    requestNotes(everything, names),
    outcomeNotes(everything, scopes, names),
    exposureNotes(everything, scopes, known),
  ])
  const machines =
    synthetic.shown === 'exclude' && synthetic.runs > 0
      ? [
          info(
            `${plural(synthetic.runs, 'run')} of crawlers and tests ${synthetic.runs === 1 ? 'is' : 'are'} left out.`,
            'synthetic',
          ),
        ]
      : []
  return [...notes.flat(), ...machines]
}
