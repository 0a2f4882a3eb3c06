import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Serves on loopback, on `$PORT` or any free port, until the process is told to stop. Who started the process reads
 * the address from the first line of its output.
 */
export function listen(app: RequestListener, name: string): void {
  const port = Number(process.env.PORT ?? 0)
  const server = createServer({ keepAliveTimeout: 30_000 }, app)
  server.on('error', (error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE'
    console.error(taken ? `${name}: port ${port} is taken; set PORT to another` : `${name}: ${error.message}`)
    process.exit(1)
  })
  server.listen(port, '127.0.0.1', () => {
    console.log(`${name} on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      server.close()
      server.closeAllConnections()
    })
}
