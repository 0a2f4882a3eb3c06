import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startPrometheus as startProgram } from '../backends/programs.ts'

export interface Prometheus {
  /** The value of a query's only series, now; undefined when there is none. */
  ask(query: string): Promise<number | undefined>
  stop(): Promise<void>
}

/** Starts a Prometheus that reads `metrics` each second. */
export async function startPrometheus(folder: string, metrics: string): Promise<Prometheus> {
  const { host, pathname } = new URL(metrics)
  const own = join(folder, 'prometheus')
  mkdirSync(own)
  const gateway = {
    job_name: 'gateway',
    honor_labels: true,
    metrics_path: pathname,
    static_configs: [{ targets: [host] }],
  }
  // JSON is YAML.
  const { url, stop } = await startProgram(own, `scrape_configs: ${JSON.stringify([gateway])}`)
  return {
    async ask(query) {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`)
      const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
      const [one, ...others] = data.result
      if (others.length > 0) throw new Error(`"${query}" has ${data.result.length} series`)
      return one && Number(one.value[1])
    },
    stop,
  }
}
