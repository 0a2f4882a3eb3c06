import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** What a test's OTLP endpoint does and has received. */
interface Sink {
  status: number
  retryAfter?: string
  /** Body of what it answers. */
  content?: object | undefined
  /** Status of what it answers to a compressed body, if another. */
  gzip?: number | undefined
  bodies: { body: string; headers: IncomingMessage['headers'] }[]
}

/**
 * An OTLP endpoint inside the test server, for tests in the browser: each test picks a name.
 * `/sink/<name>/v1/traces` takes spans, `/sink/<name>/answer?status=503` changes what it answers (`rejected=2`: it
 * refuses two spans of each request; `gzip=415`: it takes no compressed ones; `status=0`: it breaks the connection),
 * `/sink/<name>` reads back what arrived; anything else below it answers with the request's headers. One named
 * `closed` lets no other origin in.
 */
export function otlpSink(): Plugin {
  const sinks = new Map<string, Sink>()
  return {
    name: 'otlp-sink',
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const url = new URL(request.url ?? '', 'http://test')
        const [, root, name = '', ...rest] = url.pathname.split('/')
        if (root !== 'sink') return next()
        const sink = sinks.get(name) ?? { status: 200, bodies: [] }
        sinks.set(name, sink)
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk)
        const body = Buffer.concat(chunks)
        const answer = (status: number, content: unknown) => {
          // The test server itself lets loopback origins in.
          if (name === 'closed') response.removeHeader('access-control-allow-origin')
          response.writeHead(status, {
            'content-type': 'application/json',
            ...(name !== 'closed' && {
              'access-control-allow-origin': '*',
              'access-control-allow-headers': '*, baggage, traceparent, tracestate, content-type',
            }),
            ...(status >= 400 && sink.retryAfter && { 'retry-after': sink.retryAfter }),
          })
          response.end(JSON.stringify(content))
        }
        if (request.method === 'OPTIONS') return answer(204, {})
        if (rest.join('/') === 'v1/traces') {
          const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
          sink.bodies.push({ body: text.toString(), headers: request.headers })
          if (sink.status === 0) return request.socket.destroy()
          const isPacked = request.headers['content-encoding'] === 'gzip'
          return answer((isPacked && sink.gzip) || sink.status, sink.content ?? {})
        }
        if (rest[0] === 'answer') {
          sink.status = Number(url.searchParams.get('status'))
          const after = url.searchParams.get('retry-after')
          if (after) sink.retryAfter = after
          const rejectedSpans = url.searchParams.get('rejected')
          const errorMessage = `refused: ${rejectedSpans} older than 31 days`
          sink.content = rejectedSpans ? { partialSuccess: { rejectedSpans, errorMessage } } : undefined
          sink.gzip = Number(url.searchParams.get('gzip'))
          return answer(200, {})
        }
        if (rest.length === 0) return answer(200, sink.bodies)
        return answer(Number(url.searchParams.get('status') ?? 200), request.headers)
      })
    },
  }
}
