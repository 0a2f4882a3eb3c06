import { readFileSync } from 'node:fs'

const texts = new Map<string, string>()

/** The query in `sql/ask/<name>.sql`, without its comments, so that it can stand inside another one. */
export function queryText(name: string): string {
  const known = texts.get(name)
  if (known !== undefined) return known
  const text = readFileSync(new URL(`../sql/ask/${name}.sql`, import.meta.url), 'utf8').replace(
    /--[^\n]*/g,
    '',
  )
  texts.set(name, text)
  return text
}
