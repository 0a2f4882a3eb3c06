// What a request costs a server with Throughline, against the same with OpenTelemetry alone: CPU time of the server,
// in turns.
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { uuidv7 } from '@throughline/core'
import type { Service } from '../scripts/processes.ts'
import { startService } from '../scripts/processes.ts'
import type { Measurement } from './run.ts'

const REQUESTS = 1500
const TURNS = 15
const agent = new Agent({ keepAlive: true, maxSockets: 8 })

function ask(url: string, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
}

/** Headers of a browser on a step of a fresh run. */
function headersOfRun() {
  const run = uuidv7(Date.now(), (size) => crypto.getRandomValues(new Uint8Array(size)))
  const id = run.replaceAll('-', '')
  const members = {
    ...{ 'journey.name': 'checkout', 'journey.version': '1', 'run.id': run, 'step.name': 'payment' },
    ...{ 'step.index': 1, 'step.attempt': 1, 'visit.id': id, 'visit.index': 2 },
  }
  const baggage = Object.entries(members).map(([key, value]) => `throughline.${key}=${value}`)
  return { baggage: baggage.join(), traceparent: `00-${id}-${id.slice(16)}-01` }
}

/** CPU time of a request, in µs. */
async function cpuOf({ url }: Service): Promise<number> {
  const before = Number(await ask(`${url}/cpu`))
  for (let sent = 0; sent < REQUESTS; sent += 8)
    await Promise.all(Array.from({ length: 8 }, () => ask(url, headersOfRun())))
  return (Number(await ask(`${url}/cpu`)) - before) / REQUESTS
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!

export async function run(): Promise<Measurement[]> {
  const folder = fileURLToPath(new URL('./node/', import.meta.url))
  const args = ['--import', `${folder}telemetry.ts`, `${folder}server.ts`]
  const profile = process.env.CPU_PROF ? ['--cpu-prof', `--cpu-prof-dir=${process.env.CPU_PROF}`] : []
  const servers = await Promise.all(
    ['0', '1'].map((ours) => startService('server', [...profile, ...args], { env: { THROUGHLINE: ours } })),
  )
  const [plain, ours] = servers as [Service, Service]
  try {
    for (let warm = 0; warm < 2; warm++) for (const server of servers) await cpuOf(server)
    const pairs: [number, number][] = []
    for (let turn = 0; turn < TURNS; turn++) pairs.push([await cpuOf(plain), await cpuOf(ours)])
    const ratio = median(pairs.map(([without, withUs]) => withUs / without))
    const [without, withUs] = [0, 1].map((at) => median(pairs.map((pair) => pair[at]!)).toFixed(0))
    return [
      {
        measure: `a request with Throughline (${withUs} µs) / OpenTelemetry alone (${without} µs)`,
        value: `${ratio.toFixed(2)}×`,
        target: '≤ 1.1×',
        met: ratio <= 1.1,
      },
    ]
  } finally {
    agent.destroy()
    await Promise.all(servers.map((server) => server.stop()))
  }
}

if (import.meta.main) console.table(await run())
