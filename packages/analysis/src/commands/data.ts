import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Advice } from '../advice'
import { defaultDataFolder } from '../data-folder'
import type { Engine } from '../engine'
import { openEngine } from '../open-engine'
import { checkSchema } from '../schema'
import type { Ink } from '../show/terminal/ink'
import { createInk } from '../show/terminal/ink'

/** Where the data of a question is. */
export interface DataFlags {
  readonly data?: string
  readonly config: string
  readonly clickhouse?: string
}

/**
 * Where the data is that a command asks.
 *
 * @throws Advice when there is none
 */
export function placeOf({
  data: folder,
  config,
  clickhouse,
}: DataFlags): { folder: string } | { url: string } {
  if (clickhouse !== undefined) return { url: clickhouse }
  const data = folder ?? defaultDataFolder(config)
  if (!existsSync(join(data, 'db')))
    throw new Advice(
      `there is no data in ${data} yet: run "throughline dev", or name another folder with --data`,
    )
  return { folder: data }
}

/**
 * Opens the data that a command asks.
 *
 * @throws Advice when there is none, or its tables are of another release
 */
async function openData(flags: DataFlags): Promise<Engine> {
  const place = placeOf(flags)
  const engine = await openEngine(place)
  if ('folder' in place) return engine
  try {
    await checkSchema(engine, `run "throughline schema --clickhouse ${place.url}" once`)
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** Says on a terminal how long a question has taken so far, from one second on; returns what ends that. */
function showProgress(): () => void {
  const { stderr } = process
  if (!stderr.isTTY) return () => {}
  const begun = performance.now()
  const timer = setInterval(() => {
    stderr.write(`\rthroughline: asking, ${Math.round((performance.now() - begun) / 1000)} s`)
  }, 1000)
  return () => {
    clearInterval(timer)
    if (performance.now() - begun > 1000) stderr.write('\r\u001B[K')
  }
}

/** Says how long it takes, until it is there. */
export async function whileShown<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const endProgress = showProgress()
  try {
    return await answer
  } finally {
    endProgress()
  }
}

/** Asks the data, and lets go of it. */
export async function askData<Answer>(
  flags: DataFlags,
  question: (engine: Engine) => Promise<Answer>,
): Promise<Answer> {
  const engine = await openData(flags)
  try {
    return await whileShown(question(engine))
  } finally {
    await engine.close()
  }
}

/** The terminal's width and colours; none where the output is no terminal. */
export const outputInk = (): Ink =>
  createInk(process.stdout.isTTY === true && !process.env.NO_COLOR, process.stdout.columns ?? 100)

/** A whole number from an option. */
export function parseCount(value: unknown, option: string, most: number): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new Advice(`${option} is "${value}"; give a whole number from 1 to ${most}`)
}

/** Writes an object as JSON, for programs. */
export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
