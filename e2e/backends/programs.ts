// The backends that can be had as programs: each on loopback, on ports of its own, with its data in a folder.
import { spawn } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { keptFolder } from '../../scripts/kept.ts'
import { runCommand, stop } from '../../scripts/processes.ts'
import { freePort } from '../collector/gateway.ts'
import { hasProgram } from '../collector/programs.ts'
import { mavenLibraries } from '../maven.ts'

const JAEGER = 'github.com/jaegertracing/jaeger@v1.76.0'

export interface Program {
  /** Where it is asked. */
  readonly url: string
  stop(): Promise<void>
}

/** Its program, built first if need be (some minutes, once). */
async function buildJaeger(): Promise<string> {
  const folder = await keptFolder('jaeger', JAEGER, async (aside) => {
    await runCommand('go', ['mod', 'download', JAEGER])
    const modules = join(process.env.GOMODCACHE ?? join(process.env.HOME!, 'go', 'pkg', 'mod'), JAEGER)
    const source = join(aside, 'source')
    // The cache is read-only, and a build may have to write.
    cpSync(modules, source, { recursive: true })
    await runCommand('chmod', ['-R', 'u+w', source])
    await runCommand('go', ['build', '-o', join(aside, 'all-in-one'), './cmd/all-in-one'], { cwd: source })
  })
  return join(folder, 'all-in-one')
}

/** The one in the PATH, or Debian's package, unpacked without being installed. */
async function findPrometheus(): Promise<string> {
  if (hasProgram('prometheus')) return 'prometheus'
  const folder = await keptFolder('prometheus', 'debian', async (aside) => {
    await runCommand('sh', ['-c', 'apt-get download prometheus && dpkg -x prometheus_*.deb . && rm *.deb'], {
      cwd: aside,
    })
  })
  return join(folder, 'usr', 'bin', 'prometheus')
}

/** Runs a program until it answers at an address; throws with the end of its log when it ends before. */
async function run(command: string, args: readonly string[], url: string, ready: string): Promise<Program> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      log = `${log}${chunk}`.slice(-4000)
    })
  const answers = () =>
    fetch(ready).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`${command} ended:\n${log}`)
    await sleep(50)
  }
  return { url, stop: () => stop(child) }
}

/** Jaeger with its data in memory; `otlp` is where it takes spans. */
export async function startJaeger(): Promise<Program & { readonly otlp: string }> {
  const program = await buildJaeger()
  const local = async () => `127.0.0.1:${await freePort()}`
  const [otlp, query, admin] = [await local(), await local(), await local()]
  const ports = {
    'collector.otlp.http.host-port': otlp,
    'collector.otlp.grpc.host-port': await local(),
    'collector.http-server.host-port': await local(),
    'collector.grpc-server.host-port': await local(),
    'query.http-server.host-port': query,
    'query.grpc-server.host-port': await local(),
    'admin.http.host-port': admin,
  }
  const args = Object.entries(ports).map(([flag, value]) => `--${flag}=${value}`)
  const started = await run(
    program,
    ['--collector.otlp.enabled=true', ...args],
    `http://${query}`,
    `http://${admin}/`,
  )
  return { ...started, otlp: `http://${otlp}` }
}

/** Prometheus, which looks at its targets each second. */
export async function startPrometheus(folder: string, scrapeConfigs: string): Promise<Program> {
  const program = await findPrometheus()
  const file = join(folder, 'prometheus.yml')
  writeFileSync(file, `global: { scrape_interval: 1s }\n${scrapeConfigs}`)
  const address = `127.0.0.1:${await freePort()}`
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ]
  return run(program, args, `http://${address}`, `http://${address}/-/ready`)
}

/** OpenSearch without security, its data in a folder. */
export async function startOpenSearch(folder: string): Promise<Program> {
  const at = (name: string) => fileURLToPath(new URL(`./opensearch/${name}`, import.meta.url))
  const libraries = await mavenLibraries('opensearch', at('pom.xml'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = ['-Xmx600m', '-cp', `${libraries}/*`, at('Search.java'), folder, String(port)]
  return run('java', args, url, `${url}/_cluster/health`)
}
