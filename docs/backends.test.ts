import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Name } from '../packages/core/src/attributes.ts'

// The pages on backends and the guide name attributes in a dozen query languages: each has to be one that is sent.

const root = fileURLToPath(new URL('../', import.meta.url))
const pages = globSync('docs/backends/*.md', { cwd: root }).filter((page) => !page.endsWith('README.md'))
const read = (page: string) => readFileSync(root + page, 'utf8')

const names: readonly string[] = Object.values(Name)
/** Names that go on: a hypothesis's, a journey's. */
const prefixes = names.filter((name) => name.endsWith('.'))
const isSent = (name: string) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix))

it('has a row for every name that is sent', () => {
  const page = read('docs/attributes.md')
  expect(names.length).toBeGreaterThan(70)
  for (const name of names) expect(page).toContain(`| \`${name}${name.endsWith('.') ? '…' : ''}\` | `)
})

it('names only attributes that are sent', () => {
  const named = [...pages, 'docs/backends/README.md', 'docs/guides/other-languages.md'].flatMap((page) =>
    [...read(page).matchAll(/throughline\.[a-z_.-]*[a-z_]/g)].map(([name]) => ({ page, name })),
  )
  // A predicate's beginning, a pattern's, a wildcard's, a module.
  const elsewhere = /^throughline\.(journey|run|step|visit|hypothesis|config)$/
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter(({ name }) => !isSent(name) && !elsewhere.test(name))).toEqual([])
})

it('answers the same questions on every page', () => {
  expect(pages).toHaveLength(13)
  for (const page of pages) {
    const headings = read(page)
      .split('\n')
      .filter((line) => line.startsWith('## '))
    expect(headings, page).toEqual([
      '## Send',
      '## Where people leave',
      '## Whether a slow step loses them',
      '## Which errors, by step and variant',
      "## What it can't answer",
      '## Duplicates',
    ])
  }
})

it('says of every page whether it was run, and lists it', () => {
  const overview = read('docs/backends/README.md')
  for (const page of pages) {
    expect(read(page), page).toMatch(/^Run here:|^Written from the documentation [^.]*(\.[^.]+)*not run/m)
    expect(overview).toContain(`(${page.replace('docs/backends/', '')})`)
  }
})
