import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Advice } from '../advice'
import { defaultDataFolder } from '../data-folder'
import type { Forgotten, Whom } from '../forget'
import { forget } from '../forget'
import { count, plural } from '../format'
import { openFolderOrDev } from '../open-engine'
import { journalFiles } from '../store/journal'
import { askToForget } from '../store/remote'
import { valuesOf } from './as-written'
import type { DataFlags } from './data'
import { askData } from './data'

function whomOf(args: readonly string[]): Whom {
  const [subject, ...moreSubjects] = valuesOf('--subject', args)
  const [run, ...moreRuns] = valuesOf('--run', args)
  const isOne = (subject === undefined) !== (run === undefined)
  if (!isOne || moreSubjects.length + moreRuns.length > 0)
    throw new Advice('name whom to forget, one at a time: --subject ID or --run ID')
  return run === undefined ? { subject: subject! } : { run: run.toLowerCase() }
}

async function forgetInFolder(folder: string, whom: Whom): Promise<Forgotten> {
  if (!existsSync(join(folder, 'db')))
    throw new Advice(`there is no data in ${folder}: name another folder with --data`)
  const opened = await openFolderOrDev(folder)
  if ('url' in opened) return askToForget(opened, whom)
  try {
    const [waiting] = journalFiles(folder).waiting
    if (waiting) throw new Advice(`nothing was erased, since rows wait for the tables in ${waiting}`)
    return await forget(opened, whom)
  } finally {
    await opened.close()
  }
}

function print({ names, runs, tables }: Forgotten): void {
  for (const { table, rows } of tables) console.log(`${table}: ${plural(rows, 'row')}`)
  const who = names.length > 0 ? `, of ${names.join(', ')}` : ''
  const all = tables.reduce((sum, { rows }) => sum + rows, 0)
  console.log(`throughline: ${count(all)} rows erased: ${plural(runs, 'run')}${who}`)
}

/** `throughline forget`: erases a person or a run from a folder, the `dev` that holds it, or a ClickHouse. */
export async function forgetOne(flags: DataFlags): Promise<void> {
  const whom = whomOf(process.argv)
  if (flags.clickhouse !== undefined) return print(await askData(flags, (engine) => forget(engine, whom)))
  const folder = flags.data ?? defaultDataFolder(flags.config)
  print(await forgetInFolder(folder, whom))
  for (const file of journalFiles(folder).setAside)
    console.log(`throughline: ${file} was not looked at: it holds rows that were set aside`)
}
