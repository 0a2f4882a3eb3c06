import { existsSync, statSync } from 'node:fs'
import { Advice } from '../advice'
import { createDataFolder, defaultDataFolder } from '../data-folder'
import type { Imported } from '../import/import-file'
import { importFile } from '../import/import-file'
import { openTarget } from '../open-engine'

export interface ImportFlags {
  readonly data?: string
  readonly config: string
}

/** Bad lines of a file that are named. */
const MOST_NAMED = 10

const day = (time: number) => new Date(time).toISOString().slice(0, 10)
const count = (number: number, what: string) =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`

/** Shows how far it has come, on a terminal alone. */
function progressOf(file: string) {
  // It is read twice.
  const size = 2 * statSync(file).size
  let read = 0
  let shown = -1
  const { stderr } = process
  return {
    add(bytes: number) {
      read += bytes
      const percent = Math.min(100, Math.floor((100 * read) / size))
      if (percent === shown || !stderr.isTTY) return
      shown = percent
      stderr.write(`\r${file}: ${percent} %`)
    },
    end() {
      if (shown >= 0) stderr.write('\r\u001B[K')
    },
  }
}

function describe(file: string, imported: Imported): string {
  const { days, spans, logs, known, refused, reasons, skipped } = imported
  const own = days && [...new Set([day(days.first), day(days.last)])].join(' to ')
  const parts = [
    days ? `${count(spans, 'span')} and ${count(logs, 'log record')} stored` : 'no spans and no log records',
    ...(known ? [`${known.toLocaleString('en')} were there already`] : []),
    ...(refused ? [`${refused.toLocaleString('en')} refused`] : []),
    ...Array.from(skipped, ([what, number]) => `${count(number, 'request')} of ${what} not read`),
  ]
  const summary = `${file}: ${own ? `age judged as of ${own}; ` : ''}${parts.join(', ')}`
  return [summary, ...reasons.map((text) => `  ${text}`)].join('\n')
}

function warn(file: string, bad: Imported['bad']) {
  for (const { line, reason } of bad.slice(0, MOST_NAMED))
    process.stderr.write(`throughline: ${file}:${line} ${reason}\n`)
  const rest = bad.length - MOST_NAMED
  if (rest > 0) process.stderr.write(`throughline: ${file}: ${count(rest, 'more line')} could not be read\n`)
  if (bad.length > 0)
    process.stderr.write(`throughline: ${file}: of ${count(bad.length, 'bad line')} nothing was taken\n`)
}

/**
 * `throughline import FILE…`: adds recorded spans and log records to the data folder, or to the `dev` that holds it.
 */
export async function importFiles(files: readonly string[], flags: ImportFlags): Promise<void> {
  if (files.length === 0) throw new Advice('name the files to import')
  for (const file of files)
    if (!existsSync(file) || !statSync(file).isFile()) throw new Advice(`${file} is no file`)
  const data = flags.data ?? defaultDataFolder(flags.config)
  createDataFolder(data)
  const target = await openTarget(data)
  try {
    for (const file of files) {
      const progress = progressOf(file)
      let imported: Imported
      try {
        imported = await importFile(target, file, progress.add)
      } catch (error) {
        throw new Advice(`${file} was imported in part: ${(error as Error).message}; import it again`)
      } finally {
        progress.end()
      }
      console.log(describe(file, imported))
      warn(file, imported.bad)
      if (imported.bad.length > 0) process.exitCode = 1
    }
  } finally {
    await target.close()
  }
}
