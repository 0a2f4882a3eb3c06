import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { commandLine, sendTo, visit } from '../cli-testing'
import { JSON_BODY, jsonSpan, send, traces } from '../receive/testing'
import type { DevAddress } from '../store/dev-address'
import { readDevAddress } from '../store/dev-address'
import { processStart } from '../store/process-start'

const { cli, folder, state, start, run, beginDev, startDev } = commandLine()

const dataFolder = () => {
  const [name] = readdirSync(join(state(), 'throughline'))
  return join(state(), 'throughline', name!)
}

async function reached(...args: string[]): Promise<number[]> {
  const { code, out, err } = await run('report', '--json', ...args)
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out).journeys[0].steps.map((step: { reached: number }) => step.reached)
}

async function freePort(): Promise<string> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return String(port)
}

test('says where pages send to, by the dev server that the project has', async () => {
  writeFileSync(join(folder(), 'package.json'), '{"devDependencies":{"vite":"8"}}')
  writeFileSync(join(folder(), 'nginx.conf'), '')
  const dev = await startDev()
  await vi.waitFor(() => expect(dev.output()).toContain('nginx.conf'), { timeout: 60_000 })
  expect(dev.output()).toContain(`pages send to endpoint: '${dev.url}', or to '/otlp' by`)
  expect(dev.output()).toContain(`vite.config: server: { proxy: { '/otlp': { target: '${dev.url}'`)
  expect(dev.output()).toContain(`location /otlp/ { proxy_pass ${dev.url}/; }`)
})

test('reads the configuration again when it, or what it imports, is written, and keeps the last that can be read', async () => {
  const write = (name: string, text: string) => writeFileSync(join(folder(), name), text)
  const journey = (name: string) =>
    `export const journey = { name: '${name}', version: '1', steps: ['cart', 'paid'], converts: 'paid' }`
  write('journeys.ts', journey('checkout'))
  write(
    'throughline.config.ts',
    "import { journey } from './journeys'\nexport default { journeys: [journey] }",
  )
  const dev = await startDev()
  const names = async () =>
    ((await (await fetch(`${dev.url}/api/result`)).json()) as { journeys: { name: string }[] }).journeys.map(
      ({ name }) => name,
    )
  const says = (text: string) => vi.waitFor(() => expect(dev.output()).toContain(text), { timeout: 60_000 })
  expect(await names()).toEqual(['checkout'])
  await says('pages send to')
  write('journeys.ts', journey('sign-up'))
  await says('was read again: sign-up 1 (2 steps)')
  expect(await names()).toEqual(['sign-up'])
  write('journeys.ts', 'export const journey = {')
  await says('what was read before holds until then')
  expect(await names()).toEqual(['sign-up'])
  write('journeys.ts', journey('booking'))
  await says('was read again: booking 1 (2 steps)')
  expect(await names()).toEqual(['booking'])
})

test('says what has arrived under names that are not declared: once on the terminal, first on the page and in the report', async () => {
  const dev = await startDev()
  const said = (text: string) => dev.output().split(text).length - 1
  const says = (text: string) => vi.waitFor(() => expect(said(text)).toBe(1), { timeout: 60_000 })
  const page = async () => (await fetch(dev.url)).text()
  await sendTo(dev.url, visit('basket', 'paid'))
  await says('1 run of checkout entered a step `basket`, which is not declared (cart, paid)')
  await says('None of 1 run of checkout entered the step cart.')
  expect(await page()).toMatch(/is declared differ[\s\S]*`basket`[\s\S]*Where people leave/)

  // More of the same says nothing new; the next name shows that it was looked at.
  await sendTo(dev.url, visit('basket'))
  await sendTo(dev.url, visit('gift'))
  await says('1 run of checkout entered a step `gift`')
  expect(said('`basket`')).toBe(1)

  writeFileSync(
    join(folder(), 'throughline.config.ts'),
    "export default { journeys: [{ name: 'check-out', version: '1', steps: ['cart', 'paid'], converts: 'paid' }] }",
  )
  await says('3 runs of `checkout` arrived, which is not declared; you declare check-out.')
  expect(await page()).toMatch(/is declared differ[\s\S]*`checkout` arrived[\s\S]*Waiting for the first run/)
  const { out } = await run('report')
  expect(out).toMatch(/^No run of what you declare has arrived yet\.\s+! 3 runs of `checkout` arrived/)
})

test('says a few of many names that are not declared, and how many more there are', async () => {
  const dev = await startDev()
  await sendTo(dev.url, Array.from({ length: 20 }, (_, at) => visit(`step-${at}`)).flat())
  await vi.waitFor(() => expect(dev.output()).toContain('more names do not match'), { timeout: 60_000 })
  expect(dev.output().match(/which is not declared/g)).toHaveLength(5)
})

describe('what a killed process left behind keeps nobody waiting', () => {
  test('on the same port, whose address is still in the folder', async () => {
    const first = await startDev()
    await sendTo(first.url, visit('cart'))
    const { port } = new URL(first.url)
    expect(await first.stop('SIGKILL')).toBe('SIGKILL')
    expect(readdirSync(dataFolder())).toEqual(expect.arrayContaining(['dev.json', 'lock']))
    const second = await startDev('--port', port)
    expect(second.url).toBe(first.url)
    expect(await reached()).toEqual([1, 0])
    // What was waiting for it would have been said.
    expect(second.output()).not.toContain('waiting')
  })

  test('when another program has its port, and never answers', async () => {
    const first = await startDev()
    await first.stop('SIGKILL')
    const silent = createServer()
    await once(silent.listen(Number(new URL(first.url).port), '127.0.0.1'), 'listening')
    try {
      await sendTo((await startDev()).url, visit('cart'))
    } finally {
      silent.close()
    }
  })

  test.skipIf(process.platform !== 'linux')(
    'when it is a zombie, whose parent never asks for its status',
    async () => {
      const parent = start('sh', [
        '-c',
        `'${process.execPath}' '${cli()}' dev --port 0 --data data >/dev/null 2>&1 & exec sleep 600`,
      ])
      const address = join(folder(), 'data/dev.json')
      await vi.waitFor(() => expect(existsSync(address)).toBe(true), { timeout: 60_000 })
      const { pid } = JSON.parse(readFileSync(address, 'utf8'))
      process.kill(pid, 'SIGKILL')
      await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z '), {
        timeout: 60_000,
      })
      const dev = await startDev('--data', 'data')
      await sendTo(dev.url, visit('cart'))
      expect(dev.output()).not.toContain('waiting')
      parent.kill('SIGKILL')
    },
  )
})

test('while another process holds the folder, it says for whom it waits, and asks senders to come again', async () => {
  const port = await freePort()
  mkdirSync(join(folder(), 'data'))
  writeFileSync(join(folder(), 'data/lock'), String(process.pid))
  const dev = beginDev(['--port', port, '--data', 'data'])
  const url = `http://127.0.0.1:${port}`
  await vi.waitFor(
    () => expect(dev.output()).toContain(`waiting for process ${process.pid}, which holds the data in data`),
    { timeout: 60_000 },
  )

  const otlp = await send(`${url}/v1/traces`, traces(jsonSpan()), JSON_BODY)
  expect([otlp.status, otlp.headers['retry-after']]).toEqual([503, '1'])
  const large = await send(`${url}/v1/traces`, Buffer.alloc(2 ** 20, 32), JSON_BODY)
  expect(large.status).toBe(503)
  const page = await send(`${url}/`, '', {}, 'GET')
  expect([page.status, page.headers.refresh]).toEqual([503, '1'])
  const origin = 'http://localhost:5173'
  const fromPage = await send(`${url}/v1/traces`, '{}', { ...JSON_BODY, origin })
  // A page may see that it is to come again.
  expect([fromPage.status, fromPage.headers['access-control-allow-origin']]).toEqual([503, origin])
  expect((await send(`${url}/v1/traces`, '', { origin }, 'OPTIONS')).status).toBe(204)
  const foreign = await send(`${url}/v1/traces`, '{}', { ...JSON_BODY, origin: 'https://evil.example' })
  expect(foreign.status).toBe(403)

  rmSync(join(folder(), 'data/lock'))
  await sendTo(await dev.url(), visit('cart'))
  expect(await reached('--data', 'data')).toEqual([1, 0])
})

test('told to stop while it waits, it ends, and leaves the other process’s lock alone', async () => {
  mkdirSync(join(folder(), 'data'))
  writeFileSync(join(folder(), 'data/lock'), String(process.pid))
  const dev = beginDev(['--data', 'data'])
  await vi.waitFor(() => expect(dev.output()).toContain('waiting for'), { timeout: 60_000 })
  expect(await dev.stop('SIGINT')).toBe(0)
  expect(readFileSync(join(folder(), 'data/lock'), 'utf8')).toBe(String(process.pid))
})

test('a terminal that closes ends it in order: what was taken is stored, and nothing is left behind', async () => {
  const dev = await startDev()
  await sendTo(dev.url, visit('cart'))
  // Nobody reads any more: what is written fails.
  dev.child.stdout!.destroy()
  dev.child.stderr!.destroy()
  expect(await dev.stop('SIGHUP')).toBe(0)
  expect(readdirSync(dataFolder()).sort()).toEqual(['.gitignore', 'db', 'journal'])
  expect(readdirSync(join(dataFolder(), 'journal'))).toEqual([])
  expect(await reached()).toEqual([1, 0])
})

describe('without a terminal, where nobody tells it that what started it has gone', () => {
  /** A script of npm, and the `dev` that it starts with its data in a folder. */
  async function startByNpm(script: string, ...folders: string[]) {
    const dev = (data: string) => `'${process.execPath}' '${cli()}' dev --port 0 --data ${data}`
    const command = script.replaceAll(/dev (\w+)/g, (_, data) => dev(data))
    writeFileSync(join(folder(), 'package.json'), JSON.stringify({ scripts: { start: command } }))
    const npm = start('npm', ['start'])
    const address = (data: string) => readDevAddress(join(folder(), data))
    await vi.waitFor(() => expect(folders.map(address)).not.toContain(undefined), { timeout: 60_000 })
    const all = folders.map((data) => address(data)!)
    onTestFinished(() => {
      for (const { pid } of all) if (processStart(pid)) process.kill(pid, 'SIGKILL')
    })
    return { npm, all }
  }
  const ended = ({ pid }: DevAddress) =>
    vi.waitFor(() => expect(processStart(pid)).toBe(undefined), { timeout: 60_000 })

  test.each(['SIGTERM', 'SIGKILL'] as const)('it ends in order after npm had a %s', async (signal) => {
    const { npm, all } = await startByNpm('dev data', 'data')
    await sendTo(all[0]!.url, visit('cart'))
    npm.kill(signal)
    await ended(all[0]!)
    expect(readdirSync(join(folder(), 'data')).sort()).toEqual(['.gitignore', 'db', 'journal'])
    expect(await reached('--data', 'data')).toEqual([1, 0])
  })

  test.each(['pnpm.cjs', 'yarn-4.1.0.cjs'])('so does one of %s', async (name) => {
    const dev = `'${process.execPath}' '${cli()}' dev --port 0 --data data; true`
    writeFileSync(
      join(folder(), name),
      `require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(dev)}], { stdio: 'inherit' })`,
    )
    const manager = start(process.execPath, [name, 'dev'])
    const address = () => readDevAddress(join(folder(), 'data'))
    await vi.waitFor(() => expect(address()).toBeDefined(), { timeout: 60_000 })
    const { pid } = address()!
    onTestFinished(() => {
      if (processStart(pid)) process.kill(pid, 'SIGKILL')
    })
    manager.kill('SIGKILL')
    await ended(address()!)
  })

  test('npm that started another npm is looked after as well', async () => {
    writeFileSync(join(folder(), '.npmrc'), 'update-notifier=false')
    const { npm, all } = await startByNpm(
      'test "$INNER" || INNER=1 npm start; test -z "$INNER" || dev data',
      'data',
    )
    npm.kill('SIGKILL')
    await ended(all[0]!)
  })

  test.skipIf(process.platform !== 'linux')('one that was taken out of the job goes on', async () => {
    const { npm, all } = await startByNpm('setsid dev detached & dev data', 'detached', 'data')
    npm.kill('SIGKILL')
    const [detached, data] = all
    await ended(data!)
    await sendTo(detached!.url, visit('cart'))
    expect(await reached('--data', 'detached')).toEqual([1, 0])
  })
})

test('its data lie outside of the project, in a folder that git leaves alone', async () => {
  const dev = await startDev()
  await sendTo(dev.url, visit('cart'))
  expect(readdirSync(folder())).toEqual(['throughline.config.ts'])
  expect(readFileSync(join(dataFolder(), '.gitignore'), 'utf8')).toBe('*\n')
  expect(dev.output()).toContain(`data in ${dataFolder()}`)
  expect(await dev.stop('SIGTERM')).toBe(0)
  // Wherever it is asked from.
  expect(await reached('--config', join(folder(), 'throughline.config.ts'))).toEqual([1, 0])
})

test('a folder of an earlier version is used where it is', async () => {
  mkdirSync(join(folder(), '.throughline/db'), { recursive: true })
  const dev = await startDev()
  await sendTo(dev.url, visit('cart'))
  expect(dev.output()).toContain('data in .throughline')
  expect(existsSync(join(state(), 'throughline'))).toBe(false)
  expect(await reached()).toEqual([1, 0])
})

describe('beyond loopback', () => {
  const TOKEN = 'a-token-for-these-tests'
  const beyond = ['--host', '0.0.0.0', '--allow-host', 'a.internal', '--allow-host', 'b.internal']

  test('readers need the token of the environment, which is not written anywhere', async () => {
    const dev = beginDev(beyond, { THROUGHLINE_TOKEN: TOKEN })
    const url = await dev.url()
    await sendTo(url, visit('cart'))
    expect((await send(`${url}/`, '', {}, 'GET')).status).toBe(401)
    for (const host of ['a.internal', 'b.internal']) {
      const headers = { host, authorization: `Bearer ${TOKEN}` }
      expect((await send(`${url}/api/result`, '', headers, 'GET')).status).toBe(200)
    }
    // Other commands of the same user ask without it.
    expect(await reached()).toEqual([1, 0])
    expect(dev.output()).toContain('use the token in THROUGHLINE_TOKEN')
    expect(dev.output()).not.toContain(TOKEN)
    expect(readFileSync(join(dataFolder(), 'dev.json'), 'utf8')).not.toContain(TOKEN)
    expect(statSync(join(dataFolder(), 'dev.json')).mode & 0o777).toBe(0o600)
  })

  test('a token of its own is not shown where no terminal is', async () => {
    const dev = beginDev(beyond, { THROUGHLINE_TOKEN: '' })
    await dev.url()
    expect(dev.output()).toContain('set THROUGHLINE_TOKEN')
    expect(dev.output()).not.toMatch(/[\w-]{32}/)
  })

  const hasScript = process.platform === 'linux' && existsSync('/usr/bin/script')
  test.skipIf(!hasScript)('a token of its own is shown once on a terminal, and opens the page', async () => {
    const command = `'${process.execPath}' '${cli()}' dev --host 0.0.0.0 --port 0`
    const terminal = start('script', ['-qefc', command, '/dev/null'], {
      THROUGHLINE_TOKEN: '',
      SHELL: '/bin/sh',
    })
    let output = ''
    terminal.stdout.on('data', (chunk) => {
      output += chunk
    })
    await vi.waitFor(() => expect(output).toContain('OTLP at'), { timeout: 60_000 })
    const tokens = output.match(/[\w-]{32}/g)
    expect(tokens).toHaveLength(1)
    const headers = { authorization: `Bearer ${tokens![0]}` }
    const [, url] = /OTLP at (http:\/\/[^/]+)/.exec(output)!
    expect((await send(`${url}/`, '', headers, 'GET')).status).toBe(200)

    // A terminal that is killed hangs up on what runs in it.
    const lock = join(dataFolder(), 'lock')
    expect(existsSync(lock)).toBe(true)
    terminal.kill('SIGKILL')
    await vi.waitFor(() => expect(existsSync(lock)).toBe(false), { timeout: 60_000 })
  })
})

test('told to stop at any moment of its start, it ends in order', async () => {
  for (const wait of [0, 50, 100, 150, 200, 300]) {
    const dev = beginDev(['--data', 'data'])
    await vi.waitFor(() => expect(existsSync(join(folder(), 'data/lock'))).toBe(true), {
      interval: 5,
      timeout: 60_000,
    })
    await new Promise((later) => setTimeout(later, wait))
    expect([await dev.stop('SIGINT'), dev.output()]).toEqual([0, expect.not.stringContaining('Error')])
    expect(existsSync(join(folder(), 'data/lock'))).toBe(false)
  }
})

/** Mounts a small file system, where this user may. */
function mountTmpfs(path: string, size: string): boolean {
  mkdirSync(path, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Asks the dev of the folder `data`, as other commands do. */
async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const { token } = JSON.parse(readFileSync(join(folder(), 'data/dev.json'), 'utf8'))
  const headers = { ...JSON_BODY, authorization: `Bearer ${token}` }
  const { status, text } = await send(`${url}/api/query`, JSON.stringify({ sql }), headers)
  expect(status).toBe(200)
  return text.split('\n').map((line) => JSON.parse(line))
}

test('on a full disk, what was answered 200 is stored, and all else is answered 503', async (context) => {
  const journal = join(folder(), 'data/journal')
  if (!mountTmpfs(journal, '256k')) context.skip('this user may not mount a tmpfs')
  try {
    const dev = await startDev('--data', 'data')
    const name = (index: number) => `full ${index}`
    const post = (index: number, size: number) =>
      send(
        `${dev.url}/v1/traces`,
        traces(jsonSpan({ text: { stringValue: 'x'.repeat(size) } }, { name: name(index) })),
        JSON_BODY,
      )
    // None of the larger ones fits, the others do unless too many wait.
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, index) => post(index, index % 5 === 4 ? 300_000 : 10_000)),
    )
    const taken = answers.flatMap(({ status }, index) => (status === 200 ? [name(index)] : []))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]))
    const { text: reason, headers } = answers.find(({ status }) => status === 503)!
    expect([reason, headers['retry-after']]).toEqual([expect.stringContaining('ENOSPC'), '5'])

    const stored = async () =>
      new Set((await query(dev.url, 'SELECT SpanName AS name FROM otel_traces')).map(({ name }) => name))
    expect(await stored()).toEqual(new Set(taken))
    // Once there is room again, the same spans are taken.
    expect((await post(1000, 10_000)).status).toBe(200)
    expect(await stored()).toContain(name(1000))
    expect(readdirSync(journal)).toEqual([])
    expect(await dev.stop('SIGTERM')).toBe(0)
  } finally {
    execFileSync('umount', ['-l', journal])
  }
})

test('while the tables have no room, rows wait in the journal, and go in once there is some', async (context) => {
  const tables = join(folder(), 'data/db')
  if (!mountTmpfs(tables, '12m')) context.skip('this user may not mount a tmpfs')
  try {
    const dev = await startDev('--data', 'data')
    let sent = 0
    const post = async () => {
      // Random, so that it takes as much room on the disk.
      const text = randomBytes(300_000).toString('base64')
      await sendTo(dev.url, [jsonSpan({ text: { stringValue: text } })])
      sent++
    }
    while (!dev.output().includes('rows wait in')) await post()
    expect(dev.output()).toContain('NOT_ENOUGH_SPACE')
    await post()
    execFileSync('mount', ['-o', 'remount,size=200m', tables])
    // An insert that fails half-way may be stored twice.
    expect(await query(dev.url, 'SELECT uniqExact(SpanId) AS n FROM otel_traces')).toEqual([{ n: sent }])
    expect(await dev.stop('SIGTERM')).toBe(0)
    expect(readdirSync(join(folder(), 'data/journal'))).toEqual([])
  } finally {
    execFileSync('umount', ['-l', tables])
  }
})
