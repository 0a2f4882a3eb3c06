import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeAlerts } from '../scripts/shop.ts'
import { hasProgram } from './collector/programs.ts'

// The rules that `throughline alerts` makes of the shop's definitions, in Prometheus' own hands. Its dashboards are
// asked in truth.test.ts (ClickHouse) and backends.slow.test.ts (Prometheus).

const isTherePromtool = hasProgram('promtool')
if (!isTherePromtool) {
  const why = 'there is no promtool in the PATH (Debian: apt-get install prometheus)'
  if (process.env.CI && process.platform === 'linux') throw new Error(why)
  console.log(`skipped the tests of the alerts: ${why}`)
}

const PLAYED = ['minutes.yaml', 'days.yaml']
const played = (name: string) => fileURLToPath(new URL(`./alerts/${name}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'throughline-alerts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const promtool = async (...args: string[]) => {
  const { stdout } = await promisify(execFile)('promtool', args, { cwd: folder })
  return stdout
}

describe.skipIf(!isTherePromtool)("the alerts for the shop's journeys", () => {
  beforeAll(async () => {
    await writeAlerts(folder)
    for (const name of PLAYED) copyFileSync(played(name), join(folder, name))
  })

  it('are rules that Prometheus reads', async () => {
    expect(await promtool('check', 'rules', 'rules.yaml')).toContain('SUCCESS')
  })

  it('fire where they have to, and nowhere else', async () => {
    expect(await promtool('test', 'rules', ...PLAYED)).toContain('SUCCESS')
  })

  it('are each played both ways', () => {
    const text = PLAYED.map((name) => readFileSync(played(name), 'utf8')).join('\n')
    const alerts = [...readFileSync(join(folder, 'rules.yaml'), 'utf8').matchAll(/alert: (\w+)/g)].map(
      ([, name]) => name!,
    )
    expect(alerts).toHaveLength(7)
    for (const alert of alerts) {
      expect(text, alert).toMatch(new RegExp(`alertname: ${alert}, exp_alerts: \\[\\]`))
      expect(text, alert).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n +- exp_labels`))
    }
  })
})
