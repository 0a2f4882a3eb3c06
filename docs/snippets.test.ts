import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

// Every example that a user may copy is compiled against the packages' public entries: the ts, tsx, js and jsx fences
// of the documents, and those in docstrings. Each is a module of its own. What the reader can imagine (`app`,
// `place`) is declared in a comment that Markdown hides, `<!-- given … -->`, before the fence. The snippet that
// begins with `// journeys.ts` is what the others import from './journeys'.

const root = fileURLToPath(new URL('../', import.meta.url))
const documents = globSync(
  ['README.md', 'docs/**/*.md', '{packages,examples}/*/README.md', 'packages/*/src/**/*.{ts,tsx}'],
  { cwd: root, exclude: ['**/*.test.*'] },
)

interface Snippet {
  readonly file: string
  readonly document: string
  readonly code: string
}

/**
 * The snippets of a document, with blank lines for all that is not theirs: the compiler's line numbers are the
 * document's.
 */
function snippetsOf(document: string, text: string): Snippet[] {
  const found: Snippet[] = []
  let kept: string[] = []
  let part: 'prose' | 'given' | 'code' = 'prose'
  let language = ''
  const source = document.endsWith('.md') ? text : text.replace(/^ *\* ?/gm, '')
  for (const line of source.split('\n')) {
    const opened = part !== 'code' && /^```(tsx?|jsx?)$/.exec(line)?.[1]
    if (part === 'code' && line === '```') {
      const code = kept.join('\n')
      const name = code.trim().startsWith('// journeys.ts') ? 'journeys' : `${document}.${kept.length}`
      found.push({ file: `${root}${name.replaceAll('/', '+')}.${language}`, document, code })
      kept = kept.map(() => '')
    }
    if (opened) language = opened
    if (part !== 'prose' && !opened && line !== '-->' && line !== '```') kept.push(line)
    else kept.push('')
    if (opened) part = 'code'
    else if (line === '<!-- given') part = 'given'
    else if (line === '-->' || line === '```') part = 'prose'
  }
  return found
}

/** What the compiler says about the snippets, each with its document and line. */
function errorsIn(snippets: readonly Snippet[]): string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  Object.assign(options, { allowJs: true, checkJs: true, moduleDetection: ts.ModuleDetectionKind.Force })
  // The snippets for the 3.x line find it where the tests do.
  options.paths!['@opentelemetry/sdk-trace'] = ['./e2e/otel-3/node_modules/@opentelemetry/sdk-trace']
  const byFile = new Map(snippets.map((snippet) => [snippet.file, snippet]))
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (file) => byFile.has(file) || fileExists(file)
  host.getSourceFile = (file, version, ...rest) => {
    const snippet = byFile.get(file)
    return snippet
      ? ts.createSourceFile(file, snippet.code, version, true)
      : getSourceFile(file, version, ...rest)
  }
  const program = ts.createProgram([...byFile.keys()], options, host)
  return [...byFile.values()].flatMap(({ file, document }) => {
    const source = program.getSourceFile(file)!
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start, messageText }) =>
        `${document}:${source.getLineAndCharacterOfPosition(start!).line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
  })
}

it('every example compiles, and one that does not would be named', () => {
  const wrong = snippetsOf(
    'wrong.md',
    "# Wrong\n<!-- given\nimport { checkout } from './journeys'\n-->\n\n```ts\ncheckout.convert\n```\n",
  )
  const snippets = documents.flatMap((path) => snippetsOf(path, readFileSync(`${root}${path}`, 'utf8')))
  for (const some of ['README.md', 'packages/react/README.md', 'packages/node/src/handover.ts'])
    expect(snippets.map(({ document }) => document)).toContain(some)
  expect(errorsIn([...snippets, ...wrong])).toEqual([
    expect.stringMatching(/^wrong\.md:7: Property 'convert' does not exist/),
  ])
}, 120_000)
