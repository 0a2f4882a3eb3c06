import { writeFileSync } from 'node:fs'
import { Advice } from '../advice'
import { analyse } from '../ask/analyse'
import type { Selection } from '../ask/selection'
import { parseSelection } from '../ask/selection'
import { loadConfig } from '../config'
import { renderHtml } from '../show/html'
import { renderTerminal } from '../show/terminal'
import type { WhereFlags } from './where'
import { openData } from './where'

export interface ReportFlags extends Selection, WhereFlags {
  readonly json?: boolean
  readonly html?: string
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
  const selection = parseSelection(flags, new Date())
  const definitions = await loadConfig(flags.config)
  const engine = await openData(flags)
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
