import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** An OTLP request as it arrived. */
export interface Recorded {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** An OTLP endpoint that keeps what it is sent. */
export interface Recorder {
  readonly url: string
  readonly requests: readonly Recorded[]
  stop(): void
}

export async function startRecorder(): Promise<Recorder> {
  const requests: Recorded[] = []
  const server = createServer(async ({ url = '/', headers }, response) => {
    const kept = ['content-type', 'content-encoding', 'origin', 'authorization'].flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    })
    const body = new Uint8Array(await buffer(response.req))
    requests.push({ path: url, headers: Object.fromEntries(kept), body })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/**
 * Sends what was recorded once more, in the same order.
 *
 * @throws Error when a request is not taken
 */
export async function replay(requests: readonly Recorded[], url: string): Promise<void> {
  for (const { path, headers, body } of requests) {
    const response = await fetch(url + path, { method: 'POST', headers, body })
    if (!response.ok) throw new Error(`${url}${path} answered ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
  }
}
