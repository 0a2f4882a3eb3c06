import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Advice } from '../advice'
import { analyse } from '../ask/analyse'
import type { Selection } from '../ask/selection'
import { parseSelection } from '../ask/selection'
import { loadConfig } from '../config'
import { defaultDataFolder } from '../data-folder'
import type { Engine } from '../engine'
import { openEngine } from '../open-engine'
import { checkSchema } from '../schema'
import { renderHtml } from '../show/html'
import { renderTerminal } from '../show/terminal'
import { valuesOf } from './as-written'

export interface ReportFlags extends Selection {
  readonly data?: string
  readonly config: string
  readonly clickhouse?: string
  readonly json?: boolean
  readonly html?: string
}

async function open({ data: folder, config, clickhouse }: ReportFlags): Promise<Engine> {
  if (clickhouse === undefined) {
    const data = folder ?? defaultDataFolder(config)
    if (!existsSync(join(data, 'db')))
      throw new Advice(
        `there is no data in ${data} yet: run "throughline dev", or name another folder with --data`,
      )
    return openEngine({ folder: data })
  }
  const engine = await openEngine({ url: clickhouse })
  const advice = `run "throughline schema --clickhouse ${clickhouse}" once`
  try {
    await checkSchema(engine, advice)
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}

function write(file: string, text: string) {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new Advice(`cannot write ${file}: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** `throughline report`: what the data says, on the terminal, as JSON or as one HTML file. */
export async function report(flags: ReportFlags): Promise<void> {
  const { json, html } = flags
  const asWritten = (flag: string) => valuesOf(flag, process.argv).at(-1)
  const selection = parseSelection(
    { ...flags, against: asWritten('--against'), step: asWritten('--step') },
    new Date(),
  )
  const definitions = await loadConfig(flags.config)
  const engine = await open(flags)
  try {
    const result = await analyse(engine, definitions, selection)
    if (html !== undefined) {
      write(html, renderHtml(result))
      process.stderr.write(`throughline: the report is in ${html}\n`)
    }
    if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    else if (html === undefined)
      process.stdout.write(
        renderTerminal(result, {
          color: process.stdout.isTTY === true && !process.env.NO_COLOR,
          width: process.stdout.columns ?? 100,
        }),
      )
  } finally {
    await engine.close()
  }
}
