import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

/** A process that serves something on loopback. */
export interface Service {
  /** Such as `http://127.0.0.1:4318`. */
  readonly url: string
  readonly child: ChildProcess
  stop(): Promise<void>
}

/** How long a process has for ending by itself, in ms. */
const GRACE = 10_000

/** Ends a process and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const hurry = setTimeout(() => child.kill('SIGKILL'), GRACE)
  await gone
  clearTimeout(hurry)
}

/**
 * Runs a command to its end.
 *
 * @throws Error with the end of what it wrote when it fails, or is not there
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<void> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-4000)
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`"${command} ${args.join(' ')}" failed:\n${output}`))
    })
  })
}

/**
 * Starts a process that prints its address, and waits for that.
 *
 * @param name how messages call it
 * @param options `command` is Node if left out
 * @throws Error with what the process wrote when it ends before it serves
 */
export function startService(
  name: string,
  args: readonly string[],
  options: { readonly command?: string; readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Service> {
  const child = spawn(options.command ?? process.execPath, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let output = ''
    let serving = false
    const read = (chunk: Buffer) => {
      if (serving) return
      output += chunk
      const url = /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/.exec(output)?.[0]
      if (!url) return
      serving = true
      resolve({ url, child, stop: () => stop(child) })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-4000)
    })
    child.once('error', reject)
    child.once('exit', () => {
      if (!serving) reject(new Error(output.trim() || `${name} ended without a word`))
    })
  })
}

/** Whether a port on loopback can be listened on. */
export function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
