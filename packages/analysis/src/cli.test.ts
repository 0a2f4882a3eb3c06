import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine, sendTo, visit } from './cli-testing'
import { JSON_BODY, jsonSpan, runId, send, traces } from './receive/testing'
import type { Result } from './result'

const { cli, folder, writeConfig, run, startDev } = commandLine()

const reached = ({ journeys }: Result) => journeys[0]!.steps.map((step) => step.reached)

async function report(...args: string[]): Promise<Result> {
  const { code, out, err } = await run('report', '--json', ...args)
  // Those that take turns say so, if it takes long.
  expect([code, err.replace(/^throughline: waiting for .*\n/, '')]).toEqual([0, ''])
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
  expect(readFileSync(join(folder(), 'out.html'), 'utf8')).toContain('<!doctype html>')
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

test('a second dev, on the same port or the same folder, says which process is in the way and what to do', async () => {
  const dev = await startDev()
  const { port } = new URL(dev.url)
  const { pid } = dev.child
  const serves = `"throughline dev" at ${dev.url} (process ${pid}) serves `
  expect(await mistake('dev', '--port', port, '--data', 'other')).toMatch(
    new RegExp(
      `port ${port} is taken by "throughline dev" \\(process ${pid}\\).* stop it with "kill ${pid}", or choose`,
    ),
  )
  expect(await mistake('dev', '--port', port)).toContain(serves)
  expect(await mistake('dev', '--port', '0')).toContain(serves)
  expect(await mistake('dev', '--port', '0')).toContain(`stop it with "kill ${pid}"`)
})

test('a dev on the port of another program says how to find out which', async () => {
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as AddressInfo
  try {
    expect(await mistake('dev', '--port', String(port))).toContain(
      `port ${port} is taken: stop what uses it ("lsof -i :${port}" names it)`,
    )
  } finally {
    other.close()
  }
})

test('what a user gets wrong on the command line', async () => {
  expect(await mistake('frob')).toContain('no command "frob"')
  expect(await mistake('dev', '--frob')).toContain('--frob')
  expect(await mistake('dev', '--port', 'x')).toContain('--port is "x"')
  expect(await mistake('dev', '--host', '203.0.113.1')).toContain('--host')
  expect(await mistake('dev', '--keep', '90')).toContain('--keep is "90"; give days')
  expect(await mistake('dev', '--allow-origin', '*')).toContain('--allow-origin is "*"')
  expect(await mistake('dev', '--allow-host', 'shop.test:80')).toContain('--allow-host is "shop.test:80"')
  expect(await mistake('report')).toMatch(
    /there is no data in .*\/throughline\/throughline-cli-\w+-[\da-f]{8} yet/,
  )
  mkdirSync(join(folder(), 'data/db'), { recursive: true })
  expect(await mistake('report', '--data', 'data', '--journey', 'x')).toContain(
    'the journey "x" is none of: checkout',
  )
  expect(await mistake('report', '--since', 'x')).toContain('since is "x"')
  expect(await mistake('report', '--by', 'x')).toContain('by is "x"')
  expect(await mistake('report', '--clickhouse', 'x')).toContain('"x" is no address')
  expect(await mistake('report', '--clickhouse', 'http://127.0.0.1:1')).toContain('does not answer')
  writeFileSync(join(folder(), 'file'), '')
  expect(await mistake('dev', '--port', '0', '--data', 'file')).toContain('cannot keep data in file')
})

test('what a user gets wrong in the configuration', async () => {
  expect(await mistake('dev', '--config', 'none.ts')).toContain('there is no none.ts')
  writeConfig('export default {')
  expect(await mistake('dev')).toContain('throughline.config.ts cannot be loaded')
})

test('the schema is printed as SQL', async () => {
  const out = execFileSync(process.execPath, [cli(), 'schema'], { encoding: 'utf8' })
  expect(out).toContain('CREATE TABLE IF NOT EXISTS otel_traces')
})
