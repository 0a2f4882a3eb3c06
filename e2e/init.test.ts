// What `throughline init` proposes: for a server, which then runs with it; for pages that nothing bundles, in a
// browser.
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { runId } from '../packages/node/src/testing.ts'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import type { Service } from '../scripts/processes.ts'
import { startService } from '../scripts/processes.ts'
import { openSite } from './page-life/site.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const cli = join(root, 'packages/analysis/dist/cli.js')

interface Received {
  readonly kind: number
  readonly attributes: readonly object[]
}

const SERVER = {
  express: (throughline: string) => `
import express from 'express'
const app = express()
${throughline}
app.post('/orders', (request, response) => response.status(201).end('ordered'))
const server = app.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))`,
  http: (throughline: string) => `
import { createServer } from 'node:http'
${throughline}
const answer = (request, response) => response.writeHead(201).end('ordered')
const server = CREATED.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))`,
}

it.each([
  ['express', 'an ES module', 'server.js', { type: 'module' }],
  ['express', 'a CommonJS module', 'server.js', {}],
  ['express', 'TypeScript', 'server.ts', { type: 'module' }],
  ['http', 'an ES module', 'server.js', { type: 'module' }],
] as const)(
  'the side of a server of %s, %s, stamps what its requests do',
  async (name, _, file, manifest) => {
    // In here, so that what it imports is found.
    const folder = mkdtempSync(join(root, '.init-'))
    const write = (named: string, text: string) => writeFileSync(join(folder, named), text)
    const isScript = !('type' in manifest)
    const source = (throughline: string) => {
      const text = SERVER[name](throughline)
      return isScript
        ? text.replace("import express from 'express'", "const express = require('express')")
        : text
    }
    write(
      'package.json',
      JSON.stringify({ ...manifest, dependencies: name === 'express' ? { express: '*' } : {} }),
    )
    write(file, source('').replace('CREATED', 'createServer(answer)'))
    if (file.endsWith('.ts'))
      write('tsconfig.json', '{ "compilerOptions": { "allowImportingTsExtensions": true } }')
    const spans: Received[] = []
    const sink = createServer(async (request, response) => {
      for (const { scopeSpans } of JSON.parse(await text(request)).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope: { spans: Received[] }) => scope.spans))
      response.setHeader('content-type', 'application/json').end('{}')
    })
    await once(sink.listen(0, '127.0.0.1'), 'listening')
    let service: Service | undefined
    try {
      const said = execFileSync(process.execPath, [cli, 'init', '--write'], { cwd: folder, encoding: 'utf8' })
      expect(said).not.toContain('startThroughline({')
      const [, lines] = new RegExp(`In ${file}:\\n\\n([\\s\\S]+?)\\n\\n`).exec(said)!
      const [, call] = /^(createServer\(.*) \/\//m.exec(lines!) ?? []
      write(
        file,
        source(call ? lines!.replace(/^createServer.*$/m, '') : lines!).replace(
          'CREATED',
          call?.replace(/\(request.*$/, 'answer))') ?? '',
        ),
      )
      const [, how, first] = /node (--\w+) (\.\/telemetry\.\w+)/.exec(said)!
      service = await startService('server', [how!, first!, file], {
        cwd: folder,
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
          OTEL_BSP_SCHEDULE_DELAY: '100',
        },
      })
      const run = runId()
      const baggage = Object.entries({
        'throughline.journey.name': 'checkout',
        'throughline.journey.version': '1',
        'throughline.run.id': run,
        'throughline.step.name': 'payment',
        'throughline.step.index': '1',
        'throughline.step.attempt': '1',
        'throughline.visit.id': 'f'.repeat(32),
        'throughline.visit.index': '2',
      })
      const answer = await fetch(`${service.url}/orders`, {
        method: 'POST',
        headers: {
          baggage: baggage.map((pair) => pair.join('=')).join(),
          traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        },
      })
      expect([answer.status, await answer.text()]).toEqual([201, 'ordered'])
      await vi.waitFor(() => expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(1), {
        timeout: 60_000,
      })
      for (const { attributes } of spans)
        expect(attributes).toContainEqual({ key: 'throughline.run.id', value: { stringValue: run } })
      // The definitions, as reports read them.
      const { code } = await new Promise<{ code: unknown }>((done) =>
        execFile(process.execPath, [cli, 'report', '--data', 'none'], { cwd: folder }, (error, _out, err) => {
          expect(err).toContain('there is no data in none')
          done({ code: error?.code })
        }),
      )
      expect(code).toBe(1)
    } finally {
      await service?.stop()
      sink.closeAllConnections()
      sink.close()
      rmSync(folder, { recursive: true })
    }
  },
)

it('the two files and the two tags make a funnel of HTML files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-init-'))
  writeFileSync(join(folder, 'package.json'), '{}')
  for (const name of ['cart', 'payment', 'thanks']) writeFileSync(join(folder, `${name}.html`), '')
  const said = execFileSync(process.execPath, [cli, 'init', '--write'], { cwd: folder, encoding: 'utf8' })
  const tags = said.match(/<script .*<\/script>/g)!.join('')
  const script = /defer src="([^"]+)"/.exec(tags)![1]!
  const files: Record<string, string> = {
    [script]: readFileSync(join(root, script.replace(/^.*core\//, 'packages/core/')), 'utf8'),
    '/journeys.js': readFileSync(join(folder, 'journeys.js'), 'utf8'),
    // `throughline dev` would take it.
    '/start-throughline.js': readFileSync(join(folder, 'start-throughline.js'), 'utf8').replace(
      'http://127.0.0.1:4318',
      '/otlp',
    ),
  }
  const site = await openSite({
    page: () => `<!doctype html><title>shop</title><link rel="icon" href="data:,">${tags}<h1>shop</h1>`,
    answer(request, response) {
      const text = files[request.url!]
      if (text) response.writeHead(200, { 'content-type': 'text/javascript' }).end(text)
      return text !== undefined
    },
  })
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  try {
    const page = await browser.newPage()
    for (const name of ['cart', 'payment', 'thanks']) {
      await page.goto(`${site.url}/${name}.html`)
      await page.waitForFunction(
        `sessionStorage.getItem('throughline')?.includes('${name === 'thanks' ? 'confirmation' : name}')`,
      )
    }
    await page.goto('about:blank')
    await vi.waitFor(() => expect(site.spans('throughline.run.end')).toHaveLength(1), { timeout: 30_000 })
    const entered = site
      .spans('throughline.step.enter')
      .map(({ attributes }) => attributes['throughline.step.name'])
    expect(entered).toEqual(['cart', 'payment', 'confirmation'])
  } finally {
    await browser.close()
    await site.close()
    rmSync(folder, { recursive: true })
  }
})
