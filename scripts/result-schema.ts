// Writes the JSON Schema of a report's result from its type; with --check, fails when the file is not of this type.
import { readFileSync, writeFileSync } from 'node:fs'
import { createGenerator } from 'ts-json-schema-generator'

const FILE = 'packages/analysis/schema/result.json'

const schema = createGenerator({
  path: 'packages/analysis/src/result.ts',
  tsconfig: 'tsconfig.json',
  type: 'Result',
  // Readers of an older schema can read what has more in it.
  additionalProperties: true,
  skipTypeCheck: true,
}).createSchema('Result')

const text = `${JSON.stringify({ ...schema, title: 'A report of Throughline, as `throughline report --json` writes it' }, null, 2)}\n`

if (!process.argv.includes('--check')) writeFileSync(FILE, text)
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is not that of packages/analysis/src/result.ts: npm run docs`)
  process.exit(1)
}
