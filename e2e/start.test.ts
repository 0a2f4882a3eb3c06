import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it, vi } from 'vitest'

// What `npm start` does when everything goes well, when it is started again, and when it is stopped.

const script = fileURLToPath(new URL('../scripts/start.ts', import.meta.url))
const data = mkdtempSync(join(tmpdir(), 'throughline-start-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** Starts the demo, waits until it is up, presses Ctrl-C, and waits until it is gone. */
async function upAndDown() {
  const args = [script, '--port', '0', '--shop-port', '0', '--data', data, '--visitors', '60']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  await new Promise<void>((resolve) => {
    const read = (chunk: Buffer) => {
      output += chunk
      if (output.includes('Ctrl-C stops everything')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => resolve())
  })
  const children = descendants(child.pid!)
  const exit = once(child, 'exit')
  child.kill('SIGINT')
  const [code] = await exit
  return { output, code, children, left: children.filter(isAlive) }
}

function descendants(of: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' })
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  const below = (parent: number): number[] =>
    rows
      .filter(([, ppid, stat]) => Number(ppid) === parent && !stat?.startsWith('Z'))
      .flatMap(([pid]) => [Number(pid), ...below(Number(pid))])
  return below(of)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const url = (output: string, name: string) =>
  new RegExp(`${name} +(http://127\\.0\\.0\\.1:\\d+)`).exec(output)?.[1]

it('ends with the report and two addresses; Ctrl-C leaves no process; a second start keeps the data', async () => {
  const first = await upAndDown()
  expect(first.output).toContain('Simulated visitors')
  expect(first.output).toMatch(/checkout version 1[\s\S]*of 6\d runs/)
  expect(url(first.output, 'Live page')).toBeTruthy()
  expect(url(first.output, 'Shop')).toBeTruthy()
  expect(first).toMatchObject({ code: 0, left: [] })
  expect(first.children.length).toBeGreaterThanOrEqual(3)

  const second = await upAndDown()
  expect(second.output).not.toContain('Simulated visitors')
  expect(second.output).toContain('--fresh')
  const runs = (output: string) => /of (6\d) runs/.exec(output)?.[1]
  expect(runs(second.output)).toBe(runs(first.output))
  expect(second).toMatchObject({ code: 0, left: [] })
})

/** What a start says that has to give up. */
async function mistake(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [script, ...args, '--data', data])
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(1)
  return said
}

it('is named by the next start that wants its port, and ends as a whole when its npm is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-npm-start-'))
  const command = `'${process.execPath}' '${script}' --port 0 --shop-port 0 --data '${data}' --visitors 60`
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start: command } }))
  const npm = spawn('npm', ['start'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  npm.stdout.on('data', (chunk) => {
    output += chunk
  })
  await vi.waitFor(() => expect(output).toContain('Ctrl-C stops everything'), { timeout: 300_000 })
  const started = descendants(npm.pid!)
  try {
    const { port } = new URL(url(output, 'Live page')!)
    const [, pid] =
      /by an earlier start \(stop it with "kill (\d+)"\)/.exec(await mistake('--port', port)) ?? []
    expect(started).toContain(Number(pid))
    npm.kill('SIGKILL')
    await vi.waitFor(() => expect(started.filter(isAlive)).toEqual([]), { timeout: 60_000 })
  } finally {
    for (const one of started.filter(isAlive)) process.kill(one, 'SIGKILL')
    rmSync(folder, { recursive: true })
  }
})

it('says in one line what to do about a port that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const said = await mistake('--port', String(port))
  server.close()
  expect(said).toMatch(
    new RegExp(`^throughline: port ${port}, .* is taken: .*--port \\d+ --shop-port \\d+"\\n$`),
  )
})
