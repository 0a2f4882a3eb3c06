import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runCommand, stop } from '../../scripts/processes.ts'
import { freePort } from '../collector/gateway.ts'
import { mavenLibraries } from '../maven.ts'

export interface Broker {
  /** `host:port`, the same after a restart. */
  readonly address: string
  start(): Promise<void>
  /** Ends at once, as `kill -9` does. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const isOpen = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** Kafka with one node, on loopback, with its data in a folder; not started yet. */
export async function createBroker(folder: string): Promise<Broker> {
  mkdirSync(folder, { recursive: true })
  const libraries = await mavenLibraries('kafka', fileURLToPath(new URL('./pom.xml', import.meta.url)))
  const [port, controller] = [await freePort(), await freePort()]
  const file = join(folder, 'server.properties')
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'num.partitions': 2,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
  }
  writeFileSync(
    file,
    Object.entries(settings)
      .map((pair) => `${pair.join('=')}\n`)
      .join(''),
  )
  const java = ['-Xmx400m', '-cp', `${libraries}/*`]
  const format = ['kafka.tools.StorageTool', 'format', '--config', file, '--cluster-id']
  await runCommand('java', [...java, ...format, 'dGhyb3VnaGxpbmUtdGVzdA'])

  const begin = () => spawn('java', [...java, 'kafka.Kafka', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let child: ReturnType<typeof begin> | undefined
  return {
    address: `127.0.0.1:${port}`,
    async start() {
      const started = begin()
      child = started
      let log = ''
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (chunk) => {
          log = `${log}${chunk}`.slice(-4000)
        })
      while (!(await isOpen(port))) {
        if (started.exitCode !== null) throw new Error(`Kafka ended:\n${log}`)
        await sleep(50)
      }
    },
    async kill() {
      const killed = child!
      killed.kill('SIGKILL')
      if (killed.signalCode === null) await once(killed, 'exit')
    },
    stop: async () => child && stop(child),
  }
}
