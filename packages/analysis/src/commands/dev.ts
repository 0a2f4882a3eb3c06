import { Advice } from '../advice'
import { loadConfig } from '../config'
import { startDev } from '../dev'
import { moment } from '../selection'

export interface DevFlags {
  readonly port: string | number
  readonly host: string
  readonly data: string
  readonly config: string
  readonly asOf?: string | number
}

/** `throughline dev`: serves until it is told to stop. */
export async function dev({ port, host, data, config, asOf }: DevFlags): Promise<void> {
  const number = Number(port)
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new Advice(`--port is "${port}"; give a whole number from 0 to 65535`)
  const definitions = await loadConfig(config)
  const present = asOf === undefined ? undefined : moment(String(asOf), '--as-of', new Date()).getTime()
  const { url, close } = await startDev({ port: number, host, data, definitions, asOf: present })
  console.log(`throughline: OTLP at ${url}/v1/traces and /v1/logs, live page at ${url}/, data in ${data}`)
  await new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  })
  await close()
}
