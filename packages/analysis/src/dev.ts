import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Advice } from './advice'
import type { Selection } from './ask/selection'
import type { Definitions } from './config'
import { defaultDataFolders } from './data-folder'
import type { Engine, Store } from './engine'
import { forget } from './forget'
import { keepDays } from './keep'
import { alreadyServed, holdFolder } from './open-engine'
import { isLoopback } from './receive/host'
import { openPool } from './receive/pool'
import { createReceiver } from './receive/receive'
import { createGuard } from './receive/tokens'
import { createRoutes } from './routes'
import { applySchema } from './schema'
import { readDevAddress, removeDevAddress, runningDev, writeDevAddress } from './store/dev-address'
import { afterJournal, openJournal } from './store/journal'

/** How `startDev` serves. */
export interface DevOptions {
  /** 0 takes any free one. */
  readonly port: number
  /** The address to listen on. Beyond loopback, readers, and servers that send, have to show the token. */
  readonly host: string
  /** Further names that requests may have in their Host header, such as `host.docker.internal`. */
  readonly hosts?: readonly string[]
  /** Origins whose pages may send, besides those of this machine: `https://shop.test`. */
  readonly origins?: readonly string[]
  /** The token when `host` is beyond loopback; a random one if left out. */
  readonly token?: string | undefined
  /** The folder that keeps the data; created when it is missing. */
  readonly data: string
  /** For how many days data are kept; for ever if left out. */
  readonly keep?: number | undefined
  /** What the live page reports on. */
  readonly definitions: Definitions
  /** ms since the epoch; what is sent is too old or too new as of then, and not as of now. */
  readonly asOf?: number | undefined
  /** What the live page shows where its address says nothing else. */
  readonly shown?: Pick<Selection, 'timezone' | 'synthetic'>
  /** Ends the start while it waits for another process that holds the folder. */
  readonly signal?: AbortSignal | undefined
}

/** A running receiver with its database and live page. */
export interface Dev {
  /** Such as `http://127.0.0.1:4318`: where OTLP goes, and the live page. */
  readonly url: string
  readonly engine: Engine
  /** What readers, and servers that send, have to show; undefined if only this machine's users can connect. */
  readonly token: string | undefined
  /** Counts what has arrived, or was erased: as long as it stays, so do the answers of `engine`. */
  changes(): number
  /** The live page reports on these from now on. */
  redefine(definitions: Definitions): void
  /** Stores what was taken, then lets go of port and folder. */
  close(): Promise<void>
}

/** Says who has a port, as far as it is a `dev` of this user. */
async function takenText(port: number, data: string): Promise<string> {
  const another = `choose another with --port ${port + 1}`
  for (const folder of [data, ...defaultDataFolders()]) {
    const left = readDevAddress(folder)
    const dev = left?.url.endsWith(`:${port}`) ? await runningDev(folder) : undefined
    if (!dev) continue
    return folder === data
      ? alreadyServed(dev, folder)
      : `port ${port} is taken by "throughline dev" (process ${dev.pid}) with its data in ${folder}: stop it with "kill ${dev.pid}", or ${another}`
  }
  return `port ${port} is taken: stop what uses it ("lsof -i :${port}" names it), or ${another}`
}

function listen(server: Server, { port, host, data }: DevOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE')
        return void takenText(port, data).then((text) => reject(new Advice(text)), reject)
      const denied = `port ${port} may not be listened on: choose one above 1023 with --port`
      const unknown = `${host} is no address of this machine: choose another with --host`
      const known: Record<string, string> = {
        EACCES: denied,
        EADDRNOTAVAIL: unknown,
        ENOTFOUND: unknown,
      }
      reject(new Advice(known[code ?? ''] ?? message))
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

async function openWithSchema(data: string, signal: AbortSignal | undefined): Promise<Store> {
  const store = await holdFolder(data, signal)
  try {
    await applySchema(store)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The URL of a server for those on this machine: one that listens on every address is shown as loopback. */
function urlOf(host: string, { port, address }: AddressInfo): string {
  const shown = /^(0\.0\.0\.0|::)$/.test(address) ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}

const random = () => randomBytes(24).toString('base64url')

/**
 * Starts the embedded database, the OTLP receiver (`/v1/traces`, `/v1/logs`) and the live page (`/`).
 *
 * @throws Advice when the port is taken, or another process holds the folder
 */
export async function startDev(options: DevOptions): Promise<Dev> {
  const { host, hosts = [], origins = [], data, keep, definitions, asOf } = options
  const server = createServer({ requestTimeout: 60_000 })
  // The port comes first: it is what is taken most often, and asking for it costs nothing.
  const address = await listen(server, options)
  const url = urlOf(host, address)
  const token = isLoopback(address.address) ? undefined : (options.token ?? random())
  const guard = token === undefined ? undefined : createGuard(token, `throughline-${address.port}`)
  const commandToken = random()
  const routes = createRoutes({
    definitions,
    shown: options.shown ?? {},
    hosts: { bound: host.toLowerCase(), allowed: hosts.map((name) => name.toLowerCase()) },
    origins: origins.map((origin) => origin.toLowerCase()),
    guard,
    url,
    token: commandToken,
  })
  server.on('request', routes.handle)

  const store = await openWithSchema(data, options.signal).catch(async (error) => {
    server.closeAllConnections()
    await close(server)
    throw error
  })
  const journal = openJournal(store, data)
  const engine = afterJournal(store, journal)
  const pool = openPool()
  /** What has changed in the tables, or will once the journal is flushed. */
  let changes = 0
  const counted = <Value>(work: Promise<Value>) => work.finally(() => changes++)
  let said = false
  const isPublic = (request: IncomingMessage) => {
    if (request.headers.origin !== undefined) return true
    if (!guard || guard.isKnown(request)) return false
    if (!said)
      process.stderr.write(
        'throughline: a sender shows neither Origin nor token: what it says of a server is stored as a browser’s. For servers set OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN\n',
      )
    said = true
    return true
  }
  const stopDeleting = keep === undefined ? undefined : keepDays(store, keep, Date.now)
  void routes.serve({
    engine: { ...engine, append: (...rows) => counted(engine.append(...rows)) },
    changes: () => changes,
    receiver: createReceiver({ append: (...rows) => counted(journal.append(...rows)) }, pool, {
      isPublic,
      asOf,
    }),
    async forget(whom) {
      const reason = await journal.flush()
      if (reason) throw new Advice(`nothing was erased, since rows wait for the tables: ${reason}`)
      return counted(forget(store, whom))
    },
  })
  const devAddress = { url, token: commandToken, pid: process.pid }
  writeDevAddress(data, devAddress)

  return {
    url,
    engine,
    token,
    changes: () => changes,
    redefine: routes.redefine,
    async close() {
      removeDevAddress(data, devAddress)
      const letGo = routes.serve(undefined)
      const closed = close(server)
      // A connection that is kept alive, or a client that never finishes, must not keep us.
      const hurry = setTimeout(() => server.closeAllConnections(), 2000)
      await closed
      clearTimeout(hurry)
      await pool.close()
      await journal.close()
      await stopDeleting?.()
      await letGo
      await store.close()
    },
  }
}
