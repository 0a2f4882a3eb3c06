// Writes docs/attributes.md from packages/core/src/attributes.ts, where every name has its row in a comment.
// `--check` fails when the page is out of date instead.
import { readFileSync, writeFileSync } from 'node:fs'

const SOURCE = 'packages/core/src/attributes.ts'
const PAGE = 'docs/attributes.md'

const source = readFileSync(SOURCE, 'utf8')
const lines = [
  '# Attributes',
  '',
  `Every name that Throughline puts on the wire. Generated from \`${SOURCE}\` by \`npm run docs\`; do not edit.`,
  '',
  "Baggage uses the keys of the context. Another language's baggage span processor takes those that match",
  '`^throughline\\.(journey|run\\.id|step|visit|hypothesis)`, and no others: anyone can send baggage. What an event says (`throughline.event.…`,',
  '`throughline.conversion.…`, `throughline.run.outcome`, `throughline.run.outcome_at`, `throughline.run.end_reason`) is believed on event spans alone;',
  'receivers drop it from all other spans, and from log records.',
]
for (const [, heading, comment, , name] of source.matchAll(
  /^ *\/\/ --- (.+)$|^ *\/\*\*\s((?:(?!\*\/)[\s\S])+)\*\/\n *(\w+) = '(.+)',$/gm,
)) {
  if (heading)
    lines.push(
      '',
      `## ${heading.split(':')[0]!.replace(/\.$/, '')}`,
      '',
      '| Name | What it holds |',
      '| --- | --- |',
    )
  else {
    const text = comment!
      .replace(/^ *\* /gm, ' ')
      .replace(/\s+/g, ' ')
      .trim()
    lines.push(`| \`${name}${name!.endsWith('.') ? '…' : ''}\` | ${text} |`)
  }
}
const page = `${lines.join('\n')}\n`

if (process.argv.includes('--check')) {
  if (readFileSync(PAGE, 'utf8') !== page) {
    console.error(`${PAGE} is out of date: run "npm run docs"`)
    process.exit(1)
  }
} else writeFileSync(PAGE, page)
