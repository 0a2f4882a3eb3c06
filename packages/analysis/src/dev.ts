import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Advice } from './advice'
import type { Definitions } from './config'
import type { Engine } from './engine'
import { removeDevAddress, writeDevAddress } from './engines/dev-address'
import { afterJournal, openJournal } from './engines/journal'
import { openStore } from './open-engine'
import { isLoopback } from './receiver/host'
import { openPool } from './receiver/pool'
import { createReceiver } from './receiver/receiver'
import { createRoutes } from './routes'

/** How `startDev` serves. */
export interface DevOptions {
  /** 0 takes any free one. */
  readonly port: number
  readonly host: string
  /** The folder that keeps the data; created when it is missing. */
  readonly data: string
  /** What the live page reports on. */
  readonly definitions: Definitions
  /** ms since the epoch; what is sent is too old or too new as of then, and not as of now. */
  readonly asOf?: number | undefined
}

/** A running receiver with its database and live page. */
export interface Dev {
  /** Such as `http://127.0.0.1:4318`: where OTLP goes, and the live page. */
  readonly url: string
  readonly engine: Engine
  /** Stores what was taken, then lets go of port and folder. */
  close(): Promise<void>
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const taken = `port ${port} is taken: stop what uses it, or choose another with --port ${port + 1}`
      const denied = `port ${port} may not be listened on: choose one above 1023 with --port`
      const unknown = `${host} is no address of this machine: choose another with --host`
      const known: Record<string, string> = {
        EADDRINUSE: taken,
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

/**
 * Starts the embedded database, the OTLP receiver (`/v1/traces`, `/v1/logs`) and the live page (`/`).
 *
 * @throws Advice when the port is taken, or another process holds the folder
 */
export async function startDev({ port, host, data, definitions, asOf }: DevOptions): Promise<Dev> {
  const token = randomBytes(24).toString('base64url')
  const server = createServer({ requestTimeout: 60_000 })
  // The port comes first: it is what is taken most often, and asking for it costs nothing.
  const address = await listen(server, port, host)
  const shown = isLoopback(host) ? host : '127.0.0.1'
  const url = `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`
  const store = await openStore(data).catch(async (error) => {
    await close(server)
    throw error
  })
  const journal = openJournal(store, data)
  const pool = openPool()
  const receiver = createReceiver(journal, pool, asOf)
  const engine = afterJournal(store, journal)

  server.on('request', createRoutes({ engine, definitions, receiver, host, url, token }))
  writeDevAddress(data, { url, token, pid: process.pid })

  return {
    url,
    engine,
    async close() {
      removeDevAddress(data)
      const closed = close(server)
      // A connection that is kept alive, or a client that never finishes, must not keep us.
      const hurry = setTimeout(() => server.closeAllConnections(), 2000)
      await closed
      clearTimeout(hurry)
      await pool.close()
      await journal.flush()
      await store.close()
    },
  }
}
