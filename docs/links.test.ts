import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const documents = globSync(['*.md', 'docs/**/*.md', '{packages,examples,collector-config}/**/README.md'], {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**', 'docs/reference/**'],
})

/** A heading's anchor, as the usual renderers of Markdown make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
const anchorsIn = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!))

it.each(documents)('%s links to what exists', (path) => {
  const text = readFileSync(join(root, path), 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
  const broken = [...text.matchAll(/\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].filter(([, to, anchor]) => {
    const target = to ? join(root, dirname(path), to) : join(root, path)
    if (!existsSync(target)) return true
    return anchor && target.endsWith('.md') && !anchorsIn(readFileSync(target, 'utf8')).includes(anchor)
  })
  expect(broken.map(([link]) => link)).toEqual([])
})

it('docs/README.md leads to every document', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8')
  const missing = globSync(['*.md', 'guides/*.md', 'reference/*.md'], { cwd: join(root, 'docs') })
    .filter((path) => path !== 'README.md')
    .filter((path) => !index.includes(`(${path}`))
  expect(missing).toEqual([])
})

it('every guide ends with how to see that it works', () => {
  const without = globSync(['docs/guides/*.md', 'docs/guides/flags/README.md'], { cwd: root }).filter(
    (path) => !readFileSync(join(root, path), 'utf8').includes('\n## How to see that it works\n'),
  )
  expect(without).toEqual([])
})
