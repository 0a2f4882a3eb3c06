import { once } from 'node:events'
import { Advice } from '../advice'
import { parseMoment } from '../ask/calendar'
import type { Selection } from '../ask/selection'
import { parseSelection } from '../ask/selection'
import type { Definitions } from '../config'
import { loadConfig } from '../config'
import { createDataFolder, defaultDataFolder } from '../data-folder'
import { startDev } from '../dev'
import { plain } from '../format'
import { lookAt } from '../init/project'
import { proxiesOf } from '../init/proxies'
import { parseKeep } from '../keep'
import { watchStarters } from '../starter'
import { watchConfig } from '../watch-config'
import { watchData } from '../watch-data'

export interface DevFlags extends Pick<Selection, 'timezone' | 'synthetic'> {
  readonly port: string | number
  readonly host: string
  readonly allowHost?: string | readonly string[]
  readonly allowOrigin?: string | readonly string[]
  readonly data?: string
  readonly keep?: string
  readonly config: string
  readonly asOf?: string | number
}

const list = (value: string | readonly string[] = []): string[] => [value].flat().map(String)

function parsePort(port: string | number): number {
  const number = Number(port)
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number
  throw new Advice(`--port is "${port}"; give a whole number from 0 to 65535`)
}

const parseAsOf = ({ asOf, timezone }: DevFlags): number | undefined =>
  asOf === undefined
    ? undefined
    : parseMoment(String(asOf), '--as-of', new Date(), timezone ?? 'UTC').getTime()

/** Whether a URL can have it as its host, and would take it for nothing else. */
function isHost(text: string): boolean {
  try {
    return new URL(`http://${text}`).hostname === text.toLowerCase()
  } catch {
    return false
  }
}

function parseHosts(hosts: DevFlags['allowHost']): string[] {
  for (const host of list(hosts))
    if (!isHost(host))
      throw new Advice(`--allow-host is "${host}"; give a name without port, such as host.docker.internal`)
  return list(hosts)
}

function parseOrigins(origins: DevFlags['allowOrigin']): string[] {
  for (const origin of list(origins))
    if (origin !== 'null' && !/^[a-z][a-z\d+.-]*:\/\/[^/*]+$/i.test(origin))
      throw new Advice(`--allow-origin is "${origin}"; give one such as https://shop.test`)
  return list(origins)
}

/** A short one could be guessed. */
function parseToken({ THROUGHLINE_TOKEN: token }: NodeJS.ProcessEnv): string | undefined {
  if (!token || /^[\w.~+/=-]{16,}$/.test(token)) return token || undefined
  throw new Advice('THROUGHLINE_TOKEN must have at least 16 letters, digits or any of . ~ + / = _ -')
}

/** Says once what the token is, on a terminal alone: what is not a terminal may be a log. */
function showToken(token: string | undefined, given: string | undefined) {
  if (token === undefined) return
  const who = 'to read the live page, or to send as a server,'
  if (given) console.log(`throughline: ${who} use the token in THROUGHLINE_TOKEN`)
  else if (process.stdout.isTTY) console.log(`throughline: ${who} use this token: ${token}`)
  else
    console.log(
      `throughline: ${who} a token is needed: set THROUGHLINE_TOKEN, since this is no terminal to show one`,
    )
}

/** Says where pages send to; a project without package.json, or one that cannot be read, needs no more than that. */
function showWhereTo(url: string) {
  const lines: string[] = []
  try {
    lines.push(...proxiesOf(lookAt('.'), url))
  } catch {
    // The address alone, then.
  }
  console.log(`throughline: pages send to endpoint: '${url}'${lines.length > 0 ? ", or to '/otlp' by" : ''}`)
  for (const line of lines) console.log(`  ${line}`)
}

function sayRead(config: string, { journeys, hypotheses }: Definitions) {
  const read = [
    ...journeys.map(({ name, version, steps }) => `${name} ${version} (${steps.length} steps)`),
    ...hypotheses.map(({ id }) => id),
  ]
  console.log(`throughline: ${config} was read again: ${read.join(', ')}`)
}

/**
 * Aborts with the first signal that ends a process in order, or when the `npx` or `npm start` above has gone; the next
 * signal ends it at once.
 */
function toldToStop(): AbortSignal {
  const controller = new AbortController()
  // The last is what a terminal sends when it closes.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const stop = () => {
    for (const signal of signals) process.off(signal, stop)
    controller.abort()
  }
  for (const signal of signals) process.on(signal, stop)
  watchStarters(({ name, pid }) => {
    console.log(`throughline: ${name} (process ${pid}), which started this, has ended: this ends as well`)
    stop()
  })
  return controller.signal
}

/** `throughline dev`: serves until it is told to stop. */
export async function dev(flags: DevFlags): Promise<void> {
  const token = parseToken(process.env)
  const { timezone, synthetic } = flags
  parseSelection({ timezone, synthetic }, new Date())
  const options = {
    shown: { timezone, synthetic },
    port: parsePort(flags.port),
    host: flags.host,
    hosts: parseHosts(flags.allowHost),
    origins: parseOrigins(flags.allowOrigin),
    token,
    keep: parseKeep(flags.keep),
    asOf: parseAsOf(flags),
  }
  const definitions = await loadConfig(flags.config)
  const data = flags.data ?? defaultDataFolder(flags.config)
  createDataFolder(data)
  const signal = toldToStop()
  const started = await startDev({ ...options, data, definitions, signal }).catch((error) => {
    if (!signal.aborted) throw error
  })
  if (!started) return
  const { url, close, redefine } = started
  const watched = watchData(started, definitions, (text) => console.log(`throughline: ${plain(text)}`))
  watchConfig(
    flags.config,
    (read) => {
      if (read instanceof Error)
        return console.log(`throughline: ${read.message}; what was read before holds until then`)
      redefine(read)
      sayRead(flags.config, read)
      watched.redefine(read)
    },
    signal,
  )
  showToken(started.token, token)
  console.log(`throughline: OTLP at ${url}/v1/traces and /v1/logs, live page at ${url}/, data in ${data}`)
  showWhereTo(url)
  watched.begin()
  if (!signal.aborted) await once(signal, 'abort')
  const slow = setTimeout(() => console.log('throughline: storing what was taken, then this ends'), 1000)
  await watched.end()
  await close()
  clearTimeout(slow)
}
