import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Engine } from '@throughline/analysis'
import { openEngine } from '@throughline/analysis'
import { journeys } from '../../examples/shop/journeys.ts'
import type { Service } from '../../scripts/processes.ts'
import { startService } from '../../scripts/processes.ts'
import { shopFolder, startDev } from '../../scripts/shop.ts'
import { createSchema, startBridge, tablesOf } from '../collector/bridge-process.ts'
import type { Gateway } from '../collector/gateway.ts'
import { freePort, startGateway } from '../collector/gateway.ts'
import type { Disk } from './disk.ts'
import { smallDisk } from './disk.ts'
import type { Random } from './random.ts'
import { randomOf } from './random.ts'
import type { Outcome } from './tally.ts'
import { accounted, counter, storedEvents } from './tally.ts'
import { sendVisitors } from './visitors.ts'

/** What a shop's telemetry goes to. */
interface Backend {
  readonly publicUrl: string
  readonly internalUrl: string
  /** What can happen to it. */
  readonly harms: Readonly<Record<string, (random: Random) => Promise<void>>>
  engine(): Promise<Engine>
  stop(): Promise<void>
}

/** For what waits to be stored, once nothing is harmed any more, ms. */
const LONGEST_DRAIN = 180_000
/** What was written less than this before a kill (ms) may not have been on disk. */
const JUST_NOW = 5000
/** A keep file that could not be written is written anew within this (ms). */
const MENDED = 20_000

/** The events in a keep file. A line that was cut off as the disk was full holds none, though an id may stand in it. */
function onDisk(keep: string): Set<string> {
  const lines = existsSync(keep) ? readFileSync(keep, 'utf8').split('\n') : []
  return new Set(
    lines.flatMap((line) => {
      try {
        const { add } = JSON.parse(line.slice(line.indexOf('{')))
        return add ? [add.attributes['throughline.event.id'] as string] : []
      } catch {
        return []
      }
    }),
  )
}

async function kill({ child }: Pick<Service, 'child'>) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Tries until it works: a disk that is full lets nothing start. */
async function insist<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++)
    try {
      return await start()
    } catch (error) {
      if (tries > 100) throw error
      await sleep(500)
    }
}

async function devBackend(disk: Disk, full: (isFull: boolean) => void): Promise<Backend> {
  const data = join(disk.folder, 'data')
  let dev = await startDev({ port: 0, data })
  // What was sent there goes on being sent there.
  const port = Number(new URL(dev.url).port)
  return {
    publicUrl: dev.url,
    internalUrl: dev.url,
    harms: {
      async '`dev` killed'(random) {
        await kill(dev)
        await sleep(random.between(0, 3000))
        dev = await insist(() => startDev({ port, data }))
      },
      ...(disk.fill && {
        async 'disk full'(random: Random) {
          full(true)
          disk.fill!()
          await sleep(random.between(1000, 8000))
          if (random.next() < 0.3) await kill(dev)
          disk.free()
          full(false)
          if (dev.child.exitCode !== null || dev.child.signalCode !== null)
            dev = await insist(() => startDev({ port, data }))
        },
      }),
    },
    engine: () => openEngine({ folder: data }),
    stop: () => dev.stop(),
  }
}

async function gatewayBackend(
  collector: string,
  disk: Disk,
  rest: string,
  full: (isFull: boolean) => void,
): Promise<Backend> {
  const clickhouse = join(rest, 'clickhouse')
  let bridge = await startBridge(clickhouse)
  await createSchema(bridge)
  const port = Number(new URL(bridge.url).port)
  const [open, internal] = [await freePort(), await freePort()]
  const env = {
    THROUGHLINE_PUBLIC_ENDPOINT: `127.0.0.1:${open}`,
    THROUGHLINE_INTERNAL_HTTP_ENDPOINT: `127.0.0.1:${internal}`,
    THROUGHLINE_QUEUE_BYTES: '4000000',
  }
  // On a disk of its own, as collector-config/README.md has it: on a full one the queue drops what it has answered. It
  // is full by itself instead, while ClickHouse is away.
  const queue = join(rest, 'queue')
  const start = () => startGateway(collector, queue, bridge.url, env)
  let gateway: Gateway = await start()
  return {
    publicUrl: `http://127.0.0.1:${open}`,
    internalUrl: `http://127.0.0.1:${internal}`,
    harms: {
      async 'collector killed'(random) {
        await kill(gateway)
        await sleep(random.between(0, 3000))
        gateway = await insist(start)
      },
      async 'ClickHouse away'(random) {
        await bridge.stop()
        await sleep(random.between(1000, 10_000))
        if (random.next() < 0.3) {
          await kill(gateway)
          gateway = await insist(start)
        }
        bridge = await insist(() => startBridge(clickhouse, port))
      },
      ...(disk.fill && {
        async 'disk full'(random: Random) {
          full(true)
          disk.fill!()
          await sleep(random.between(1000, 8000))
          if (random.next() < 0.3) await kill(gateway)
          disk.free()
          full(false)
          if (gateway.child.exitCode !== null || gateway.child.signalCode !== null)
            gateway = await insist(start)
        },
      }),
    },
    engine: () => openEngine({ url: tablesOf(bridge) }),
    async stop() {
      await gateway.stop()
      await bridge.stop()
    },
  }
}

export interface ServersOptions {
  /** The collector's binary, for a gateway before ClickHouse; `throughline dev` if left out. */
  readonly collector?: string
  readonly seed: number
  /** How long they are harmed, ms; then what waits may arrive. */
  readonly duration: number
}

/**
 * Sends visitors through the shop while its server, what its telemetry goes to and their disk are harmed, and compares
 * what was emitted with what is stored and with the accounting.
 */
export async function soakServers({ collector, seed, duration }: ServersOptions): Promise<Outcome> {
  const random = randomOf(seed)
  const { counts, add } = counter()
  const disk = smallDisk(384)
  if (!disk.fill) console.log('no disk is filled: this user may not mount one')
  const rest = smallDisk(1024)
  const truth = join(rest.folder, 'truth')
  writeFileSync(truth, '')
  const keep = join(disk.folder, 'outcomes')
  let fullUntil = 0
  const full = (isFull: boolean) => {
    fullUntil = isFull ? Number.POSITIVE_INFINITY : Date.now()
  }
  const stops: (() => Promise<void>)[] = []
  try {
    const backend = collector
      ? await gatewayBackend(collector, disk, rest.folder, full)
      : await devBackend(disk, full)
    stops.push(backend.stop)
    const payment = await startService('payment gateway', ['gateway/main.ts'], { cwd: shopFolder })
    stops.push(payment.stop)
    const telemetry = fileURLToPath(new URL('server-telemetry.ts', import.meta.url))
    const startShop = (port = '0') =>
      startService('shop', ['--import', telemetry, 'server/main.ts'], {
        cwd: shopFolder,
        env: {
          OTEL_SERVICE_NAME: 'shop',
          OTEL_EXPORTER_OTLP_ENDPOINT: backend.internalUrl,
          PORT: port,
          GATEWAY_URL: payment.url,
          BROWSER_OTLP: backend.publicUrl,
          SOAK_TRUTH: truth,
          SOAK_KEEP: keep,
        },
      })
    let shop = await startShop()
    stops.push(() => shop.stop())

    const recorded = () =>
      readFileSync(truth, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [id: string, at: string])
    /** Events that were not on disk when their process was killed, and whether they need not have been. */
    const inMemory = new Map<string, boolean>()
    let before = 0
    const harms: Backend['harms'] = {
      ...backend.harms,
      async 'server killed'(random) {
        await kill(shop)
        const now = Date.now()
        const kept = onDisk(keep)
        const all = recorded()
        for (const [id, at] of all.slice(before))
          if (!kept.has(id)) inMemory.set(id, now - Number(at) < JUST_NOW || now - fullUntil < MENDED)
        before = all.length
        await sleep(random.between(0, 1000))
        shop = await insist(() => startShop(new URL(shop.url).port))
      },
    }
    const until = Date.now() + duration
    const isOver = () => Date.now() >= until
    const emitted = new Set<string>()
    const harm = async (random: Random) => {
      for (await sleep(random.between(500, 3000)); !isOver(); await sleep(random.between(1000, 6000))) {
        const what = random.pick(Object.keys(harms))
        add(what)
        await harms[what]!(random)
      }
    }
    const [visitors] = await Promise.all([
      sendVisitors(
        { shop: shop.url, otlp: backend.publicUrl, seed: `soak-${seed}`, random: random.fork() },
        (id) => emitted.add(id),
        isOver,
      ),
      harm(random.fork()),
    ])
    add('visitors', visitors.came)
    add('visitors who left as the shop was killed', visitors.gaveUp)
    // What is in the keep file leaves with the process.
    await shop.stop()
    const engine = await backend.engine()
    try {
      const ofServers = new Set(recorded().map(([id]) => id))
      const all = new Set([...emitted, ...ofServers])
      const isExcused = (id: string) => inMemory.get(id) === true
      let stored = new Set<string>()
      for (const end = Date.now() + LONGEST_DRAIN; Date.now() < end; await sleep(1000)) {
        stored = new Set((await storedEvents(engine)).map(({ id }) => id))
        if ([...all].every((id) => stored.has(id) || isExcused(id))) break
      }
      const delivery = await accounted(engine, journeys)
      const lost = [...all].filter((id) => !stored.has(id))
      const excused = lost.filter(isExcused)
      const figures = delivery.refused + delivery.dropped + delivery.pending + delivery.unaccounted
      const differences = lost
        .filter((id) => !isExcused(id))
        .map((id) => `${id} of ${ofServers.has(id) ? 'a server' : 'a visitor'} is not stored`)
      for (const id of stored) if (!all.has(id)) differences.push(`${id} is stored, but nobody emitted it`)
      return {
        title: collector ? 'Shop, gateway and ClickHouse' : 'Shop and `throughline dev`',
        seed,
        done: counts,
        rows: {
          'emitted by visitors, counted outside': emitted.size,
          'emitted by servers, counted outside': ofServers.size,
          'stored, counted outside': stored.size,
          'not stored, in memory alone as the server was killed': excused.length,
          'accounting: emitted (servers: as of the last account)': delivery.emitted,
          'accounting: stored': delivery.delivered,
          'accounting: refused': delivery.refused,
          'accounting: dropped': delivery.dropped,
          'accounting: on the way': delivery.pending,
          'accounting: no final account': delivery.unaccounted,
          'emitted outside - stored - other figures - in memory alone':
            all.size - stored.size - Math.min(figures, lost.length) - Math.max(0, excused.length - figures),
        },
        differences,
      }
    } finally {
      await engine.close()
    }
  } finally {
    for (const stop of stops.reverse()) await stop().catch(() => {})
    rmSync(truth, { force: true })
    disk.remove()
    rest.remove()
  }
}
