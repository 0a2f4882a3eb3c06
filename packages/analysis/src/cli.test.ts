import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { JSON_BODY, jsonSpan, runId, send, traces } from './receiver/testing'
import type { Result } from './result'

// The command line as a user runs it, in processes of its own, bundled from these sources. The bundle lies in a folder of the
// package, as `dist` does: from there it finds the .sql files.
const home = fileURLToPath(new URL('..', import.meta.url))
const bundle = mkdtempSync(join(home, '.cli-'))
const cli = join(bundle, 'cli.js')
beforeAll(() =>
  build({
    entryPoints: [join(home, 'src/cli.ts')],
    outfile: cli,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: { '@throughline/core': resolve(home, '../core/src/index.ts') },
    define: { __DEV__: 'true' },
  }),
)
afterAll(() => rmSync(bundle, { recursive: true }))

// Most tests start several processes, each with a database in it.
vi.setConfig({ testTimeout: 120_000 })

let folder: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-cli-'))
  writeConfig(
    `export default { journeys: [{ name: 'checkout', version: '1', steps: ['cart', 'paid'], converts: 'paid' }] }`,
  )
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

const writeConfig = (text: string) => writeFileSync(join(folder, 'throughline.config.ts'), text)

async function run(...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder })
  children.push(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const [code] = await once(child, 'close')
  return { code, out, err }
}

async function startDev(...args: string[]) {
  const child = spawn(process.execPath, [cli, 'dev', '--port', '0', ...args], { cwd: folder })
  children.push(child)
  let output = ''
  const read = (chunk: Buffer) => {
    output += chunk
  }
  child.stderr.on('data', read)
  const url = await new Promise<string>((found, failed) => {
    child.once('exit', () => failed(new Error(output)))
    child.stdout.on('data', (chunk) => {
      read(chunk)
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (address) found(address)
    })
  })
  return {
    url,
    child,
    async stop(signal: NodeJS.Signals) {
      child.kill(signal)
      const [code, killed] = await once(child, 'exit')
      return code ?? killed
    },
  }
}

/** A run that reaches these steps. */
function visit(...steps: string[]) {
  const run = runId()
  return steps.map((step, index) =>
    jsonSpan(
      Object.fromEntries(
        Object.entries({
          'throughline.journey.name': 'checkout',
          'throughline.journey.version': '1',
          'throughline.run.id': run,
          'throughline.step.name': step,
          'throughline.event.id': `${run}${step}`,
          'throughline.event.source': 'browser',
        }).map(([key, stringValue]) => [key, { stringValue }]),
      ),
      {
        name: 'throughline.step.enter',
        startTimeUnixNano: `${Date.now() - 1000 + index}000000`,
        endTimeUnixNano: `${Date.now() - 1000 + index}000000`,
      },
    ),
  )
}

const sendTo = async (url: string, spans: object[]) =>
  expect((await send(`${url}/v1/traces`, traces(...spans), JSON_BODY)).status).toBe(200)

const reached = ({ journeys }: Result) => journeys[0]!.steps.map((step) => step.reached)

async function report(...args: string[]): Promise<Result> {
  const { code, out, err } = await run('report', '--json', ...args)
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out)
}

test('a report asks the dev that holds the data, and reads the folder when none does', async () => {
  const dev = await startDev()
  await sendTo(dev.url, [...visit('cart', 'paid'), ...visit('cart')])
  expect(reached(await report())).toEqual([2, 1])
  const live = await send(`${dev.url}/api/result`, '', {}, 'GET')
  expect(reached(JSON.parse(live.text))).toEqual([2, 1])
  expect((await send(`${dev.url}/`, '', {}, 'GET')).text).toContain('checkout')
  expect(await dev.stop('SIGTERM')).toBe(0)
  expect(reached(await report())).toEqual([2, 1])

  const terminal = await run('report')
  expect([terminal.code, terminal.err]).toEqual([0, ''])
  expect(terminal.out).toContain('checkout')
  const html = await run('report', '--html', 'out.html')
  expect([html.code, html.out]).toEqual([0, ''])
  expect(readFileSync(join(folder, 'out.html'), 'utf8')).toContain('<!doctype html>')
  expect(reached(await report('--until', '2020-01-01'))).toEqual([0, 0])
})

test('a recording is taken as of its own day', async () => {
  const dev = await startDev('--as-of', '2024-03-01')
  const rejected = async (time: number, run: string) => {
    const nanos = `${time}000000`
    const attributes = { 'throughline.run.id': { stringValue: run } }
    const span = jsonSpan(attributes, { startTimeUnixNano: nanos, endTimeUnixNano: nanos })
    const { text } = await send(`${dev.url}/v1/traces`, traces(span), JSON_BODY)
    return Number(JSON.parse(text).partialSuccess.rejectedSpans ?? 0)
  }
  const then = Date.parse('2024-02-29')
  expect(await rejected(then, runId(then))).toBe(0)
  expect(await rejected(then, runId())).toBe(1)
  expect(await rejected(Date.now(), runId(then))).toBe(1)
  expect((await run('dev', '--as-of', 'someday')).err).toContain('--as-of is "someday"; write')
})

test('two reports at once take turns', async () => {
  const dev = await startDev()
  await sendTo(dev.url, visit('cart'))
  await dev.stop('SIGINT')
  expect((await Promise.all([report(), report(), report()])).map(reached)).toEqual([
    [1, 0],
    [1, 0],
    [1, 0],
  ])
})

test('what was acknowledged outlives kill -9, and the folder opens again', async () => {
  const dev = await startDev()
  let acknowledged = 0
  const senders = Array.from({ length: 8 }, async () => {
    for (;;) {
      try {
        await sendTo(dev.url, visit('cart'))
        acknowledged++
      } catch {
        return
      }
    }
  })
  while (acknowledged < 40) await new Promise(setImmediate)
  expect(await dev.stop('SIGKILL')).toBe('SIGKILL')
  await Promise.all(senders)

  const again = await startDev()
  const [runs] = reached(await report())
  // Those in flight may have been stored, too: each sender had one.
  expect(runs).toBeGreaterThanOrEqual(acknowledged)
  expect(runs).toBeLessThanOrEqual(acknowledged + senders.length)
  expect(await again.stop('SIGINT')).toBe(0)
})

test('a stop under load stores what was taken and ends with 0', async () => {
  const dev = await startDev()
  let acknowledged = 0
  const senders = Array.from({ length: 8 }, async () => {
    while (dev.child.exitCode === null)
      try {
        await sendTo(dev.url, visit('cart'))
        acknowledged++
      } catch {
        return
      }
  })
  while (acknowledged < 20) await new Promise(setImmediate)
  expect(await dev.stop('SIGTERM')).toBe(0)
  await Promise.all(senders)
  expect(reached(await report())[0]).toBeGreaterThanOrEqual(acknowledged)
})

/** What a mistake is answered with: one line, without a stack. */
async function mistake(...args: string[]): Promise<string> {
  const { code, out, err } = await run(...args)
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^throughline: [^\n]+\n$/)
  return err
}

test('a second dev, on the same port or the same folder, says what to do', async () => {
  const dev = await startDev()
  const { port } = new URL(dev.url)
  expect(await mistake('dev', '--port', port)).toContain(`port ${port} is taken`)
  expect(await mistake('dev', '--port', '0')).toContain(`"throughline dev" at ${dev.url}`)
})

test('what a user gets wrong on the command line', async () => {
  expect(await mistake('frob')).toContain('no command "frob"')
  expect(await mistake('dev', '--frob')).toContain('--frob')
  expect(await mistake('dev', '--port', 'x')).toContain('--port is "x"')
  expect(await mistake('dev', '--host', '203.0.113.1')).toContain('--host')
  expect(await mistake('report')).toContain('there is no data in .throughline yet')
  mkdirSync(join(folder, 'data/db'), { recursive: true })
  expect(await mistake('report', '--data', 'data', '--journey', 'x')).toContain(
    '"x", which is none of: checkout',
  )
  expect(await mistake('report', '--since', 'x')).toContain('since is "x"')
  expect(await mistake('report', '--by', 'x')).toContain('by is "x"')
  expect(await mistake('report', '--clickhouse', 'x')).toContain('"x" is no address')
  expect(await mistake('report', '--clickhouse', 'http://127.0.0.1:1')).toContain('does not answer')
  writeFileSync(join(folder, 'file'), '')
  expect(await mistake('dev', '--port', '0', '--data', 'file')).toContain('cannot keep data in file')
})

test('what a user gets wrong in the configuration', async () => {
  expect(await mistake('dev', '--config', 'none.ts')).toContain('there is no none.ts')
  writeConfig('export default {')
  expect(await mistake('dev')).toContain('throughline.config.ts cannot be loaded')
})

test('the schema is printed as SQL', async () => {
  const out = execFileSync(process.execPath, [cli, 'schema'], { encoding: 'utf8' })
  expect(out).toContain('CREATE TABLE IF NOT EXISTS otel_traces')
})
