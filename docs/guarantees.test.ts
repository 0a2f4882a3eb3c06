import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// Each promise of guarantees.md names the tests that show it; a test that was renamed or removed shows nothing.

const document = readFileSync(new URL('guarantees.md', import.meta.url), 'utf8')
const rows = document.split('\n').filter((line) => /^\| (?!---|Promised)/.test(line))
const named = [...document.matchAll(/\[[^\]]+\]\((\.\.\/[^)]+\.test\.ts)\): “([^”]+)”/g)].map(
  ([, file, title]) => [file!, title!] as const,
)

/** The titles of tests in a file, as they are written: after `it(`, or after the parenthesis that closes `.each(`. */
const titlesOf = (text: string) =>
  [
    ...text.matchAll(
      /(?:\b(?:it|test)\b[^\n'"`]*?|\))\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g,
    ),
  ].map(([, single, double, back]) => single ?? double ?? back)

describe('guarantees.md', () => {
  it.each(rows)('names a test: %s', (row) => {
    expect(row).toMatch(/\.test\.ts\): “/)
  })

  it.each(named)('names what exists: %s “%s”', (file, title) => {
    const path = new URL(file, import.meta.url)
    expect(existsSync(path)).toBe(true)
    expect(titlesOf(readFileSync(path, 'utf8'))).toContain(title)
  })

  it('has no link to a test without its title', () => {
    expect(document.match(/\.test\.ts\)/g)).toHaveLength(named.length)
  })
})
