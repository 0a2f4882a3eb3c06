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

/** Puts values in the place of `{name}` in a statement; they are not looked at again. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
