// The command line as a user runs it, in processes of its own, bundled from these sources.
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { JSON_BODY, jsonSpan, runId, send, traces } from './receive/testing'

const home = fileURLToPath(new URL('..', import.meta.url))

/** A running `throughline dev`. */
export interface DevProcess {
  readonly url: string
  readonly child: ChildProcess
  /** What it has written so far. */
  output(): string
  /** Sends a signal; resolves with the exit code, or the signal that killed it. */
  stop(signal: NodeJS.Signals): Promise<number | string>
}

/** Gives each test of a file a project with a configuration, and ends what it starts. */
export function commandLine() {
  // Most tests start several processes, each with a database in it.
  vi.setConfig({ testTimeout: 120_000 })
  // In a folder of the package, as `dist` is: from there it finds the .sql files.
  let bundle: string
  let folder: string
  let state: string
  const children: ChildProcess[] = []
  const cli = () => join(bundle, 'cli.js')
  const writeConfig = (text: string) => writeFileSync(join(folder, 'throughline.config.ts'), text)

  beforeAll(async () => {
    bundle = mkdtempSync(join(home, '.cli-'))
    await build({
      entryPoints: { cli: join(home, 'src/cli.ts'), worker: join(home, 'src/receive/worker.ts') },
      outdir: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      alias: { '@throughline/core': resolve(home, '../core/src/index.ts') },
      define: { __DEV__: 'true' },
    })
  })
  afterAll(() => rmSync(bundle, { recursive: true }))
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'throughline-cli-'))
    state = mkdtempSync(join(tmpdir(), 'throughline-state-'))
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
    for (const each of [folder, state]) rmSync(each, { recursive: true, force: true })
  })

  /** Starts a program in the project, which the test's end kills. */
  function start(program: string, args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, XDG_STATE_HOME: state, ...env },
    })
    children.push(child)
    return child
  }

  async function run(...args: string[]) {
    const child = start(process.execPath, [cli(), ...args])
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

  /** Starts `throughline dev` without waiting until it serves. */
  function beginDev(args: readonly string[] = [], env: Record<string, string> = {}) {
    const port = args.includes('--port') ? [] : ['--port', '0']
    const child = start(process.execPath, [cli(), 'dev', ...port, ...args], env)
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    return {
      child,
      output: () => output,
      async stop(signal: NodeJS.Signals): Promise<number | string> {
        child.kill(signal)
        const [code, killed] = await once(child, 'exit')
        return code ?? killed
      },
      url: () =>
        new Promise<string>((found, failed) => {
          const look = () => {
            const address = /OTLP at (http:\/\/[^/]+)/.exec(output)?.[1]
            if (address) found(address)
          }
          child.stdout.on('data', look)
          child.once('exit', () => failed(new Error(output)))
          look()
        }),
    }
  }

  async function startDev(...args: string[]): Promise<DevProcess> {
    const dev = beginDev(args)
    return { ...dev, url: await dev.url() }
  }

  return { cli, folder: () => folder, state: () => state, writeConfig, start, run, beginDev, startDev }
}

/** A run that reaches these steps. */
export function visit(...steps: string[]) {
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

/** Sends spans, which are stored. */
export const sendTo = async (url: string, spans: object[]): Promise<void> =>
  expect((await send(`${url}/v1/traces`, traces(...spans), JSON_BODY)).status).toBe(200)
