import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stop } from '../../scripts/processes.ts'

const at = (name: string) => fileURLToPath(new URL(`../../collector-config/${name}`, import.meta.url))
export const gatewayConfig = at('gateway.yaml')
export const anyBackendConfig = at('any-backend.yaml')
export const agentConfig = at('agent.yaml')

/** A running collector with the configuration of `collector-config/gateway.yaml`. */
export interface Gateway {
  /** Where browsers send. */
  readonly publicUrl: string
  /** Where back ends send. */
  readonly internalUrl: string
  readonly internalGrpcUrl: string
  readonly metricsUrl: string
  /** The collector's own metrics. */
  readonly telemetryUrl: string
  readonly child: ChildProcess
  /** Hands out what the queue holds, unless ClickHouse is away, and ends. */
  stop(): Promise<void>
  /** Ends at once, as `kill -9` does. */
  kill(): Promise<void>
}

/** A port that was free a moment ago: the collector does not say which one it took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Starts the collector and waits until it is healthy.
 *
 * @param queue the folder of its persistent queue
 * @param clickhouse where ClickHouse's HTTP interface is
 * @param env more of its environment
 * @param more further configurations, which are merged into the first
 * @param first the first one
 */
export async function startGateway(
  collector: string,
  queue: string,
  clickhouse: string,
  env: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
  first = gatewayConfig,
): Promise<Gateway> {
  const ports = [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()]
  const [open, internal, grpc, metrics, health] = ports.map((port) => `127.0.0.1:${port}`)
  const telemetry = await freePort()
  const child = spawn(
    collector,
    [first, ...more].flatMap((file) => ['--config', file]),
    {
      env: {
        PATH: process.env.PATH,
        THROUGHLINE_PUBLIC_ENDPOINT: open,
        THROUGHLINE_INTERNAL_HTTP_ENDPOINT: internal,
        THROUGHLINE_INTERNAL_GRPC_ENDPOINT: grpc,
        THROUGHLINE_METRICS_ENDPOINT: metrics,
        THROUGHLINE_HEALTH_ENDPOINT: health,
        THROUGHLINE_TELEMETRY_PORT: String(telemetry),
        THROUGHLINE_QUEUE_FOLDER: queue,
        THROUGHLINE_FLUSH_TIMEOUT: '100ms',
        CLICKHOUSE_ENDPOINT: `${clickhouse}?compress=none`,
        CLICKHOUSE_DATABASE: 'throughline',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let log = ''
  child.stderr.on('data', (chunk) => {
    log = `${log}${chunk}`.slice(-4000)
  })
  for (;;) {
    const healthy = await fetch(`http://${health}/`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (healthy) break
    if (child.exitCode !== null) throw new Error(`the collector ended:\n${log}`)
    await sleep(50)
  }
  return {
    publicUrl: `http://${open}`,
    internalUrl: `http://${internal}`,
    internalGrpcUrl: `http://${grpc}`,
    metricsUrl: `http://${metrics}/metrics`,
    telemetryUrl: `http://127.0.0.1:${telemetry}/metrics`,
    child,
    stop: () => stop(child),
    async kill() {
      child.kill('SIGKILL')
      if (child.signalCode === null) await once(child, 'exit')
    },
  }
}
