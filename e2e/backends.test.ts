import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { gatewayConfig } from './collector/gateway.ts'

// The collector itself loads what each page on a backend says to put beside the gateway's configuration.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const folder = mkdtempSync(join(tmpdir(), 'throughline-backends-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const backends = fileURLToPath(new URL('../docs/backends/', import.meta.url))
const read = (page: string) => readFileSync(backends + page, 'utf8')
/** The first block of YAML that begins so. */
const block = (text: string, start: string) =>
  [...text.matchAll(/```yaml\n([^`]*)```/g)].map(([, yaml]) => yaml!).find((yaml) => yaml.startsWith(start))

const service = block(read('README.md'), 'service:')!
const pages = globSync('*.md', { cwd: backends })
  .map((page) => ({ page, exporters: block(read(page), 'exporters:') }))
  .filter(({ exporters }) => exporters?.includes('otlp_http/backend'))

async function validate(name: string, yaml: string) {
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, yaml)
  // Endpoints that are taken from the environment must be some address; the rest may be anything.
  const variables = [...yaml.matchAll(/\$\{env:(\w+)\}/g)].map(([, variable]) => [
    variable!,
    'https://backend.example',
  ])
  const env = { PATH: process.env.PATH, ...Object.fromEntries(variables) }
  return promisify(execFile)(collector!, ['validate', '--config', gatewayConfig, '--config', file], { env })
}

it.skipIf(!collector)('loads what each page says', async () => {
  expect(pages.length).toBeGreaterThanOrEqual(10)
  for (const { page, exporters } of pages)
    await expect(validate(page, `${exporters}\n${service}`), page).resolves.toBeDefined()
  await expect(
    validate('wrong', `exporters: { otlp_http/backend: { endpiont: x } }\n${service}`),
  ).rejects.toThrow('endpoint must be specified')
})
