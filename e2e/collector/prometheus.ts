import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stop } from '../../scripts/processes.ts'
import { freePort } from './gateway.ts'

export interface Prometheus {
  /** The value of a query's only series, now; undefined when there is none. */
  ask(query: string): Promise<number | undefined>
  stop(): Promise<void>
}

/** Starts the Prometheus that is in the PATH, which reads `metrics` each second. */
export async function startPrometheus(folder: string, metrics: string): Promise<Prometheus> {
  const { host, pathname } = new URL(metrics)
  const address = `127.0.0.1:${await freePort()}`
  const file = join(folder, 'prometheus.json')
  // JSON is YAML.
  const gateway = {
    job_name: 'gateway',
    honor_labels: true,
    metrics_path: pathname,
    static_configs: [{ targets: [host] }],
  }
  writeFileSync(
    file,
    JSON.stringify({ global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: [gateway] }),
  )
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  child.stderr.on('data', (chunk) => {
    log = `${log}${chunk}`.slice(-4000)
  })
  const isReady = () =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended:\n${log}`)
    await sleep(50)
  }
  return {
    async ask(query) {
      const response = await fetch(`http://${address}/api/v1/query?${new URLSearchParams({ query })}`)
      const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
      const [one, ...others] = data.result
      if (others.length > 0) throw new Error(`"${query}" has ${data.result.length} series`)
      return one && Number(one.value[1])
    },
    stop: () => stop(child),
  }
}
