// Serves the page and the script, and passes /otlp on to `throughline dev`.
import { createReadStream } from 'node:fs'
import { createServer, request } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const port = Number(process.env.PORT ?? 8080)
const dev = process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:4318'
const files: Record<string, [path: string, type: string]> = {
  '/': [fileURLToPath(new URL('index.html', import.meta.url)), 'text/html; charset=utf-8'],
  '/throughline.js': [createRequire(import.meta.url).resolve('@throughline/core/script'), 'text/javascript'],
}

const server = createServer((incoming, outgoing) => {
  const path = incoming.url?.split('?')[0] ?? '/'
  if (path.startsWith('/otlp/')) {
    const { host: _, ...headers } = incoming.headers
    const onward = request(`${dev}${path.slice(5)}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.writeHead(502).end('start "throughline dev" first'))
    incoming.pipe(onward)
    return
  }
  const file = files[path]
  if (!file) return outgoing.writeHead(404).end()
  outgoing.writeHead(200, { 'content-type': file[1] })
  createReadStream(file[0]).pipe(outgoing)
})
server.on('error', (error: NodeJS.ErrnoException) => {
  console.error(error.code === 'EADDRINUSE' ? `Port ${port} is taken: set PORT to another` : error.message)
  process.exit(1)
})
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
