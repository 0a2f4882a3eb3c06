import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

// troubleshooting.md has every message that the packages may say in an application, and every `Advice` by which the
// command ends. Of each, the longest piece between
// what is filled in has to stand there.

const root = fileURLToPath(new URL('../', import.meta.url))
const sources = globSync('packages/{core,react,node}/src/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['**/*.test.*', '**/fixture/**', '**/*testing*'],
})
const plain = (text: string) => text.replace(/\s+/g, ' ')
const page = plain(readFileSync(`${root}docs/troubleshooting.md`, 'utf8'))

/** The pieces of a text, between what is filled in. */
function piecesOf(node: ts.Node): string[] {
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) ? [node.text] : []
}

/** What reads like a message: it begins as ours do, or has four words in a row. */
const isMessage = (text: string) => /^throughline: .*\w{3}|[a-z]+ [a-z]+ [a-z]+ /.test(text)

/** The telling piece of each message in a source. */
function messagesIn(path: string): string[] {
  const text = readFileSync(`${root}${path}`, 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  const found: string[] = []
  const look = (node: ts.Node): void => {
    const pieces = piecesOf(node)
    if (isMessage(pieces.join('…'))) {
      const telling = pieces.map((piece) => plain(piece.replace(/^throughline: /, '')).trim())
      found.push(telling.sort((a, b) => b.length - a.length)[0]!)
    }
    node.forEachChild(look)
  }
  look(source)
  // Shorter than that, it is `throughline: ${…}`: the message is put together elsewhere.
  return found.filter((piece) => piece.length > 8)
}

/** The telling piece of each text that an `Advice` is made with. */
function adviceIn(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(`${root}${path}`, 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  )
  const found: string[] = []
  const collect = (node: ts.Node): void => {
    const pieces = piecesOf(node).map((piece) => plain(piece).trim())
    const telling = pieces.sort((a, b) => b.length - a.length)[0] ?? ''
    if (telling.length > 8) found.push(telling)
    else node.forEachChild(collect)
  }
  const look = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'Advice') node.arguments?.forEach(collect)
    node.forEachChild(look)
  }
  look(source)
  return found
}

describe('troubleshooting.md', () => {
  const messages = sources.flatMap((path) => messagesIn(path).map((piece) => [path, piece] as const))

  const advice = globSync('packages/analysis/src/**/*.ts', {
    cwd: root,
    exclude: ['**/*.test.*', '**/*testing*'],
  }).flatMap((path) => adviceIn(path).map((piece) => [path, piece] as const))

  it('is held against the messages of the sources', () => {
    expect(messages.length).toBeGreaterThan(90)
    expect(advice.length).toBeGreaterThan(35)
    expect(messages.map(([, piece]) => piece)).toContain('storage fails: runs end with the page')
  })

  it.each(advice)('has what the command says in %s: %s', (_, piece) => {
    expect(page.includes(piece)).toBe(true)
  })

  it.each(messages)('has what %s says: %s', (_, piece) => {
    // Not `toContain`, which would print the page.
    expect(page.includes(piece)).toBe(true)
  })
})
