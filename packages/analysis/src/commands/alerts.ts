import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Advice } from '../advice'
import { clickhouseDashboards } from '../alerts/clickhouse'
import { prometheusDashboards } from '../alerts/prometheus'
import { alertRules, unreachableTargets } from '../alerts/rules'
import { newestOfEach } from '../ask/declared'
import { loadConfig } from '../config'

export interface AlertsFlags {
  readonly config: string
  readonly out: string
}

/** `throughline alerts`: writes Prometheus' rules and Grafana's dashboards for what the definitions declare. */
export async function alerts({ config, out }: AlertsFlags): Promise<void> {
  const definitions = await loadConfig(config)
  const journeys = newestOfEach(definitions.journeys)
  const dashboards = [
    ...clickhouseDashboards({ ...definitions, journeys }),
    ...prometheusDashboards(journeys),
  ].map(([name, dashboard]) => [name, `${JSON.stringify(dashboard, null, 2)}\n`] as const)
  try {
    mkdirSync(out, { recursive: true })
    for (const [name, text] of [['rules.yaml', alertRules(journeys)] as const, ...dashboards]) {
      writeFileSync(join(out, name), text)
      console.log(join(out, name))
    }
  } catch (error) {
    throw new Advice(`cannot write to ${out}: ${(error as NodeJS.ErrnoException).code}`)
  }
  for (const place of unreachableTargets(journeys))
    process.stderr.write(
      `throughline: ${place} has a target that the counters do not reach (30 s): it gets no alert\n`,
    )
}
