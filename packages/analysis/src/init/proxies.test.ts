import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { createServer as createVite } from 'vite'
import { expect, it } from 'vitest'
import { proxiesOf } from './proxies'

const project = (...uses: string[]) => ({ uses: new Set(uses), folder: '/nowhere' })

it('knows the dev servers of what a project uses', () => {
  const url = 'http://127.0.0.1:4318'
  const kinds = (...uses: string[]) => proxiesOf(project(...uses), url).map((line) => line.split(':')[0])
  expect(kinds('vite', 'vue')).toEqual(['vite.config'])
  expect(kinds('next', 'vite')).toEqual(['next.config'])
  expect(kinds('express')).toEqual([])
  expect(proxiesOf(project('next'), url)).toEqual([
    "next.config: rewrites: async () => [{ source: '/otlp/:path*', destination: 'http://127.0.0.1:4318/:path*' }]",
  ])
})

it('Vite passes /otlp on by the line that it is given', async () => {
  const asked: unknown[] = []
  const target = createServer((request, response) => {
    asked.push([request.method, request.url])
    response.end('taken')
  })
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
  const [line] = proxiesOf(project('vite'), `http://127.0.0.1:${(target.address() as AddressInfo).port}`)
  const { server } = new Function(`return {${line!.replace('vite.config: ', '')}}`)()
  const vite = await createVite({
    configFile: false,
    root: tmpdir(),
    logLevel: 'silent',
    optimizeDeps: { noDiscovery: true },
    server: { ...server, host: '127.0.0.1', port: 0, watch: null, ws: false },
  })
  try {
    await vite.listen()
    const { port } = vite.httpServer!.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/otlp/v1/traces`, { method: 'POST', body: '{}' })
    expect(await answer.text()).toBe('taken')
    expect(asked).toEqual([['POST', '/v1/traces']])
  } finally {
    await vite.close()
    target.closeAllConnections()
    target.close()
  }
})
