import { readFileSync } from 'node:fs'
import type { Engine } from './engine'

const DAY = 864e5

const load = (name: string) =>
  readFileSync(new URL(`../sql/keep/${name}.sql`, import.meta.url), 'utf8').trim()

interface Table {
  readonly target: string
  /**
   * Which statement deletes its rows: spans and logs by day, rows of runs by the run's last activity, others by their
   * day.
   */
  readonly kind: 'span' | 'run' | 'day'
}

/**
 * Deletes what is older than so many days: spans, log records, and what was derived from them, of which the rows of a
 * run go together once its last event is that old.
 *
 * @param now ms since the epoch
 */
export async function dropOlder(engine: Engine, days: number, now: number): Promise<void> {
  const before = Math.floor((now - days * DAY) / 1000)
  for (const { target, kind } of await engine.query<Table>(load('tables')))
    await engine.command(load(kind).replaceAll('{table}', target).replaceAll('{before}', String(before)))
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
