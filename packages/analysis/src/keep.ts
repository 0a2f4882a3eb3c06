import { Advice } from './advice'
import type { Engine } from './engine'
import { fill, sqlText } from './sql'

const DAY = 864e5

const load = (name: string) => sqlText(`keep/${name}`)

interface Table {
  readonly target: string
  /**
   * Which statement deletes its rows: spans and logs by day, rows of runs by the run's last activity, others by their
   * day.
   */
  readonly kind: 'span' | 'run' | 'day'
  /** The day on which the run of a row began, in SQL. */
  readonly began: string
}

/**
 * Deletes what is older than so many days: spans, log records, and what was derived from them, of which the rows of a
 * run go together once its last event is that old. A TTL clause could not do that: it looks at one row alone, and a
 * run that lives long would lose its beginning.
 *
 * @param now ms since the epoch
 * @param kinds the tables that are cleaned; all if left out
 */
export async function dropOlder(
  engine: Engine,
  days: number,
  now: number,
  kinds: readonly Table['kind'][] = ['span', 'run', 'day'],
): Promise<void> {
  const before = String(Math.floor((now - days * DAY) / 1000))
  const active = fill(load('active'), { before })
  for (const { target, kind, began } of await engine.query<Table>(load('tables')))
    if (kinds.includes(kind)) await engine.command(fill(load(kind), { table: target, before, began, active }))
}

/**
 * Keeps so many days on a server, which drops spans and log records by itself from now on (TTL, whole days at a
 * time). What was derived from them is deleted now: this has to be run again, each day.
 *
 * @param now ms since the epoch
 */
export async function keepOnServer(engine: Engine, days: number, now: number): Promise<void> {
  for (const table of ['otel_traces', 'otel_logs'])
    await engine.command(fill(load('ttl'), { table, days: String(days) }))
  await dropOlder(engine, days, now, ['run', 'day'])
}

/**
 * Keeps so many days from now on: deletes at once, then every day. The result stops it, and waits for what is under
 * way.
 */
export function keepDays(engine: Engine, days: number, now: () => number): () => Promise<void> {
  const drop = () =>
    dropOlder(engine, days, now()).catch((error: Error) => {
      process.stderr.write(`throughline: old data could not be deleted: ${error.message.split('\n')[0]}\n`)
    })
  let running = drop()
  const timer = setInterval(() => {
    running = running.then(drop)
  }, DAY)
  timer.unref()
  return () => {
    clearInterval(timer)
    return running
  }
}

/**
 * The days in an option such as `90d`; undefined if it was not given.
 *
 * @throws Advice when it is none
 */
export function parseKeep(keep: string | undefined): number | undefined {
  if (keep === undefined) return undefined
  const [, days] = /^(\d{1,4})d$/.exec(keep) ?? []
  if (Number(days) > 0) return Number(days)
  throw new Advice(`--keep is "${keep}"; give days, such as 90d`)
}
