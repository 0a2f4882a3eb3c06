// Everything that can be said about the code without running it, one line each; stops at nothing, fails at the end.
import { spawnSync } from 'node:child_process'

const packages = ['core', 'react', 'node', 'analysis']

const checks: [what: string, command: string][] = [
  ['lint and format', 'biome check --error-on-warnings .'],
  ['types', 'tsc -p .'],
  ['generated docs', 'node scripts/attributes-doc.ts --check'],
  ['JSON Schema of a result', 'node scripts/result-schema.ts --check'],
  ['API as in docs/reference', 'node scripts/reference.ts --check'],
  ...packages.flatMap((name): [string, string][] => [
    [`publint: ${name}`, `publint packages/${name} --strict`],
    [
      `types for every consumer: ${name}`,
      `attw --pack packages/${name} --profile node16 --exclude-entrypoints script package.json result.schema.json`,
    ],
  ]),
  ['release, as a dry run', 'node scripts/release.ts --dry-run'],
  ['packed, installed elsewhere, run as ESM and CJS', 'node scripts/check-consumers.ts'],
]

let failed = 0
for (const [what, command] of checks) {
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${what}`)
  if (status === 0) continue
  failed++
  console.log(`${stdout}${stderr}`.trimEnd().replace(/^/gm, '       '))
  console.log(`       → ${command}`)
}
if (failed > 0) process.exit(1)
