import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Engine } from '@throughline/analysis'
import { bind } from '../../packages/analysis/src/store/bind.ts'
import { keepTemporary } from '../../packages/analysis/src/testing.ts'
import { cacheFolder } from '../../scripts/cache.ts'
import { runCommand, stop } from '../../scripts/processes.ts'

type Params = Parameters<Engine['query']>[1]

const driver = fileURLToPath(new URL('./driver.py', import.meta.url))

/** A module that has whatever is asked of it. */
const STUB = 'def __getattr__(name):\n    return object\n'

/** Why there is no other engine here. */
export class NoEngine extends Error {}

/**
 * The folder of a package of PyPI that carries an engine, installed first if need be: outside the tree, under its
 * name.
 *
 * @param requirement such as `chdb==2.1.1`
 * @throws NoEngine where there is no Python with pip
 */
async function installed(requirement: string): Promise<string> {
  if (spawnSync('python3', ['-m', 'pip', '--version']).status !== 0) throw new NoEngine('no python3 with pip')
  const folder = join(cacheFolder(), requirement.replace('==', '-'))
  if (existsSync(folder)) return folder
  const aside = `${folder}.${process.pid}`
  try {
    mkdirSync(cacheFolder(), { recursive: true })
    await runCommand('python3', [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--target',
      aside,
      requirement,
    ])
    // It imports these for what nobody asks of it here; they are hundreds of megabytes.
    for (const name of ['pyarrow', 'pandas'])
      if (!existsSync(join(aside, name))) {
        mkdirSync(join(aside, name))
        writeFileSync(join(aside, name, '__init__.py'), STUB)
      }
    renameSync(aside, folder)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
  return folder
}

/**
 * Starts an engine of another version on a folder.
 *
 * @param requirement a package of PyPI with its version
 */
export async function startEngine(requirement: string, folder: string): Promise<Engine> {
  mkdirSync(folder, { recursive: true })
  const child = spawn('python3', [driver, join(folder, 'db')], {
    env: { ...process.env, PYTHONPATH: await installed(requirement) },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000)
  })
  const waiting = new Map<number, { resolve(text: string): void; reject(error: Error): void }>()
  let last = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, text, error } = JSON.parse(line)
    const { resolve, reject } = waiting.get(id)!
    waiting.delete(id)
    if (error === undefined) resolve(text)
    else reject(new Error(error))
  })
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${requirement} ended: ${said}`))
  })
  const ask = (sql: string, format = 'JSONEachRow') =>
    new Promise<string>((resolve, reject) => {
      waiting.set(++last, { resolve, reject })
      child.stdin.write(`${JSON.stringify({ id: last, sql, format })}\n`)
    })
  await ask('CREATE DATABASE IF NOT EXISTS throughline ENGINE = Atomic')
  await ask('USE throughline')
  await ask('SET output_format_json_quote_64bit_integers = 0')
  async function query<Row>(sql: string, params: Params = {}) {
    const text = await ask(bind(sql, params))
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row)
  }
  return {
    keeper: keepTemporary({ query }),
    query,
    async command(sql) {
      await ask(sql)
    },
    async insert(table, rows) {
      await ask(
        `INSERT INTO ${table} FORMAT JSONEachRow ${rows.map((row) => JSON.stringify(row)).join('\n')}`,
      )
    },
    close: () => stop(child),
  }
}
