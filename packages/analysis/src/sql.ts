import { readFileSync } from 'node:fs'

const texts = new Map<string, string>()

/** The statement in `sql/<path>.sql`, without its comments, so that it can stand inside another one. Read once. */
export function sqlText(path: string): string {
  const known = texts.get(path)
  if (known !== undefined) return known
  const file = readFileSync(new URL(`../sql/${path}.sql`, import.meta.url), 'utf8')
  const text = file.replace(/--[^\n]*/g, '').trim()
  texts.set(path, text)
  return text
}

/** The query in `sql/ask/<name>.sql`. */
export const queryText = (name: string): string => sqlText(`ask/${name}`)

/** Puts values in the place of `{name}` in a statement; they are not looked at again. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
