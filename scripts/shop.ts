import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { journeys } from '../examples/shop/journeys.ts'
import type { Service } from './processes.ts'
import { runCommand, startService } from './processes.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
export const shopFolder = `${root}examples/shop`

/** Bundles the shop's pages, unless nothing that goes into them has changed. */
export async function buildShop(): Promise<void> {
  const built = `${shopFolder}/dist/index.html`
  const sources = globSync([
    `${shopFolder}/{index.html,*.ts,shared/*,web/**/*}`,
    `${root}packages/{core,react}/dist/**/*.js`,
  ])
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs))
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  // A process of its own: who builds may run in another mode (a test does), and would get React's development build.
  const vite = fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')))
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: shopFolder,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error("the shop's pages could not be built; see above")
}

/** The shop with its payment gateway, each a process of its own. */
export async function startShop(options: {
  /** Where telemetry goes. */
  readonly otlp: string
  /** 0 for any free one. */
  readonly port: number
}): Promise<Service> {
  const start = (name: string, entry: string, env: Record<string, string>) =>
    startService(name, ['--import', './server/telemetry.ts', entry], {
      cwd: shopFolder,
      env: { OTEL_SERVICE_NAME: name, OTEL_EXPORTER_OTLP_ENDPOINT: options.otlp, ...env },
    })
  const gateway = await start('payment-gateway', 'gateway/main.ts', { PORT: '0' })
  try {
    const shop = await start('shop', 'server/main.ts', {
      PORT: String(options.port),
      GATEWAY_URL: gateway.url,
      BROWSER_OTLP: options.otlp,
    })
    return {
      ...shop,
      async stop() {
        await shop.stop()
        await gateway.stop()
      },
    }
  } catch (error) {
    await gateway.stop()
    throw error
  }
}

const command = `${root}packages/analysis/dist/cli.js`
const config = `${shopFolder}/throughline.config.ts`

/** `throughline dev`, for the shop's journeys unless another file declares some. */
export const startDev = (options: {
  readonly port: number
  readonly data: string
  readonly config?: string
  /** Limits of age are judged as of then, for a recording. */
  readonly asOf?: string
}): Promise<Service> =>
  startService('throughline dev', [
    ...[command, 'dev', '--port', String(options.port), '--data', options.data],
    ...['--config', options.config ?? config],
    ...(options.asOf === undefined ? [] : ['--as-of', options.asOf]),
  ])

/** `throughline report`, on this terminal, as of when none of those who were here can still convert. */
export async function reportShop(data: string): Promise<void> {
  const until = new Date(Date.now() + 2 * Math.max(...journeys.map(({ within }) => within))).toISOString()
  const args = [command, 'report', '--data', data, '--config', config, '--until', until]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('the report failed; see above')
}

/** `throughline alerts`: the rules and dashboards for the shop's journeys, in a folder. */
export const writeAlerts = (folder: string): Promise<void> =>
  runCommand(process.execPath, [command, 'alerts', '--config', config, '--out', folder])
