#!/usr/bin/env node

// packages/analysis/src/cli.ts
import { createRequire } from 'node:module'
import { cac } from 'cac'

// packages/analysis/src/advice.ts
var Advice = class extends Error {
  name = 'Advice'
}

// packages/analysis/src/commands/dev.ts
import { once } from 'node:events'

// packages/analysis/src/config.ts
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

// packages/core/src/define.ts
var UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }
function milliseconds(input) {
  const [, count2, unit = 'ms'] = /^([\d.]+)(\D+)?$/.exec(`${input}`) ?? []
  return Number(count2) * UNITS[unit]
}

// packages/core/src/event-spans.ts
var EVENT_SPANS = [
  'throughline.step.enter' /* STEP_ENTER */,
  'throughline.step.ready' /* STEP_READY */,
  'throughline.step.leave' /* STEP_LEAVE */,
  'throughline.run.end' /* RUN_END */,
  'throughline.exposure' /* EXPOSURE */,
  'browser.web_vital' /* WEB_VITAL */,
  'exception' /* EXCEPTION */,
  'throughline.first_interaction' /* FIRST_INTERACTION */,
  'throughline.satisfaction' /* SATISFACTION */,
  'throughline.delivery' /* DELIVERY */,
  'throughline.alias' /* ALIAS */,
  'throughline.mark' /* MARK */,
]
var PREFIXES = /^throughline\.(event|conversion)\./
var KEYS = [
  'throughline.run.outcome' /* RUN_OUTCOME */,
  'throughline.run.outcome_at' /* RUN_OUTCOME_AT */,
  'throughline.run.end_reason' /* RUN_END_REASON */,
]
var isEventOnly = (key) => PREFIXES.test(key) || KEYS.includes(key)

// packages/core/src/ids.ts
function uuidv7Time(id) {
  return typeof id === 'string' && /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)
    ? Number.parseInt(id.replace('-', ''), 16)
    : void 0
}

// packages/core/src/limits.ts
var DAY = 864e5
var LONGEST_WITHIN = 366 * DAY
var isBetween = (time, now, past) => time >= now - past * DAY && time <= now + 3 * DAY
var isRunId = (id, now) => isBetween(uuidv7Time(id), now, 400)
var isTimely = (time, now) => isBetween(time, now, 31)
var isName = (name) => typeof name === 'string' && /^[a-z0-9][a-z0-9-]{0,47}$/.test(name)
var isVersion = (version) => typeof version === 'string' && /^[\w.-]{1,32}$/.test(version)

// packages/core/src/checks.ts
function check(ok, message) {
  if (!ok) throw new TypeError(`throughline: ${message}`)
}
function checkName(name, what) {
  check(isName(name), `${what} has the name "${name}"; use 1 to 48 lower-case letters, digits and hyphens`)
}
function checkDuration(input, what) {
  const ms = input === void 0 ? 1 : milliseconds(input)
  check(
    ms > 0 && ms < Number.POSITIVE_INFINITY,
    `${what} is "${input}"; write milliseconds or '30m', '2h', '1d'`,
  )
}
function checkJourney(name, options) {
  const it = `journey "${name}"`
  checkName(name, it)
  check(Array.isArray(options?.steps) && options.steps.length > 1, `${it} needs at least two steps`)
  const names = options.steps.map((step) => (typeof step === 'string' ? step : step?.name))
  for (const step of names) checkName(step, `a step of ${it}`)
  const checkStep = (step, what) =>
    check(names.includes(step), `${what} of ${it} names "${step}", which is none of: ${names}`)
  check(new Set(names).size === names.length, `${it} declares a step twice: ${names}`)
  check(
    isVersion(options.version),
    `${it} has the version "${options.version}"; use 1 to 32 letters, digits, dots, hyphens and underscores, such as '1'`,
  )
  checkStep(options.converts, 'converts')
  for (const [step, target] of Object.entries(options.ready ?? {})) {
    checkStep(step, 'ready')
    check(!!target && target.p75 > 0, `ready.${step} of ${it} needs { p75: milliseconds }`)
  }
  checkDuration(options.within, `within of ${it}`)
  check(
    options.within === void 0 || milliseconds(options.within) <= LONGEST_WITHIN,
    `within of ${it} is "${options.within}"; the longest is '366d'`,
  )
  checkDuration(options.idle, `idle of ${it}`)
  check(
    [void 0, 'tab', 'browser'].includes(options.keep),
    `keep of ${it} is "${options.keep}"; it is 'tab' or 'browser'`,
  )
}
function checkHypothesis(id, options) {
  const it = `hypothesis "${id}"`
  checkName(id, it)
  const {
    journey,
    statement,
    variants,
    weights,
    from,
    expect,
    guardrails: guardrails2 = [],
    until,
  } = options ?? {}
  check(!!journey?.steps, `${it} needs the journey it is about (from defineJourney)`)
  check(!!statement, `${it} needs a statement: the claim in one sentence`)
  check(
    Array.isArray(variants) && variants.length > 1,
    `${it} needs at least two variants, the control first`,
  )
  for (const variant of variants) checkName(variant, `a variant of ${it}`)
  check(new Set(variants).size === variants.length, `${it} declares a variant twice: ${variants}`)
  const sum = weights?.reduce((total, weight) => total + weight, 0) ?? 1
  const each = !weights || (weights.length === variants.length && weights.every((weight) => weight > 0))
  check(
    each && Math.abs(sum - 1) < 1e-6,
    `the weights of ${it} are ${weights}; give one above 0 for each variant, adding up to 1`,
  )
  const effect = expect?.relative ?? expect?.absolute
  check(
    expect?.metric === 'conversion' && Number.isFinite(effect) && effect !== 0,
    `${it} needs expect: { metric: 'conversion', relative: 0.1 } (or absolute), with an effect other than 0`,
  )
  for (const step of [from, ...guardrails2.map((guardrail) => guardrail.step)])
    check(
      step === void 0 || journey.steps.some(({ name }) => name === step),
      `${it} names the step "${step}", which "${journey.name}" has not`,
    )
  for (const { p75AtMost, relativeAtMost } of guardrails2)
    check(
      (p75AtMost === void 0) !== (relativeAtMost === void 0),
      `a guardrail of ${it} needs either p75AtMost or relativeAtMost`,
    )
  check(!until || !Number.isNaN(Date.parse(until)), `until of ${it} is no ISO 8601 date`)
}

// packages/core/src/hypothesis.ts
function defineHypothesis(id, options) {
  if (true) checkHypothesis(id, options)
  const { journey, variants, weights, guardrails: guardrails2, flag } = options
  return {
    ...options,
    id,
    journey: journey.name,
    weights: weights ?? variants.map(() => 1 / variants.length),
    guardrails: guardrails2 ?? [],
    flag: flag ?? id,
  }
}

// packages/core/src/journey.ts
function defineJourney(name, options) {
  if (true) checkJourney(name, options)
  return {
    ...options,
    name,
    steps: options.steps.map((step) => {
      const { name: name2, optional = false } = typeof step === 'string' ? { name: step } : step
      return { name: name2, optional }
    }),
    within: milliseconds(options.within ?? '2h'),
    idle: milliseconds(options.idle ?? '30m'),
    keep: options.keep ?? 'tab',
    ready: options.ready ?? {},
  }
}

// packages/analysis/src/config.ts
import { createJiti } from 'jiti'

async function loadConfig(path) {
  const file = resolve(path)
  if (!existsSync(file))
    throw new Advice(
      `there is no ${path}: write one with "export default { journeys: [...], hypotheses: [...] }", or name another with --config`,
    )
  let exported
  try {
    exported = await createJiti(import.meta.url, { fsCache: false }).import(file)
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).trim().split('\n')
    throw new Advice(`${path} cannot be loaded: ${reason}`)
  }
  try {
    return check2(exported.default ?? exported)
  } catch (error) {
    throw new Advice(`${path}: ${error.message.replace(/^throughline: /, '')}`)
  }
}
var isObject = (value) => typeof value === 'object' && value !== null
function check2(exported) {
  const { journeys, hypotheses = [] } = isObject(exported) ? exported : {}
  if (!Array.isArray(journeys) || journeys.length === 0)
    throw new Error('it must export journeys, a list with at least one that defineJourney made')
  if (!Array.isArray(hypotheses)) throw new Error('hypotheses must be a list of what defineHypothesis made')
  const defined = journeys.map((journey, index) => {
    if (!isObject(journey) || typeof journey.name !== 'string')
      throw new Error(`journeys[${index}] is no journey; make it with defineJourney`)
    return defineJourney(journey.name, journey)
  })
  const versions = new Set(defined.map(({ name, version }) => JSON.stringify([name, version])))
  if (versions.size < defined.length) throw new Error('two journeys have the same name and version')
  const ids = /* @__PURE__ */ new Set()
  return {
    journeys: defined,
    hypotheses: hypotheses.map((hypothesis, index) => {
      if (!isObject(hypothesis) || typeof hypothesis.id !== 'string')
        throw new Error(`hypotheses[${index}] is no hypothesis; make it with defineHypothesis`)
      const { id } = hypothesis
      const named = defined.filter(({ name }) => name === hypothesis.journey)
      const { from } = hypothesis
      const journey = named.find(({ steps }) => steps.some((step) => step.name === from)) ?? named[0]
      if (!journey)
        throw new Error(
          `hypothesis "${id}" is about the journey "${hypothesis.journey}", which is not among the journeys`,
        )
      if (ids.has(id)) throw new Error(`two hypotheses have the id "${id}"`)
      ids.add(id)
      return defineHypothesis(id, { ...hypothesis, journey })
    }),
  }
}

// packages/analysis/src/data-folder.ts
import { createHash } from 'node:crypto'
import { existsSync as existsSync2, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve as resolve2 } from 'node:path'

var EARLIER = '.throughline'
function stateFolder({ XDG_STATE_HOME }) {
  if (XDG_STATE_HOME) return XDG_STATE_HOME
  return process.platform === 'darwin'
    ? join(homedir(), 'Library/Application Support')
    : join(homedir(), '.local/state')
}
var real = (folder2) => {
  try {
    return realpathSync(folder2)
  } catch {
    return folder2
  }
}
function defaultDataFolder(config, environment = process.env) {
  if (existsSync2(join(EARLIER, 'db'))) return EARLIER
  const project = real(dirname(resolve2(config)))
  const hash2 = createHash('sha256').update(project).digest('hex').slice(0, 8)
  return join(stateFolder(environment), 'throughline', `${basename(project) || 'root'}-${hash2}`)
}
function createDataFolder(folder2) {
  try {
    if (mkdirSync(folder2, { recursive: true, mode: 448 })) writeFileSync(join(folder2, '.gitignore'), '*\n')
  } catch (error) {
    throw new Advice(`cannot keep data in ${folder2}: ${error.code}; name another folder with --data`)
  }
}

// packages/analysis/src/dev.ts
import { randomBytes as randomBytes2 } from 'node:crypto'
// packages/analysis/src/engines/dev-address.ts
import {
  mkdirSync as mkdirSync2,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync as writeFileSync2,
} from 'node:fs'
import { createServer } from 'node:http'
import { join as join2 } from 'node:path'

var fileOf = (folder2) => join2(folder2, 'dev.json')
function writeDevAddress(folder2, address) {
  const file = fileOf(folder2)
  mkdirSync2(folder2, { recursive: true })
  writeFileSync2(
    `${file}.new`,
    `${JSON.stringify(address)}
`,
    { mode: 384 },
  )
  renameSync(`${file}.new`, file)
}
function readDevAddress(folder2) {
  try {
    const address = JSON.parse(readFileSync(fileOf(folder2), 'utf8'))
    const { url, token, pid } = address
    if (typeof url === 'string' && typeof token === 'string' && Number.isInteger(pid)) return address
  } catch {}
  return void 0
}
function removeDevAddress(folder2, { token }) {
  if (readDevAddress(folder2)?.token === token) rmSync(fileOf(folder2), { force: true })
}
var PATIENCE = 5e3
async function runningDev(folder2) {
  const address = readDevAddress(folder2)
  if (!address) return void 0
  try {
    const { status: status2 } = await fetch(`${address.url}/api/alive`, {
      headers: { authorization: `Bearer ${address.token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    })
    return status2 === 204 ? address : void 0
  } catch {
    return void 0
  }
}

// packages/analysis/src/engines/journal.ts
import { randomBytes } from 'node:crypto'
// packages/analysis/src/engines/files.ts
import {
  closeSync,
  ftruncateSync,
  mkdirSync as mkdirSync3,
  openSync,
  readdirSync,
  readFileSync as readFileSync2,
  renameSync as renameSync2,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join as join3 } from 'node:path'

var files = {
  list(folder2) {
    mkdirSync3(folder2, { recursive: true })
    return readdirSync(folder2)
  },
  open: (file, flags) => openSync(file, flags, 384),
  write: (descriptor, bytes2, position) => writeSync(descriptor, bytes2, 0, bytes2.length, position),
  truncate: ftruncateSync,
  close: closeSync,
  read: (file) => readFileSync2(file),
  rename: renameSync2,
  remove: unlinkSync,
}
function writeFully({ write: write3 }, descriptor, bytes2, position) {
  for (let done = 0; done < bytes2.length; ) {
    const written = write3(descriptor, bytes2.subarray(done), position + done)
    if (written === 0) throw new Error('the file system takes no more bytes')
    done += written
  }
}

// packages/analysis/src/engines/insert-or-split.ts
var MOST_TRIES = 300
var isOutOfResources = ({ message }) =>
  /NOT_ENOUGH_SPACE|No space left|ENOSPC|EDQUOT|EIO\b|MEMORY|CANNOT_(WRITE|OPEN|CREATE|FSYNC|CLOSE)|UNKNOWN_TABLE|UNKNOWN_DATABASE|Too many parts|TIMEOUT|is closed/.test(
    message,
  )
function middle(lines) {
  const half = lines.length >> 1
  const after = lines.subarray(0, -1).indexOf(10, half)
  return (after >= 0 ? after : lines.subarray(0, half).lastIndexOf(10)) + 1
}
async function insertOrSplit(store, table2, progress) {
  const { parts, refused } = progress
  for (let part = parts[0]; part; part = parts[0])
    try {
      progress.tries++
      await store.append(table2, part)
      parts.shift()
    } catch (error) {
      if (isOutOfResources(error)) throw error
      const half = progress.tries < MOST_TRIES ? middle(part) : 0
      if (half > 0) {
        parts.splice(0, 1, part.subarray(0, half), part.subarray(half))
        continue
      }
      progress.reason ??= error
      refused.push(part)
      parts.shift()
    }
}

// packages/analysis/src/engines/records.ts
import { crc32 } from 'node:zlib'

var MARK = Buffer.from([255, 84, 76, 2])
var HEADER = 16
function recordHeader(lines) {
  const header = Buffer.allocUnsafe(HEADER)
  MARK.copy(header)
  header.writeUInt32LE(lines.length, 4)
  header.writeUInt32LE(crc32(lines), 8)
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12)
  return header
}
function sizeAt(segment, at) {
  const left = segment.length - at
  if (!segment.subarray(at, at + MARK.length).equals(MARK.subarray(0, left))) return void 0
  if (left < HEADER) return Number.POSITIVE_INFINITY
  if (segment.readUInt32LE(at + 12) !== crc32(segment.subarray(at, at + 12))) return void 0
  const size = HEADER + segment.readUInt32LE(at + 4)
  return size > left ? Number.POSITIVE_INFINITY : size
}
function readRecords(segment) {
  const records = []
  let damaged = 0
  let at = 0
  while (at < segment.length) {
    const size = sizeAt(segment, at) ?? 0
    const lines = segment.subarray(at + HEADER, at + size)
    if (size >= HEADER && at + size <= segment.length && crc32(lines) === segment.readUInt32LE(at + 8)) {
      records.push(lines)
      at += size
      continue
    }
    const next = segment.indexOf(MARK, at + 1)
    if (size === Number.POSITIVE_INFINITY && next < 0) break
    const end = next < 0 ? segment.length : next
    damaged += end - at
    at = end
  }
  return { records, damaged }
}
function readLines(segment) {
  const whole = segment.subarray(0, segment.lastIndexOf('\n') + 1)
  const lines = whole.includes(0) ? Buffer.from(whole.filter((byte) => byte !== 0)) : whole
  return { records: lines.length > 0 ? [lines] : [], damaged: 0 }
}

// packages/analysis/src/engines/journal.ts
var QUIET = 100
var LONGEST = 1e3
var RETRY = 2e3
var LARGEST = 16 * 2 ** 20
var MOST_WAITING = 64 * 2 ** 20
var MOST_PENDING = 128 * 2 ** 20
var folderOf = (data) => join3(data, 'journal')
var say = (text2) =>
  process.stderr.write(`throughline: ${text2}
`)
function openTable(store, files2, folder2, table2) {
  let open2
  const full = files2
    .list(folder2)
    .filter((name) => name.startsWith(`${table2}-`) && /\.(journal|jsonl)$/.test(name))
    .sort()
    .map((name) => ({ file: join3(folder2, name), descriptor: void 0, begun: 0, size: 0 }))
  let inserting
  let timer
  let stuck
  let closed = false
  let pending = 0
  let latest = 0
  function begin() {
    const file = join3(folder2, `${table2}-${Date.now()}-${randomBytes(6).toString('hex')}.journal`)
    return { file, descriptor: files2.open(file, 'wx'), begun: performance.now(), size: 0 }
  }
  function end() {
    if (!open2) return
    const segment = open2
    open2 = void 0
    full.push(segment)
    const { descriptor } = segment
    segment.descriptor = void 0
    try {
      files2.close(descriptor)
    } catch (error) {
      say(`${segment.file} could not be closed: ${error.message}`)
    }
  }
  function write3(segment, lines) {
    const { descriptor, size } = segment
    const header = recordHeader(lines)
    try {
      writeFully(files2, descriptor, header, size)
      writeFully(files2, descriptor, lines, size + header.length)
      segment.size += header.length + lines.length
    } catch (error) {
      try {
        files2.truncate(descriptor, size)
      } catch {
        end()
      }
      throw error
    }
  }
  function setAside(file, { refused, reason }) {
    const name = `${file}.refused`
    const lines = Buffer.concat(refused)
    const descriptor = files2.open(name, 'w')
    try {
      writeFully(files2, descriptor, lines, 0)
    } finally {
      files2.close(descriptor)
    }
    const rows = lines.toString().split('\n').length - 1
    say(`rows that could not be inserted (${rows}) are kept in ${name}: ${reason.message.split('\n')[0]}`)
  }
  function read(file) {
    try {
      return files2.read(file)
    } catch (error) {
      say(`the rows in ${file} are not stored, since it cannot be read: ${error.message}`)
      return void 0
    }
  }
  async function insert(segment) {
    const { file } = segment
    const bytes2 = read(file)
    if (!bytes2) return
    const { records, damaged } = (file.endsWith('.jsonl') ? readLines : readRecords)(bytes2)
    segment.progress ??= { parts: records.length > 0 ? [Buffer.concat(records)] : [], refused: [], tries: 0 }
    await insertOrSplit(store, table2, segment.progress)
    if (segment.progress.refused.length > 0) setAside(file, segment.progress)
    if (damaged === 0) return files2.remove(file)
    files2.rename(file, `${file}.damaged`)
    say(`${damaged} bytes of ${file}.damaged could not be read; the rest of its rows is stored`)
  }
  function settle() {
    if (inserting) return inserting
    if (full.length === 0) end()
    const [oldest] = full
    if (!oldest) return Promise.resolve()
    inserting = insert(oldest)
      .then(
        () => {
          full.shift()
          pending -= oldest.size
          stuck = void 0
        },
        (error) => {
          const [reason] = error.message.split('\n')
          if (reason !== stuck?.reason)
            say(`rows wait in ${folder2}, since the tables take none at present: ${reason}`)
          stuck = { reason, until: performance.now() + RETRY }
        },
      )
      .finally(() => {
        inserting = void 0
        look()
      })
    return inserting
  }
  function look() {
    clearTimeout(timer)
    timer = void 0
    const oldest = full[0] ?? open2
    if (inserting || closed || !oldest) return
    const now = performance.now()
    const due = Math.min(latest + QUIET, oldest.begun + LONGEST)
    const wait = stuck ? stuck.until - now : pending >= MOST_WAITING ? 0 : due - now
    if (wait <= 0) void settle()
    else timer = setTimeout(look, wait)
  }
  async function flush() {
    end()
    const last = full.at(-1)
    while (last && full.includes(last)) {
      await settle()
      if (stuck) return
    }
  }
  look()
  return {
    flush,
    async append(lines) {
      while (pending >= MOST_PENDING) {
        await settle()
        if (stuck) throw new Error(`too much is waiting for the tables: ${stuck.reason}`)
      }
      if (closed) throw new Error('the journal is closed')
      open2 ??= begin()
      const { size } = open2
      write3(open2, lines)
      pending += open2.size - size
      latest = performance.now()
      if (open2.size >= LARGEST) end()
      if (!timer || pending >= MOST_WAITING) look()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await flush()
      await inserting
    },
  }
}
function openJournal(store, data, files2 = files) {
  const traces = openTable(store, files2, folderOf(data), 'otel_traces')
  const logs = openTable(store, files2, folderOf(data), 'otel_logs')
  return {
    append: (table2, lines) => (table2 === 'otel_logs' ? logs : traces).append(lines),
    async flush() {
      await Promise.all([traces.flush(), logs.flush()])
    },
    async close() {
      await Promise.all([traces.close(), logs.close()])
    },
  }
}
var replayJournal = (store, data) => openJournal(store, data).close()
var afterJournal = (store, journal) => ({
  ...store,
  async query(...question) {
    await journal.flush()
    return store.query(...question)
  },
})

// packages/analysis/src/keep.ts
import { readFileSync as readFileSync3 } from 'node:fs'

var DAY2 = 864e5
var load = (name) => readFileSync3(new URL(`../sql/keep/${name}.sql`, import.meta.url), 'utf8').trim()
async function dropOlder(engine, days, now) {
  const before = Math.floor((now - days * DAY2) / 1e3)
  for (const { target, kind } of await engine.query(load('tables')))
    await engine.command(load(kind).replaceAll('{table}', target).replaceAll('{before}', String(before)))
}
function keepDays(engine, days, now) {
  const drop = () =>
    dropOlder(engine, days, now()).catch((error) => {
      process.stderr.write(`throughline: old data could not be deleted: ${error.message.split('\n')[0]}
`)
    })
  let running = drop()
  const timer = setInterval(() => {
    running = running.then(drop)
  }, DAY2)
  timer.unref()
  return () => {
    clearInterval(timer)
    return running
  }
}

// packages/analysis/src/engines/chdb.ts
import { mkdirSync as mkdirSync4 } from 'node:fs'
import { join as join4 } from 'node:path'
// packages/analysis/src/open-engine.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { drainPending, Session } from 'chdb'

var DATABASE = 'throughline'
var parseRows = (text2) =>
  text2
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
var formatRows = (rows) => Buffer.from(rows.map((row2) => JSON.stringify(row2)).join('\n'))
function openChdb(folder2) {
  const path = join4(folder2, 'db')
  mkdirSync4(path, { recursive: true })
  const writer = new Session(path)
  writer.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`)
  writer.query(`USE ${DATABASE}`)
  writer.query('SET materialize_skip_indexes_on_insert = 0')
  const reader = new Session(path)
  reader.query(`USE ${DATABASE}`)
  reader.query('SET readonly = 1')
  const append = async (table2, lines) => {
    await writer.insert({ table: table2, values: lines, format: 'JSONEachRow' })
  }
  return {
    append,
    insert: (table2, rows) => append(table2, formatRows(rows)),
    async query(sql, params = {}) {
      const result = await reader.queryBindAsync(sql, params, { format: 'JSONEachRow' })
      return parseRows(result.text())
    },
    async command(sql) {
      await writer.queryAsync(sql)
    },
    async close() {
      await drainPending()
      reader.close()
      writer.close()
      await drainPending()
    },
  }
}

// packages/analysis/src/engines/process-start.ts
import { execFileSync } from 'node:child_process'
// packages/analysis/src/engines/claim.ts
import {
  mkdirSync as mkdirSync5,
  readFileSync as readFileSync4,
  readFileSync as readFileSync5,
  rmSync as rmSync2,
  statSync,
  writeFileSync as writeFileSync3,
} from 'node:fs'
import { join as join5 } from 'node:path'

function fromProc(pid) {
  const stat = readFileSync4(`/proc/${pid}/stat`, 'utf8')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? void 0 : fields[18]
}
function fromPs(pid) {
  const said = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  }).trim()
  return said === '' || said.startsWith('Z') ? void 0 : said.replace(/^\S+\s+/, '')
}
function processStart(pid) {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
  } catch {
    return void 0
  }
}

// packages/analysis/src/engines/claim.ts
var fileOf2 = (folder2) => join5(folder2, 'lock')
function readLock(file) {
  try {
    return readFileSync5(file, 'utf8')
  } catch {
    return void 0
  }
}
var MOMENT_MS = 1e4
var isOld = (file) => {
  const { mtimeMs = Date.now() } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return Date.now() - mtimeMs > MOMENT_MS
}
function livingHolder(lock) {
  const [, pid, start] = /^(\d+) ?(.*)$/.exec(lock) ?? []
  const started = pid && processStart(Number(pid))
  return started && (!start || start === started) ? Number(pid) : void 0
}
var holderOf = (folder2) => livingHolder(readLock(fileOf2(folder2)) ?? '')
function breakHold(file, gone) {
  const breaking = `${file}.breaking`
  try {
    writeFileSync3(breaking, '', { flag: 'wx' })
  } catch {
    if (isOld(breaking)) rmSync2(breaking, { force: true })
    return
  }
  if (readLock(file) === gone) rmSync2(file, { force: true })
  rmSync2(breaking, { force: true })
}
function hold(file, lock) {
  const release = () => {
    process.off('exit', release)
    if (readLock(file) === lock) rmSync2(file, { force: true })
  }
  process.once('exit', release)
  return { release }
}
function claimFolder(folder2) {
  const file = fileOf2(folder2)
  const ours = `${process.pid} ${processStart(process.pid)}`
  mkdirSync5(folder2, { recursive: true })
  for (const attempt of [1, 2])
    try {
      writeFileSync3(file, ours, { flag: 'wx' })
      return hold(file, ours)
    } catch (error) {
      if (error.code !== 'EEXIST') {
        if (readLock(file) === '') rmSync2(file, { force: true })
        throw error
      }
      const lock = readLock(file)
      if (lock === ours) return { release() {} }
      if (lock === void 0 || livingHolder(lock) || attempt === 2) return void 0
      if (lock !== '' || isOld(file)) breakHold(file, lock)
    }
}

// packages/analysis/src/engines/clickhouse.ts
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'

async function openClickHouse(url) {
  const { address, shown, ...access } = parse(url)
  const client = createClient({
    url: address,
    ...access,
    application: 'throughline',
    // What goes wrong is thrown, and said once.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  })
  const answer = await client.ping({ select: true })
  if (!answer.success) {
    await client.close()
    const { code, message } = answer.error
    throw new Advice(`ClickHouse at ${shown} does not answer: ${message.split('\n')[0] || code}`)
  }
  const said = (error) => {
    throw new Advice(`ClickHouse at ${shown} says: ${error.message.split('\n')[0]}`)
  }
  return {
    async query(sql, params = {}) {
      const asked = client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
      return asked.then((result) => result.json()).catch(said)
    },
    async command(sql) {
      await client.command({ query: sql }).catch(said)
    },
    async insert(table2, rows) {
      await client.insert({ table: table2, values: rows, format: 'JSONEachRow' }).catch(said)
    },
    close: () => client.close(),
  }
}
function parse(text2) {
  let url
  try {
    url = new URL(text2)
  } catch {
    throw new Advice(`"${text2}" is no address; write http://user:password@host:8123/database`)
  }
  if (!/^https?:$/.test(url.protocol))
    throw new Advice(`"${text2}" is no address of ClickHouse's HTTP interface, such as http://localhost:8123`)
  return {
    address: url.origin,
    shown: url.origin,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'default',
  }
}

// packages/analysis/src/engines/remote.ts
function openRemote({ url, token, pid }) {
  const refuse2 = async () => {
    throw new Advice(`the data is in use by "throughline dev" at ${url} (process ${pid}); stop that first`)
  }
  return {
    async query(sql, params = {}) {
      const asked = fetch(`${url}/api/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ sql, params }),
      })
      const gone = () => {
        throw new Advice(`"throughline dev" at ${url} (process ${pid}) ended while it was asked; try again`)
      }
      const response = await asked.catch(gone)
      const text2 = await response.text().catch(gone)
      if (!response.ok) throw new Error(text2)
      return parseRows(text2)
    },
    command: refuse2,
    insert: refuse2,
    async close() {},
  }
}

// packages/analysis/src/schema.ts
import { readdirSync as readdirSync2, readFileSync as readFileSync6 } from 'node:fs'

var folder = new URL('../sql/', import.meta.url)
var FILLS = /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO \w+ AS\n/m
var renewed = (statement) => {
  const [head, name] = FILLS.exec(statement) ?? []
  if (!head) return [statement]
  return [
    statement,
    `ALTER TABLE ${name} MODIFY QUERY
${statement.slice(statement.indexOf(head) + head.length)}`,
  ]
}
function schemaStatements() {
  const files2 = readdirSync2(folder).filter((name) => /^\d\d-.*\.sql$/.test(name))
  return files2
    .sort()
    .flatMap((name) => readFileSync6(new URL(name, folder), 'utf8').split(/;\s*$/m))
    .filter((statement) => statement.trim() !== '')
    .flatMap(renewed)
}
async function applySchema(engine) {
  for (const statement of schemaStatements()) await engine.command(statement)
}

// packages/analysis/src/open-engine.ts
var PATIENCE2 = 6e4
var UNSAID = 1e3
var isLocked = (error) => /Cannot lock file|CHDB_CONNECTION/.test(`${error.message} ${error.code}`)
function openClaimed(folder2, claim) {
  const store = openChdb(folder2)
  return {
    ...store,
    async close() {
      await store.close()
      claim?.release()
    },
  }
}
var holderText = (folder2) => {
  const pid = holderOf(folder2)
  return pid ? `process ${pid}` : 'another process'
}
async function openFolder(folder2, signal) {
  const begun = performance.now()
  let said = false
  for (;;) {
    const dev2 = await runningDev(folder2)
    if (dev2) return dev2
    const waited = performance.now() - begun
    const patient = waited < PATIENCE2
    let claim
    let pause = 100
    try {
      claim = claimFolder(folder2)
      if (claim || !patient) return openClaimed(folder2, claim)
    } catch (error) {
      claim?.release()
      const { code, message } = error
      if (!isLocked(error)) throw new Advice(`cannot keep data in ${folder2}: ${code ?? message}`)
      if (!patient)
        throw new Advice(`${holderText(folder2)} holds the data in ${folder2}; wait for it, or stop it`)
      pause = 1e3
    }
    if (!said && waited > UNSAID) {
      said = true
      process.stderr.write(
        `throughline: waiting for ${holderText(folder2)}, which holds the data in ${folder2}
`,
      )
    }
    await sleep(pause, void 0, { signal })
  }
}
async function replayed(store, folder2) {
  try {
    await applySchema(store)
    await replayJournal(store, folder2)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}
async function openEngine(where) {
  if ('url' in where) return openClickHouse(where.url)
  const opened = await openFolder(where.folder)
  return 'url' in opened ? openRemote(opened) : replayed(opened, where.folder)
}
async function holdFolder(folder2, signal) {
  const opened = await openFolder(folder2, signal)
  if ('url' in opened)
    throw new Advice(
      `"throughline dev" at ${opened.url} (process ${opened.pid}) serves ${folder2} already; use that, or give this one a folder of its own with --data`,
    )
  return opened
}

// packages/analysis/src/receiver/host.ts
import { isIP } from 'node:net'

// packages/analysis/src/receiver/bad-request.ts
var BadRequest = class extends Error {
  status
  constructor(status2, message) {
    super(message)
    this.status = status2
  }
}
var malformed = (message) => new BadRequest(400, message)

// packages/analysis/src/receiver/host.ts
var isLoopback = (host) => /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)
function checkHost(request2, { bound, allowed }) {
  const name = hostName(request2.headers.host ?? '')
  if (isLoopback(name) || name === bound || allowed.includes(name)) return
  if (!isLoopback(bound) && (isIP(name) || /^[\w-]+$/.test(name))) return
  throw new BadRequest(
    403,
    `the Host header names "${name}"; use localhost, or start with --allow-host ${name}`,
  )
}
function hostName(header) {
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, '')
  } catch {
    throw new BadRequest(403, 'the Host header is no host')
  }
}

// packages/analysis/src/receiver/pool.ts
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

var MOST_WORKERS = Math.min(availableParallelism(), 4)
var MOST_WAITING2 = 64 * 2 ** 20
var OURS = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)
function openPool(file = OURS) {
  const workers = /* @__PURE__ */ new Set()
  const idle = []
  const jobs = /* @__PURE__ */ new Map()
  const queue = []
  let room = Promise.withResolvers()
  let waiting = 0
  function start() {
    const worker = new Worker(file)
    workers.add(worker)
    worker.unref()
    worker.on('message', (reply) => {
      const { resolve: resolve3, reject } = jobs.get(worker)
      jobs.delete(worker)
      if ('lines' in reply) resolve3(reply)
      else if (reply.status) reject(new BadRequest(reply.status, reply.reason))
      else reject(new Error(reply.reason))
      const next = queue.shift()
      if (next) give(worker, next)
      else idle.push(worker)
    })
    let reason = new Error('the thread that read it has ended')
    worker.on('error', (error) => {
      reason = error
    })
    worker.on('exit', () => {
      workers.delete(worker)
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
      jobs.get(worker)?.reject(reason)
      jobs.delete(worker)
      const next = queue.shift()
      if (next) give(start(), next)
    })
    return worker
  }
  function give(worker, job) {
    jobs.set(worker, job)
    const { body, envelope } = job
    worker.postMessage({ body, envelope }, [body.buffer])
  }
  return {
    async room() {
      while (waiting >= MOST_WAITING2) await room.promise
    },
    async decode(body, envelope) {
      const size = body.length
      waiting += size
      try {
        return await new Promise((resolve3, reject) => {
          const job = { body, envelope, resolve: resolve3, reject }
          const worker = idle.pop() ?? (workers.size < MOST_WORKERS ? start() : void 0)
          if (worker) give(worker, job)
          else queue.push(job)
        })
      } finally {
        waiting -= size
        room.resolve()
        room = Promise.withResolvers()
      }
    },
    async close() {
      for (const { reject } of queue.splice(0)) reject(new Error('the receiver is closing'))
      await Promise.all(Array.from(workers, (worker) => worker.terminate()))
    },
  }
}

// packages/analysis/src/receiver/body.ts
import { gunzipSync } from 'node:zlib'

var LARGEST2 = 20 * 2 ** 20
var tooLarge = () => new BadRequest(413, 'the body is larger than 20 MiB; send smaller batches')
async function readBytes(request2) {
  if (Number(request2.headers['content-length'] ?? 0) > LARGEST2) throw tooLarge()
  const chunks = []
  let size = 0
  for await (const chunk of request2.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > LARGEST2) throw tooLarge()
    chunks.push(chunk)
  }
  const body = Buffer.allocUnsafeSlow(size)
  let at = 0
  for (const chunk of chunks) at += chunk.copy(body, at)
  return body
}
function isGzipped({ headers }) {
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new BadRequest(415, `content-encoding "${encoding}" is not taken; use gzip or none`)
  return encoding === 'gzip'
}
function decompress(body) {
  try {
    return gunzipSync(body, { maxOutputLength: LARGEST2 })
  } catch (error) {
    if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw malformed(`the body is no gzip: ${error.message}`)
  }
}

// packages/analysis/src/receiver/otlp.ts
var TRACES = {
  table: 'otel_traces',
  resources: 'resourceSpans',
  scopes: 'scopeSpans',
  records: 'spans',
  rejected: 'rejectedSpans',
}
var LOGS = {
  table: 'otel_logs',
  resources: 'resourceLogs',
  scopes: 'scopeLogs',
  records: 'logRecords',
  rejected: 'rejectedLogRecords',
}
var SIGNALS = { otel_traces: TRACES, otel_logs: LOGS }

// packages/analysis/src/receiver/protobuf.ts
import protobuf from 'protobufjs/minimal.js'

var DEEPEST = 64
var text = (name) => ({ name, wire: 2, read: (reader) => reader.string() })
var bytes = (name) => ({ name, wire: 2, read: (reader) => reader.bytes() })
var uint32 = (name) => ({ name, wire: 0, read: (reader) => reader.uint32() })
var fixed32 = (name) => ({ name, wire: 5, read: (reader) => reader.fixed32() })
var bool = (name) => ({ name, wire: 0, read: (reader) => reader.bool() })
var double = (name) => ({ name, wire: 1, read: (reader) => reader.double() })
var int64 = (name) => ({ name, wire: 0, read: (reader) => reader.int64().toString() })
var fixed64 = (name) => ({
  name,
  wire: 1,
  read(reader, buffer) {
    const at = reader.pos
    reader.skip(8)
    return buffer.readBigUInt64LE(at)
  },
})
var nested = (name, message, repeated = false) => ({
  name,
  wire: 2,
  repeated,
  read(reader, buffer, depth) {
    const length = reader.uint32()
    return readMessage(reader, buffer, message(), reader.pos + length, depth + 1)
  },
})
var list = (name, message) => nested(name, message, true)
var arrayValue = { 1: list('values', () => anyValue) }
var kvlistValue = { 1: list('values', () => keyValue) }
var anyValue = {
  1: text('stringValue'),
  2: bool('boolValue'),
  3: int64('intValue'),
  4: double('doubleValue'),
  5: nested('arrayValue', () => arrayValue),
  6: nested('kvlistValue', () => kvlistValue),
  7: bytes('bytesValue'),
}
var keyValue = { 1: text('key'), 2: nested('value', () => anyValue) }
var attributes = list('attributes', () => keyValue)
var resource = { 1: attributes }
var scope = { 1: text('name'), 2: text('version'), 3: attributes }
var event = { 1: fixed64('timeUnixNano'), 2: text('name'), 3: attributes }
var link = { 1: bytes('traceId'), 2: bytes('spanId'), 3: text('traceState'), 4: attributes }
var status = { 2: text('message'), 3: uint32('code') }
var span = {
  1: bytes('traceId'),
  2: bytes('spanId'),
  3: text('traceState'),
  4: bytes('parentSpanId'),
  5: text('name'),
  6: uint32('kind'),
  7: fixed64('startTimeUnixNano'),
  8: fixed64('endTimeUnixNano'),
  9: attributes,
  11: list('events', () => event),
  13: list('links', () => link),
  15: nested('status', () => status),
}
var logRecord = {
  1: fixed64('timeUnixNano'),
  2: uint32('severityNumber'),
  3: text('severityText'),
  5: nested('body', () => anyValue),
  6: attributes,
  8: fixed32('flags'),
  9: bytes('traceId'),
  10: bytes('spanId'),
  11: fixed64('observedTimeUnixNano'),
  12: text('eventName'),
}
var request = ({ resources, scopes, records }, record) => {
  const inScope = { 1: nested('scope', () => scope), 2: list(records, () => record), 3: text('schemaUrl') }
  const inResource = {
    1: nested('resource', () => resource),
    2: list(scopes, () => inScope),
    3: text('schemaUrl'),
  }
  return { 1: list(resources, () => inResource) }
}
var requests = { otel_traces: request(TRACES, span), otel_logs: request(LOGS, logRecord) }
function varint(reader) {
  const byte = reader.buf[reader.pos]
  if (byte >= 128) return Number(reader.uint64().toString())
  reader.skip(1)
  return byte
}
function checkLength(reader) {
  const at = reader.pos
  if (varint(reader) > reader.len - reader.pos) throw malformed('the protobuf is cut off')
  reader.pos = at
}
function readMessage(reader, buffer, message, end, depth) {
  if (end > reader.len || depth > DEEPEST) throw malformed('the protobuf is cut off or nested too deeply')
  const result = {}
  while (reader.pos < end) {
    const tag = varint(reader)
    const wire = tag & 7
    if (tag >= 2 ** 32 || wire === 3 || wire === 4)
      throw malformed('the protobuf has a field that no OTLP has')
    if (wire === 2) checkLength(reader)
    const field = message[tag >>> 3]
    if (!field) {
      if (tag >>> 3 === 0) throw malformed('the protobuf has a field 0, which there cannot be')
      reader.skipType(wire)
      continue
    }
    if (field.wire !== wire) throw malformed(`the protobuf's ${field.name} has the wrong type`)
    const value = field.read(reader, buffer, depth)
    if (!field.repeated) result[field.name] = value
    else if (result[field.name]) result[field.name].push(value)
    else result[field.name] = [value]
  }
  if (reader.pos !== end) throw malformed('the protobuf is cut off')
  return result
}
function readProtobuf(signal, body) {
  try {
    const reader = protobuf.Reader.create(body)
    const result = readMessage(reader, body, requests[signal.table], body.length, 0)
    if (body.length > 0 && !result[signal.resources])
      throw malformed(`the protobuf is no OTLP: it has no ${signal.resources}`)
    return result
  } catch (error) {
    throw error instanceof BadRequest ? error : malformed(`the body is no protobuf: ${error.message}`)
  }
}
function writeResponse(rejected, message) {
  if (!message) return Buffer.alloc(0)
  const writer = protobuf.Writer.create().uint32(10).fork()
  return Buffer.from(writer.uint32(8).int64(rejected).uint32(18).string(message).ldelim().finish())
}
var writeStatus = (code, message) =>
  Buffer.from(protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).finish())

// packages/analysis/src/receiver/times.ts
var LAST = 2n ** 63n - 1n
function nanoseconds(value, what) {
  if (value === void 0 || value === null) return 0n
  const isWhole = typeof value === 'string' ? /^(0|[1-9]\d{0,18})$/.test(value) : Number.isInteger(value)
  const time = typeof value === 'bigint' ? value : isWhole ? BigInt(value) : -1n
  if (time >= 0n && time <= LAST) return time
  throw malformed(`${what} must be nanoseconds since 1970, not ${JSON.stringify(String(value))}`)
}
var HEX = /^[\da-f]+$/i
var ZEROS = /^0+$/
function hexId(value, digits, what) {
  if (value === void 0 || value === null || value === '') return ''
  const text2 = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
  if (text2 === '') return ''
  if (typeof text2 !== 'string' || text2.length !== digits || !HEX.test(text2))
    throw malformed(`${what} must be ${digits} hex digits`)
  return ZEROS.test(text2) ? '' : text2.toLowerCase()
}

// packages/analysis/src/receiver/values.ts
var UNSAFE = /["\\\u0000-\u001f\ud800-\udfff]/
var quote = (text2) =>
  UNSAFE.test(text2) ? JSON.stringify(text2.replace(/\p{Surrogate}/gu, '\uFFFD')) : `"${text2}"`
var isObject2 = (item2) => typeof item2 === 'object' && item2 !== null
function list2(value, what) {
  if (value === void 0 || value === null) return []
  if (Array.isArray(value) && value.every(isObject2)) return value
  throw malformed(`${what} must be a list of objects`)
}
function object(value, what) {
  if (value === void 0 || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw malformed(`${what} must be an object`)
}
function string(value, what) {
  if (value === void 0 || value === null) return ''
  if (typeof value === 'string') return value
  throw malformed(`${what} must be a string`)
}
function uint322(value, what) {
  if (value === void 0 || value === null) return 0
  const isText = typeof value === 'string' && /^\d{1,10}$/.test(value)
  const number = typeof value === 'number' || isText ? Number(value) : Number.NaN
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 32) return number
  throw malformed(`${what} must be a whole number`)
}
var DEEPEST2 = 64
function integer(value) {
  const text2 = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value
  if (typeof text2 === 'string' && /^-?\d{1,19}$/.test(text2)) return text2
  throw malformed(`intValue must be a whole number of 64 bits, not ${JSON.stringify(value)}`)
}
function double2(value) {
  if (typeof value === 'number') return String(value)
  if (
    typeof value === 'string' &&
    (/^-?Infinity$|^NaN$/.test(value) || (value !== '' && Number.isFinite(Number(value))))
  )
    return String(Number(value))
  throw malformed(`doubleValue must be a number, not ${JSON.stringify(value)}`)
}
function base64(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value)) return value
  throw malformed('bytesValue must be base64')
}
function nested2(value, depth) {
  if (depth > DEEPEST2) throw malformed('an attribute is nested too deeply')
  const any = object(value, 'a value')
  if (any.stringValue !== void 0) return quote(string(any.stringValue, 'stringValue'))
  if (any.intValue !== void 0) return integer(any.intValue)
  if (any.doubleValue !== void 0) {
    const text2 = double2(any.doubleValue)
    return Number.isFinite(Number(text2)) ? text2 : 'null'
  }
  if (any.boolValue !== void 0) return String(boolean(any.boolValue))
  if (any.bytesValue !== void 0) return quote(base64(any.bytesValue))
  if (any.arrayValue !== void 0)
    return `[${list2(object(any.arrayValue, 'arrayValue').values, 'values').map((item2) => nested2(item2, depth + 1))}]`
  if (any.kvlistValue === void 0) return 'null'
  const entries = list2(object(any.kvlistValue, 'kvlistValue').values, 'values').map((pair) => [
    string(pair.key, 'a key'),
    nested2(pair.value, depth + 1),
  ])
  return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, text2]) => `${quote(key)}:${text2}`)}}`
}
function boolean(value) {
  if (typeof value === 'boolean') return value
  throw malformed('boolValue must be true or false')
}
function asText(value) {
  const any = object(value, 'a value')
  if (any.stringValue !== void 0) return string(any.stringValue, 'stringValue')
  if (any.intValue !== void 0) return integer(any.intValue)
  if (any.doubleValue !== void 0) return double2(any.doubleValue)
  if (any.boolValue !== void 0) return String(boolean(any.boolValue))
  if (any.bytesValue !== void 0) return base64(any.bytesValue)
  return any.arrayValue === void 0 && any.kvlistValue === void 0 ? '' : nested2(any, 0)
}
var keys = /* @__PURE__ */ new Map()
function quoteKey(key) {
  const known2 = keys.get(key)
  if (known2 !== void 0) return known2
  const text2 = `${quote(key)}:`
  if (keys.size < 1e3 && key.length < 100) keys.set(key, text2)
  return text2
}
function attributesText(attributes2, each = (_, value) => value) {
  let text2 = ''
  for (const { key, value } of list2(attributes2, 'attributes')) {
    if (typeof key !== 'string') throw malformed('an attribute has no key')
    const taken = each(key, asText(value))
    if (taken !== void 0) text2 += `${text2 && ','}${quoteKey(key)}${quote(taken)}`
  }
  return `{${text2}}`
}

// packages/analysis/src/receiver/rows.ts
var MOST_TEXT = 256 * 2 ** 20
var KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer']
var STATUSES = ['Unset', 'Ok', 'Error']
function enumName(value, from, prefix) {
  const name =
    typeof value === 'number' ? from[value] : from.find((each) => value === prefix + each.toUpperCase())
  if (name === void 0) throw malformed(`${JSON.stringify(value)} is no ${prefix}\u2026`)
  return name
}
function statusText({ code, message }) {
  const result = `"StatusCode":"${enumName(code ?? 0, STATUSES, 'STATUS_CODE_')}"`
  return message ? `${result},"StatusMessage":${quote(string(message, "a status's message"))}` : result
}
function eventsText(value) {
  const events = list2(value, "a span's events")
  if (events.length === 0) return ''
  return `"Events.Timestamp":[${events.map((event2) => nanoseconds(event2.timeUnixNano, "an event's timeUnixNano"))}],"Events.Name":[${events.map((event2) => quote(string(event2.name, "an event's name")))}],"Events.Attributes":[${events.map((event2) => attributesText(event2.attributes))}]`
}
function linksText(value) {
  const links = list2(value, "a span's links")
  if (links.length === 0) return ''
  return `"Links.TraceId":[${links.map((link2) => quote(hexId(link2.traceId, 32, "a link's traceId")))}],"Links.SpanId":[${links.map((link2) => quote(hexId(link2.spanId, 16, "a link's spanId")))}],"Links.TraceState":[${links.map((link2) => quote(string(link2.traceState, "a link's traceState")))}],"Links.Attributes":[${links.map((link2) => attributesText(link2.attributes))}]`
}
function spanText(span2, start, attributes2) {
  const traceId = hexId(span2.traceId, 32, "a span's traceId")
  const spanId = hexId(span2.spanId, 16, "a span's spanId")
  const end = nanoseconds(span2.endTimeUnixNano, "a span's endTimeUnixNano")
  if (!traceId || !spanId) throw malformed('a span has no traceId or no spanId')
  const duration2 = end - start
  if (duration2 < 0n) throw malformed(`span ${spanId} ends before it starts, or has no end`)
  const kind = enumName(span2.kind ?? 0, KINDS, 'SPAN_KIND_')
  let text2 = `"Timestamp":${start},"TraceId":"${traceId}","SpanId":"${spanId}","SpanName":${quote(string(span2.name, "a span's name"))},"SpanKind":"${kind}","SpanAttributes":${attributes2},"Duration":${duration2},${statusText(object(span2.status, "a span's status"))}`
  const parent = hexId(span2.parentSpanId, 16, "a span's parentSpanId")
  if (parent) text2 += `,"ParentSpanId":"${parent}"`
  if (span2.traceState) text2 += `,"TraceState":${quote(string(span2.traceState, "a span's traceState"))}`
  const events = eventsText(span2.events)
  if (events) text2 += `,${events}`
  const links = linksText(span2.links)
  if (links) text2 += `,${links}`
  return text2
}
function logText(log, time, attributes2) {
  const severity = enumName(log.severityNumber ?? 0, SEVERITIES, 'SEVERITY_NUMBER_')
  return `"Timestamp":${time},"TraceId":"${hexId(log.traceId, 32, "a log record's traceId")}","SpanId":"${hexId(log.spanId, 16, "a log record's spanId")}","TraceFlags":${uint322(log.flags, "a log record's flags") & 255},"SeverityText":${quote(string(log.severityText, "a log record's severityText"))},"SeverityNumber":${SEVERITIES.indexOf(severity)},"Body":${quote(asText(log.body))},"LogAttributes":${attributes2},"EventName":${quote(string(log.eventName, "a log record's eventName"))}`
}
var SEVERITIES = [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
    ['', 2, 3, 4].map((n) => level + n),
  ),
]
function timeOf(signal, record, now) {
  if (signal === TRACES) {
    const start = nanoseconds(record.startTimeUnixNano, "a span's startTimeUnixNano")
    if (start === 0n) throw malformed('a span has no startTimeUnixNano')
    return start
  }
  const time = nanoseconds(record.timeUnixNano, "a log record's timeUnixNano")
  if (time !== 0n) return time
  const seen = nanoseconds(record.observedTimeUnixNano, "a log record's observedTimeUnixNano")
  return seen === 0n ? BigInt(now) * 1000000n : seen
}
function resourceText({ attributes: attributes2 }) {
  const service = list2(attributes2, 'attributes').find(({ key }) => key === 'service.name')
  return `"ServiceName":${quote(asText(service?.value))},"ResourceAttributes":${attributesText(attributes2)}`
}
var scopeText = ({ name, version }) =>
  `"ScopeName":${quote(string(name, "a scope's name"))},"ScopeVersion":${quote(string(version, "a scope's version"))}`
var STRAYS = 'of a run whose id is no UUIDv7 of the last 400 days'
var UNTIMELY = 'over 31 days old or more than three days ahead'
var FORGED = `of the name ${'throughline.mark' /* MARK */}, which only a server may send`
var MISPLACED = 'attributes that only event spans may carry'
var wording = (what, tally) =>
  tally.size > 0
    ? [`${what}: ${Array.from(tally, ([reason, count2]) => `${count2} ${reason}`).join('; ')}`]
    : []
function toRows(signal, request2, { isPublic, now }) {
  const body = object(request2 ?? 'nothing', 'the body')
  if (!(signal.resources in body) && Object.keys(body).length > 0)
    throw malformed(`the body is no OTLP: it has no ${signal.resources}`)
  let lines = ''
  const refused = /* @__PURE__ */ new Map()
  const dropped = /* @__PURE__ */ new Map()
  const count2 = (tally, what) => tally.set(what, (tally.get(what) ?? 0) + 1)
  let isStray = false
  let isEvent = false
  const each = (key, value) => {
    if (key === 'throughline.run.id' /* RUN_ID */ && !isRunId(value, now)) isStray = true
    if (isEventOnly(key) && !isEvent) return void count2(dropped, MISPLACED)
    return isPublic && key === 'throughline.event.source' /* EVENT_SOURCE */ ? 'browser' : value
  }
  const toText = signal === TRACES ? spanText : logText
  for (const group of list2(body[signal.resources], signal.resources)) {
    let shared = resourceText(object(group.resource, 'resource'))
    if (signal !== TRACES) shared += `,"ResourceSchemaUrl":${quote(string(group.schemaUrl, 'schemaUrl'))}`
    for (const part of list2(group[signal.scopes], signal.scopes)) {
      const scope2 = object(part.scope, 'scope')
      let tail = `${shared},${scopeText(scope2)}`
      if (signal !== TRACES)
        tail += `,"ScopeAttributes":${attributesText(scope2.attributes)},"ScopeSchemaUrl":${quote(string(part.schemaUrl, 'schemaUrl'))}`
      for (const record of list2(part[signal.records], signal.records)) {
        isStray = false
        isEvent = signal === TRACES && EVENT_SPANS.includes(record.name)
        const time = timeOf(signal, record, now)
        const text2 = toText(record, time, attributesText(record.attributes, each))
        if (isStray) count2(refused, STRAYS)
        else if (!isTimely(Number(time) / 1e6, now)) count2(refused, UNTIMELY)
        else if (isPublic && isEvent && record.name === 'throughline.mark' /* MARK */) count2(refused, FORGED)
        else
          lines += `{${text2},${tail}}
`
        if (lines.length > MOST_TEXT)
          throw malformed('the attributes of a resource, repeated for each of its records, are too large')
      }
    }
  }
  const bytes2 = Buffer.allocUnsafeSlow(Buffer.byteLength(lines))
  bytes2.write(lines)
  return {
    lines: bytes2,
    rejected: Array.from(refused.values()).reduce((sum, n) => sum + n, 0),
    message: [...wording('refused', refused), ...wording('dropped', dropped)].join('. '),
  }
}

// packages/analysis/src/receiver/decode.ts
function parse2(body) {
  try {
    return JSON.parse(body.toString())
  } catch (error) {
    throw malformed(`the body is no JSON: ${error.message}`)
  }
}
function decode(body, envelope) {
  const signal = SIGNALS[envelope.table]
  const plain2 = envelope.isGzip ? decompress(body) : body
  return toRows(signal, envelope.isProtobuf ? readProtobuf(signal, plain2) : parse2(plain2), envelope)
}

// packages/analysis/src/receiver/receiver.ts
var PATHS = { '/v1/traces': TRACES, '/v1/logs': LOGS }
var JSON_TYPE = 'application/json'
var PROTOBUF_TYPE = 'application/x-protobuf'
var SMALL = 64 * 2 ** 10
var INVALID_ARGUMENT = 3
var UNAVAILABLE = 14
function createReceiver(journal, pool, { isPublic, asOf }) {
  async function receive({ table: table2 }, request2, isProtobuf) {
    const isGzip = isGzipped(request2)
    const envelope = {
      table: table2,
      isProtobuf,
      isGzip,
      isPublic: isPublic(request2),
      now: asOf ?? Date.now(),
    }
    await pool.room()
    const body = await readBytes(request2)
    const isSmall = !isGzip && body.length <= SMALL
    const rows = isSmall ? decode(body, envelope) : await pool.decode(body, envelope)
    if (rows.lines.length > 0) await journal.append(table2, rows.lines)
    return rows
  }
  async function answer(signal, request2, response) {
    const type = request2.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
    const isProtobuf = type === PROTOBUF_TYPE
    const send2 = (status2, json, protobuf2) => {
      response.writeHead(status2, { 'Content-Type': isProtobuf ? PROTOBUF_TYPE : JSON_TYPE })
      response.end(isProtobuf ? protobuf2() : JSON.stringify(json))
    }
    try {
      if (request2.method !== 'POST') {
        response.setHeader('Allow', 'POST')
        throw new BadRequest(405, `use POST, not ${request2.method}`)
      }
      if (!isProtobuf && type !== JSON_TYPE)
        throw new BadRequest(
          415,
          `content-type must be ${JSON_TYPE} or ${PROTOBUF_TYPE}, not "${type ?? ''}"`,
        )
      const { rejected, message } = await receive(signal, request2, isProtobuf)
      const partialSuccess = message ? { [signal.rejected]: String(rejected), errorMessage: message } : {}
      send2(200, { partialSuccess }, () => writeResponse(rejected, message))
    } catch (error) {
      const bad = error instanceof BadRequest
      const message = bad ? error.message : `the rows could not be stored: ${error.message}`
      const code = bad ? INVALID_ARGUMENT : UNAVAILABLE
      if (!bad) response.setHeader('Retry-After', '5')
      if (!request2.complete) response.setHeader('Connection', 'close')
      send2(bad ? error.status : 503, { code, message }, () => writeStatus(code, message))
      request2.resume()
    }
  }
  let hasSaid = false
  function dropMetrics(request2, response) {
    if (!hasSaid)
      process.stderr.write(
        'throughline: metrics are not stored; OTEL_METRICS_EXPORTER=none keeps a service from sending them\n',
      )
    hasSaid = true
    const isProtobuf = request2.headers['content-type']?.startsWith(PROTOBUF_TYPE)
    request2.resume().once('end', () => {
      response.writeHead(200, { 'Content-Type': isProtobuf ? PROTOBUF_TYPE : JSON_TYPE })
      response.end(isProtobuf ? '' : '{}')
    })
  }
  return {
    handle(request2, response, path) {
      if (path === '/v1/metrics' && request2.method === 'POST') {
        dropMetrics(request2, response)
        return true
      }
      const signal = PATHS[path]
      if (!signal) return false
      void answer(signal, request2, response)
      return true
    },
  }
}

// packages/analysis/src/receiver/tokens.ts
import { createHash as createHash2, createHmac, timingSafeEqual } from 'node:crypto'

function isSame(one, other) {
  const digest = (text2) => createHash2('sha256').update(text2).digest()
  return timingSafeEqual(digest(one), digest(other))
}
var bearerOf = ({ headers }) => /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
function createGuard(token, name) {
  const session = createHmac('sha256', token).update('throughline session').digest('hex')
  const hasCookie = ({ headers }) =>
    (headers.cookie ?? '').split(/; */).some((pair) => isSame(pair, `${name}=${session}`))
  const isKnown = (request2) => {
    if (request2.headers.authorization === void 0) return false
    if (isSame(bearerOf(request2) ?? '', token)) return true
    throw new BadRequest(401, 'the Authorization header does not hold the token of this "throughline dev"')
  }
  return {
    isKnown,
    mayRead: (request2) => hasCookie(request2) || isKnown(request2),
    admit(shown, response) {
      if (!isSame(shown, token)) return false
      response.setHeader('Set-Cookie', `${name}=${session}; Path=/; HttpOnly; SameSite=Strict`)
      return true
    },
  }
}

// packages/analysis/src/queries.ts
import { readFileSync as readFileSync7 } from 'node:fs'

var texts = /* @__PURE__ */ new Map()
function load2(name) {
  const text2 =
    texts.get(name) ?? readFileSync7(new URL(`../sql/queries/${name}.sql`, import.meta.url), 'utf8')
  texts.set(name, text2)
  return text2
}
var runQuery = (engine, name, params) => engine.query(load2(name), params)
var runUnitsQuery = (engine, name, by, params) =>
  engine.query(
    by === 'run' ? load2(name) : load2(name).replace('throughline_runs(', 'throughline_best_runs('),
    params,
  )
function runsParams({ name, version, steps, converts, within }, window) {
  let previous = 1
  return {
    journey: name,
    version,
    steps: steps.map((step) => step.name),
    previous: steps.map((step, index) => {
      const before = previous
      if (!step.optional) previous = index + 2
      return before
    }),
    converts: steps.findIndex((step) => step.name === converts) + 1,
    within,
    since: window.since,
    until: window.until,
  }
}

// packages/analysis/src/statistics/distributions.ts
import jstat from 'jstat'

var normalQuantile = (p) => jstat.normal.inv(p, 0, 1)
var studentQuantile = (p, freedom) =>
  Number.isFinite(freedom) ? jstat.studentt.inv(p, freedom) : normalQuantile(p)
var studentTwoSided = (t, freedom) =>
  Number.isFinite(freedom)
    ? 2 * jstat.studentt.cdf(-Math.abs(t), freedom)
    : 2 * jstat.normal.cdf(-Math.abs(t), 0, 1)
var chiSquareTail = (x, freedom) => 1 - jstat.chisquare.cdf(x, freedom)

// packages/analysis/src/statistics/proportion.ts
function wilson(successes, trials, level = 0.95) {
  if (trials === 0) return { value: 0, low: 0, high: 1 }
  const z = normalQuantile((1 + level) / 2)
  const share2 = successes / trials
  const scale2 = 1 + z ** 2 / trials
  const centre = (share2 + z ** 2 / (2 * trials)) / scale2
  const half = (z / scale2) * Math.sqrt((share2 * (1 - share2)) / trials + z ** 2 / (4 * trials ** 2))
  return { value: share2, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

// packages/analysis/src/funnel.ts
var quantiles = (row2) =>
  row2 ? { p50: row2.quantiles[0], p75: row2.quantiles[1], p95: row2.quantiles[2] } : null
async function funnel(engine, journey, window, by) {
  const params = runsParams(journey, window)
  const [rows, times2, visits, values] = await Promise.all([
    runUnitsQuery(engine, 'funnel', by, params),
    runUnitsQuery(engine, 'step-times', by, params),
    runQuery(engine, 'visits', params),
    runUnitsQuery(engine, 'values', by, params),
  ])
  const total = (of) => rows.reduce((sum, row2) => sum + of(row2), 0)
  const units2 = total((row2) => row2.units)
  const conversions = total((row2) => (row2.converted ? row2.units : 0))
  const reached = journey.steps.map((_, index) => total((row2) => row2.reached[index]))
  const timeFrom = (place) => quantiles(times2.find((row2) => row2.place === place))
  const steps = journey.steps.map((step, index) => {
    const visited = visits.find((row2) => row2.step === step.name)
    const ready = quantiles(visited?.measured ? visited : void 0)
    const target = journey.ready[step.name]?.p75
    const previous = params.previous[index] - 2
    const before = previous < 0 ? units2 : reached[previous]
    const onward =
      index === params.converts - 1 ? total((row2) => (row2.converted ? row2.onward : 0)) : reached[index]
    return {
      name: step.name,
      index,
      optional: step.optional,
      reached: reached[index],
      fromStart: wilson(reached[index], units2),
      fromPrevious: index === 0 ? { value: 1, low: 1, high: 1 } : wilson(Math.min(onward, before), before),
      droppedOff: total((row2) => (!row2.converted && row2.furthest === index + 1 ? row2.units : 0)),
      timeToNext: timeFrom(index + 1),
      ready,
      readiness: target === void 0 ? null : { p75AtMost: target, met: ready ? ready.p75 <= target : null },
      attempts: {
        mean: visited ? visited.visits / visited.runs : 0,
        returned: visited?.returned ?? 0,
        failed: visited?.failed ?? 0,
      },
    }
  })
  return {
    name: journey.name,
    version: journey.version,
    runs: units2,
    conversions,
    rate: wilson(conversions, units2),
    value: values.map(({ currency, amount }) => ({ currency, amount })),
    timeToConvert: timeFrom(0),
    steps,
    capped: total((row2) => row2.capped),
  }
}

// packages/analysis/src/statistics/ratio.ts
function scoreOf([y, m], [x, n], ratio) {
  const b = x + m + ratio * (y + n)
  const root = Math.sqrt(Math.max(0, b ** 2 - 4 * ratio * (m + n) * (x + y)))
  const base = (2 * (x + y)) / (b + root)
  const other = Math.min(1, ratio * base)
  const variance = (other * (1 - other)) / n + (ratio ** 2 * base * (1 - base)) / m
  return variance > 0 ? (x / n - (ratio * y) / m) / Math.sqrt(variance) : 0
}
function shareRatio(base, other, level = 0.95) {
  const [y, m] = base
  const [x, n] = other
  if (!(m > 0 && n > 0 && x + y > 0)) return null
  const z = normalQuantile((1 + level) / 2)
  const bound = (to) => {
    let [low, high] = [-40, 40]
    for (let step = 0; step < 70; step++) {
      const middle2 = (low + high) / 2
      if (scoreOf(base, other, Math.exp(middle2)) > to) low = middle2
      else high = middle2
    }
    return Math.exp(low)
  }
  return {
    value: x / n / (y / m),
    low: x === 0 ? 0 : bound(z),
    high: y === 0 ? Number.POSITIVE_INFINITY : bound(-z),
  }
}

// packages/analysis/src/guardrails.ts
var LEVEL = 0.9
var Z = normalQuantile((1 + LEVEL) / 2)
function statusOf({ low, high }, limit) {
  if (low > limit) return 'violated'
  return high <= limit ? 'holds' : 'unknown'
}
function relativeShare(control, treatment) {
  const ratio = shareRatio(control, treatment, LEVEL)
  return ratio && { value: ratio.value - 1, low: ratio.low - 1, high: ratio.high - 1 }
}
function relativeQuantile(control, treatment) {
  if (![control, treatment].every(({ low, high }) => low > 0 && high !== null)) return null
  const spread = ({ low, high }) => Math.log(high / low) / 2
  const half = Math.hypot(spread(control), spread(treatment))
  const ratio = treatment.p75 / control.p75
  return { value: ratio - 1, low: ratio * Math.exp(-half) - 1, high: ratio * Math.exp(half) - 1 }
}
async function measure(engine, guardrail, params, control, treatments) {
  if (guardrail.metric === 'conversion')
    return treatments.map((treatment) =>
      relativeShare([control.conversions, control.subjects], [treatment.conversions, treatment.subjects]),
    )
  if (guardrail.metric === 'errors') {
    const rows2 = await runQuery(engine, 'guardrail-errors', params)
    const share2 = ({ variant }) => {
      const row3 = rows2.find((one) => one.variant === variant)
      return [row3?.affected ?? 0, row3?.subjects ?? 0]
    }
    return treatments.map((treatment) => relativeShare(share2(control), share2(treatment)))
  }
  const rows = await runQuery(engine, 'guardrail-quantile', {
    ...params,
    metric: guardrail.metric,
    z: Z,
  })
  const row2 = ({ variant }) => rows.find((one) => one.variant === variant)
  return treatments.map((treatment) => {
    const [base, own] = [row2(control), row2(treatment)]
    if (!own) return null
    if (guardrail.relativeAtMost !== void 0) return base ? relativeQuantile(base, own) : null
    return own.high === null ? null : { value: own.p75, low: own.low, high: own.high }
  })
}
async function checkGuardrails(engine, hypothesis, journey, params, groups) {
  const [control, ...treatments] = groups
  const from = Math.max(
    0,
    journey.steps.findIndex((step) => step.name === hypothesis.from),
  )
  const results = []
  for (const guardrail of hypothesis.guardrails) {
    const { metric, step, p75AtMost, relativeAtMost } = guardrail
    const guarded = step ? [step] : journey.steps.slice(from).map(({ name }) => name)
    const found = await measure(engine, guardrail, { ...params, guarded }, control, treatments)
    found.forEach((measured2, index) => {
      const worse =
        measured2 && metric === 'conversion'
          ? { value: -measured2.value, low: -measured2.high, high: -measured2.low }
          : measured2
      results.push({
        variant: treatments[index].variant,
        metric,
        step: step ?? null,
        limit: p75AtMost === void 0 ? { relativeAtMost } : { p75AtMost },
        // A ratio to nothing is no number, though its lower bound may tell enough.
        measured: measured2 && Number.isFinite(measured2.value) ? measured2 : null,
        status: worse ? statusOf(worse, p75AtMost ?? relativeAtMost) : 'unknown',
      })
    })
  }
  return results
}

// packages/analysis/src/statistics/compare.ts
function proportionSample(successes, count2) {
  const mean = count2 ? successes / count2 : 0
  const varied = mean === 0 || mean === 1 ? (successes + 1) / (count2 + 2) : mean
  return { count: count2, mean, variance: varied * (1 - varied) }
}
function difference(control, treatment, relative) {
  const errorOf = ({ variance, count: count2 }) => variance / count2
  const [a, b] = [errorOf(control), errorOf(treatment)]
  const absolute = Math.sqrt(a + b)
  const scale2 = relative ? Math.abs(control.mean) : 1
  if (control.count < 2 || treatment.count < 2 || !(absolute > 0) || scale2 === 0) return null
  const standardError = relative
    ? Math.sqrt(b / control.mean ** 2 + (a * treatment.mean ** 2) / control.mean ** 4)
    : absolute
  return {
    value: (treatment.mean - control.mean) / scale2,
    standardError,
    freedom: (a + b) ** 2 / (a ** 2 / (control.count - 1) + b ** 2 / (treatment.count - 1)),
    count: control.count + treatment.count,
  }
}
var pValue = ({ value, standardError, freedom }) => studentTwoSided(value / standardError, freedom)
function fixedInterval(difference2, alpha = 0.05) {
  const half = studentQuantile(1 - alpha / 2, difference2.freedom) * difference2.standardError
  return { value: difference2.value, low: difference2.value - half, high: difference2.value + half }
}
var TUNED_FOR = 5e3
function sequentialFactor(count2, alpha = 0.05) {
  const rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / TUNED_FOR
  const scaled = count2 * rho2
  return Math.sqrt(((2 * (scaled + 1)) / scaled) * Math.log(Math.sqrt(scaled + 1) / alpha))
}
function sequentialInterval(difference2, alpha = 0.05) {
  const half = sequentialFactor(difference2.count, alpha) * difference2.standardError
  return { value: difference2.value, low: difference2.value - half, high: difference2.value + half }
}

// packages/analysis/src/statistics/power.ts
function neededPerGroup(base, effect, sequential, alpha = 0.05) {
  const treated = Math.min(1, Math.max(0, base + effect))
  const variance = proportionSample(base, 1).variance + treated * (1 - treated)
  const shortBy = (count2) => {
    const factor = sequential ? sequentialFactor(2 * count2, alpha) : normalQuantile(1 - alpha / 2)
    return (factor + normalQuantile(0.8)) * Math.sqrt(variance / count2) - Math.abs(effect)
  }
  let [low, high] = [1, 2]
  while (shortBy(high) > 0) [low, high] = [high, high * 2]
  while (high - low > 1) {
    const middle2 = Math.floor((low + high) / 2)
    if (shortBy(middle2) > 0) low = middle2
    else high = middle2
  }
  return high
}

// packages/analysis/src/statistics/sample-ratio.ts
function sampleRatio(counts, weights) {
  const total = counts.reduce((sum, count2) => sum + count2, 0)
  if (total === 0) return 1
  const declared2 = weights.reduce((sum, weight) => sum + weight, 0)
  const distance = counts.reduce((sum, count2, index) => {
    const expected = (total * weights[index]) / declared2
    return sum + (count2 - expected) ** 2 / expected
  }, 0)
  return chiSquareTail(distance, counts.length - 1)
}

// packages/analysis/src/format.ts
var UNKNOWN = '\u2013'
var decimals = (least2, most) =>
  new Intl.NumberFormat('en', { minimumFractionDigits: least2, maximumFractionDigits: most })
var WHOLE = decimals(0, 0)
var ONE = decimals(1, 1)
var TWO = decimals(2, 2)
var UP_TO_TWO = decimals(0, 2)
var COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
var DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })
var THREE_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
var tidy = (text2) => (/[1-9]/.test(text2) ? text2.replace('-', '\u2212') : text2.replace('-', ''))
var known = (write3) => (value) => (Number.isFinite(value) ? tidy(write3(value)) : UNKNOWN)
var count = known((value) => (Math.abs(value) >= 1e7 ? COMPACT : WHOLE).format(value))
var percent = known((share2) => {
  const size = Math.abs(share2)
  if (size > 0 && size < 1e-5) return `${share2 < 0 ? '-' : ''}<0.001 %`
  if (size > 0 && size < 5e-4) return `${DIGITS.format(share2 * 100)} %`
  if (size > 0.9995 && size < 1) return `${share2 < 0 ? '-' : ''}>99.9 %`
  if (size >= 10) return `${size >= 1e5 ? COMPACT.format(share2 * 100) : WHOLE.format(share2 * 100)} %`
  return size === 0 || size === 1 ? `${share2 * 100} %` : `${ONE.format(share2 * 100)} %`
})
var signed = (write3) => (value) => {
  const text2 = write3(value)
  return value > 0 && /[1-9]/.test(text2) && text2 !== UNKNOWN ? `+${text2}` : text2
}
var change = signed(percent)
var points = signed(known((share2) => `${UP_TO_TWO.format(share2 * 100)} points`))
var duration = known((ms) => {
  const size = Math.abs(ms)
  if (size > 0 && size < 1) return `${ms < 0 ? '-' : ''}<1 ms`
  if (size < 999.5) return `${size < 10 ? DIGITS.format(ms) : WHOLE.format(ms)} ms`
  if (size < 59950) return `${THREE_DIGITS.format(ms / 1e3)} s`
  const [small, large, unit, above] =
    size < 357e4 ? [1e3, 60, 's', 'min'] : size < 864e5 ? [6e4, 60, 'min', 'h'] : [36e5, 24, 'h', 'd']
  const total = Math.round(size / small)
  const rest = total % large ? ` ${total % large} ${unit}` : ''
  return `${ms < 0 ? '-' : ''}${WHOLE.format(Math.floor(total / large))} ${above}${rest}`
})
var score = known((value) => UP_TO_TWO.format(value))
var odds = known((value) => {
  if (value > 100) return 'over 100'
  return value >= 10 ? ONE.format(value) : value < 5e-3 && value > 0 ? 'under 0.01' : TWO.format(value)
})
var probability = (p) => (p < 1e-4 ? 'p < 0.0001' : `p = ${known(DIGITS.format)(p)}`)
function money(amount, currency) {
  if (!Number.isFinite(amount)) return UNKNOWN
  const size = Math.abs(amount)
  const digits = { maximumFractionDigits: size >= 100 ? 0 : 2 }
  const options = size >= 1e7 ? { notation: 'compact', maximumFractionDigits: 1 } : size >= 100 ? digits : {}
  if (/^[A-Z]{3}$/.test(currency))
    return tidy(new Intl.NumberFormat('en', { style: 'currency', currency, ...options }).format(amount))
  return `${tidy(new Intl.NumberFormat('en', { ...digits, ...options }).format(amount))} ${plain(currency).slice(0, 12)}`
}
var declared = (text2) => text2.replace('.0 %', ' %')
function between({ low, high }, write3) {
  const [from, to] = [write3(low), write3(high)]
  if (from === UNKNOWN && to === UNKNOWN) return UNKNOWN
  const [number, unit, ...rest] = from.split(' ')
  return unit && !rest.length && to.split(' ')[1] === unit ? `${number} to ${to}` : `${from} to ${to}`
}
var withInterval = (estimate, write3, name = '') =>
  Number.isFinite(estimate.value)
    ? `${write3(estimate.value)} (${name}${between(estimate, write3)})`
    : UNKNOWN
function moment(iso) {
  const time = Date.parse(iso)
  if (Number.isNaN(time)) return UNKNOWN
  const text2 = new Date(time).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  })
  return `${text2} UTC`
}
var plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`
var harmless = (text2) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  text2.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')
var plain = (text2) =>
  harmless(text2)
    .replace(/[ \n]+/g, ' ')
    .trim()
var firstOf = (texts2, most) =>
  [
    ...texts2.slice(0, most).map(plain),
    ...(texts2.length > most ? [`${texts2.length - most} more`] : []),
  ].join(', ')

// packages/analysis/src/effect.ts
var INTERVAL_NAMES = {
  sequential: 'always-valid interval',
  fixed: 'fixed-horizon interval',
}
function effectOf({ relative, absolute, expected }, decidedBy) {
  const inPoints = expected.relative === void 0
  const effect = inPoints ? absolute : relative
  const write3 = inPoints ? points : change
  const expectedValue = expected.relative ?? expected.absolute ?? 0
  return {
    deciding: effect[decidedBy],
    other: effect[decidedBy === 'fixed' ? 'sequential' : 'fixed'],
    expectedValue,
    expected: declared(write3(expectedValue)),
    write: write3,
  }
}

// packages/analysis/src/verdict.ts
var SAMPLE_RATIO_ALPHA = 1e-3
var MULTIPLE_VARIANTS_AT_MOST = 0.01
function problems({ hypothesis, subjects, sampleRatio: sampleRatio2, leftOut }) {
  const met = subjects + leftOut.multipleVariants + leftOut.immature
  const found = []
  if (!sampleRatio2.ok)
    found.push(
      `The variants' subjects are not split as declared (${hypothesis.weights.map((share2) => declared(percent(share2))).join(' / ')}): ${probability(sampleRatio2.p)}. Some subjects are lost or assigned wrongly, so no comparison can be believed.`,
    )
  if (leftOut.multipleVariants > MULTIPLE_VARIANTS_AT_MOST * met)
    found.push(
      `${count(leftOut.multipleVariants)} of ${count(met)} subjects met more than one variant (at most ${declared(percent(MULTIPLE_VARIANTS_AT_MOST))} can be put up with): the assignment does not stick.`,
    )
  return found
}
function whatIsMissing({ subjects, leftOut: { immature }, within }) {
  if (subjects)
    return 'Conversions do not vary yet, or a variant has too few subjects, so nothing can be compared.'
  if (immature)
    return `${plural(immature, 'subject')} met a variant less than ${duration(within)} ago and may still convert: they count once that time has passed.`
  return 'No subject that can be counted has met a variant yet.'
}
function standing(comparison2, decidedBy) {
  const { deciding, expected, expectedValue, write: write3 } = effectOf(comparison2, decidedBy)
  const { low, high } = deciding
  const [least2, most] = expectedValue > 0 ? [low, high] : [-high, -low]
  const interval = `${INTERVAL_NAMES[decidedBy]} `
  return {
    change: `${comparison2.variant} changes conversion by ${withInterval(deciding, write3, interval)}`,
    expected,
    works: least2 > 0,
    tooSmall: most < Math.abs(expectedValue),
  }
}
function judge(evidence) {
  const { comparisons, guardrails: guardrails2, decidedBy, stillNeeded } = evidence
  const invalid = problems(evidence)
  if (invalid.length) return { verdict: 'invalid', reasons: invalid }
  if (!comparisons.length) return { verdict: 'inconclusive', reasons: [whatIsMissing(evidence)] }
  const treatments = comparisons.map((comparison2) => {
    const own = guardrails2.filter((guardrail) => guardrail.variant === comparison2.variant)
    return { ...standing(comparison2, decidedBy), guardrails: own }
  })
  const supported = treatments.find(
    ({ works, guardrails: own }) => works && own.every(({ status: status2 }) => status2 === 'holds'),
  )
  const refuted = !supported && treatments.every(({ tooSmall }) => tooSmall)
  const reasons = treatments.map(({ change: change2, expected, works, tooSmall }) => {
    if (works && tooSmall) return `${change2}: an effect, but smaller than expected (${expected}).`
    if (works) return `${change2}: an effect in the expected direction.`
    if (tooSmall) return `${change2}: the expected ${expected} can be ruled out.`
    return `${change2}: neither 0 nor the expected ${expected} can be ruled out.`
  })
  for (const { variant, metric, step, status: status2 } of guardrails2) {
    const what = `The guardrail on ${metric}${step ? ` at ${step}` : ''} (${variant})`
    if (status2 === 'violated') reasons.unshift(`${what} is violated.`)
    if (status2 === 'unknown') reasons.push(`${what} cannot be told yet, which blocks "supported".`)
  }
  if (supported) return { verdict: 'supported', reasons }
  if (refuted) return { verdict: 'refuted', reasons }
  if (stillNeeded)
    reasons.push(`About ${plural(stillNeeded, 'more subject')} per variant are needed to tell.`)
  return { verdict: 'inconclusive', reasons }
}

// packages/analysis/src/hypotheses.ts
function compare(control, treatment, expected, alpha) {
  const samples = [control, treatment].map((group) => proportionSample(group.conversions, group.subjects))
  const [relative, absolute] = [true, false].map((kind) => difference(samples[0], samples[1], kind))
  if (!relative || !absolute) return null
  return {
    variant: treatment.variant,
    relative: { fixed: fixedInterval(relative, alpha), sequential: sequentialInterval(relative, alpha) },
    absolute: { fixed: fixedInterval(absolute, alpha), sequential: sequentialInterval(absolute, alpha) },
    p: pValue(absolute),
    expected,
  }
}
async function analyseHypothesis(engine, hypothesis, journey, window) {
  const end = hypothesis.until ? Date.parse(hypothesis.until) : Number.POSITIVE_INFINITY
  const params = {
    ...runsParams(journey, { since: Math.max(0, window.since - journey.within), until: window.until }),
    hypothesis: hypothesis.id,
    variants: hypothesis.variants,
    from: window.since,
    to: Math.min(window.until, end),
    asOf: window.until,
  }
  const rows = await runQuery(engine, 'hypothesis', params)
  const total = (pick, what = 'subjects') => rows.filter(pick).reduce((sum, row2) => sum + row2[what], 0)
  const known2 = (row2) => !row2.anonymous && !row2.multiple
  const groups = hypothesis.variants.map((variant) => {
    const own = (row2) => known2(row2) && Boolean(row2.mature) && row2.variant === variant
    return { variant, subjects: total(own), conversions: total(own, 'conversions') }
  })
  const [control, ...treatments] = groups
  const subjects = groups.reduce((sum, group) => sum + group.subjects, 0)
  const leftOut = {
    multipleVariants: total((row2) => !row2.anonymous && Boolean(row2.multiple)),
    underTwoNames: total((row2) => !row2.anonymous && Boolean(row2.aliased)),
    immature: total((row2) => known2(row2) && !row2.mature),
    withoutSubject: total((row2) => Boolean(row2.anonymous)),
  }
  const met = hypothesis.variants.map((variant) => total((row2) => known2(row2) && row2.variant === variant))
  const p = sampleRatio(met, hypothesis.weights)
  const alpha = 0.05 / treatments.length
  const { relative, absolute } = hypothesis.expect
  const expected = relative === void 0 ? { absolute } : { relative }
  const comparisons = treatments
    .map((treatment) => compare(control, treatment, expected, alpha))
    .filter((comparison2) => comparison2 !== null)
  const decidedBy =
    window.until >= end || subjects >= (hypothesis.sampleSize ?? Number.POSITIVE_INFINITY)
      ? 'fixed'
      : 'sequential'
  const base = control.subjects ? control.conversions / control.subjects : 0
  const effect = relative === void 0 ? absolute : relative * base
  const smallest = Math.min(...groups.map((group) => group.subjects))
  const missing =
    effect && base < 1 ? neededPerGroup(base, effect, decidedBy === 'sequential', alpha) - smallest : 0
  const evidence = {
    hypothesis,
    within: journey.within,
    subjects,
    sampleRatio: { p, ok: p >= SAMPLE_RATIO_ALPHA, expected: hypothesis.weights },
    leftOut,
    comparisons,
    guardrails: await checkGuardrails(engine, hypothesis, journey, params, groups),
    decidedBy,
    stillNeeded: missing > 0 ? missing : null,
  }
  const { verdict, reasons } = judge(evidence)
  return {
    id: hypothesis.id,
    statement: hypothesis.statement,
    journey: journey.name,
    verdict,
    reasons,
    variants: groups.map((group, index) => ({
      ...group,
      control: index === 0,
      rate: wilson(group.conversions, group.subjects),
    })),
    comparisons,
    guardrails: evidence.guardrails,
    sampleRatio: evidence.sampleRatio,
    leftOut,
    decidedBy,
    stillNeeded: verdict === 'inconclusive' ? evidence.stillNeeded : null,
  }
}

// packages/analysis/src/statistics/strata.ts
var Z2 = normalQuantile(0.975)
var pooled = (strata) =>
  strata.reduce(
    (sum, stratum) => ({
      exposed: sum.exposed + stratum.exposed,
      exposedConversions: sum.exposedConversions + stratum.exposedConversions,
      others: sum.others + stratum.others,
      otherConversions: sum.otherConversions + stratum.otherConversions,
    }),
    { exposed: 0, exposedConversions: 0, others: 0, otherConversions: 0 },
  )
function oddsRatio(strata) {
  let [r, s, pr, psqr, qs] = [0, 0, 0, 0, 0]
  for (const { exposed, exposedConversions: a, others, otherConversions: c } of strata) {
    const [b, d, n] = [exposed - a, others - c, exposed + others]
    if (exposed === 0 || others === 0) continue
    const [R, S] = [(a * d) / n, (b * c) / n]
    const [P, Q] = [(a + d) / n, (b + c) / n]
    r += R
    s += S
    pr += P * R
    psqr += P * S + Q * R
    qs += Q * S
  }
  if (r === 0 || s === 0) return null
  const value = r / s
  const half = Z2 * Math.sqrt(pr / (2 * r * r) + psqr / (2 * r * s) + qs / (2 * s * s))
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half) }
}
function lostConversions(strata) {
  let [value, variance] = [0, 0]
  const both = strata.filter(({ exposed, others }) => exposed > 0 && others > 0)
  for (const { exposed, exposedConversions, others, otherConversions } of both) {
    const spread = (conversions, count2) => {
      const share2 = (conversions + 1) / (count2 + 2)
      return share2 * (1 - share2)
    }
    value += (exposed * otherConversions) / others - exposedConversions
    variance +=
      (exposed ** 2 / others) * spread(otherConversions, others) +
      exposed * spread(exposedConversions, exposed)
  }
  if (!both.length) return null
  const half = Z2 * Math.sqrt(variance)
  return { value, low: value - half, high: value + half }
}

// packages/analysis/src/strata.ts
var PHASES = [0, 1e4, 6e4]
var LANDMARK_PHASE = 2
var DIMENSIONS = ['device', 'network', 'country']
var stratumKey = ({ device, network, country }) => JSON.stringify([device, network, country])
var stepStrata = (engine, journey, window) =>
  runQuery(engine, 'step-strata', { ...runsParams(journey, window), phases: PHASES })
var recordedDimensions = (strata) =>
  DIMENSIONS.filter((dimension) => new Set(strata.map((stratum) => stratum[dimension])).size > 1)
function groupBy(rows, key) {
  const groups = /* @__PURE__ */ new Map()
  for (const row2 of rows) {
    const group = groups.get(key(row2))
    if (group) group.push(row2)
    else groups.set(key(row2), [row2])
  }
  return groups
}

// packages/analysis/src/latency.ts
var WEB_DEV = {
  lcp: [1250, 2500, 4e3],
  cls: [0.05, 0.1, 0.25],
  fcp: [900, 1800, 3e3],
  ttfb: [400, 800, 1800],
  'first-interaction': [100, 200, 500],
}
var MEASURES = ['ready', 'lcp', 'first-interaction', 'cls', 'fcp', 'ttfb']
function edgesOf(step, measure2) {
  const vital = WEB_DEV[measure2]
  if (vital) return { edges: vital, slowAbove: 1, source: 'web.dev' }
  const target = step.readiness?.p75AtMost
  if (target) return { edges: [target / 2, target, target * 2], slowAbove: 1, source: 'declared' }
  if (!step.ready) return null
  return { edges: [step.ready.p50, step.ready.p75, step.ready.p95], slowAbove: 1, source: 'quantiles' }
}
function labelOf(from, to, unit) {
  const text2 = unit === 'score' ? score : duration
  if (from === 0) return `up to ${text2(to)}`
  return to === null ? `over ${text2(from)}` : `${text2(from)} to ${text2(to)}`
}
var add = (rows) =>
  rows.reduce(
    (sum, row2) => ({ visits: sum.visits + row2.visits, conversions: sum.conversions + row2.conversions }),
    { visits: 0, conversions: 0 },
  )
function bucketsOf(rows, { edges, slowAbove }, unit, missing) {
  const bounds = [0, ...edges, null]
  const buckets2 = [0, 1, 2, 3].map((bucket) => {
    const counts = add(rows.filter((row2) => row2.bucket === bucket))
    const [from, to] = [bounds[bucket], bounds[bucket + 1] ?? null]
    const rate = wilson(counts.conversions, counts.visits)
    return { label: labelOf(from, to, unit), from, to, slow: bucket > slowAbove, ...counts, rate }
  })
  if (missing.visits > 0)
    buckets2.push({
      label: 'not measured',
      from: null,
      to: null,
      slow: false,
      ...missing,
      rate: wilson(missing.conversions, missing.visits),
    })
  return buckets2
}
function strataOf(rows, slowAbove) {
  const groups = groupBy(rows, stratumKey)
  return [...groups.values()].map((group) => {
    const slow = add(group.filter((row2) => row2.bucket > slowAbove))
    const fast = add(group.filter((row2) => row2.bucket <= slowAbove))
    return {
      exposed: slow.visits,
      exposedConversions: slow.conversions,
      others: fast.visits,
      otherConversions: fast.conversions,
    }
  })
}
async function latency(engine, journey, window, steps, totals) {
  const wanted = steps.flatMap((step) =>
    MEASURES.flatMap((measure2) => {
      const edges = edgesOf(step, measure2)
      return edges ? [{ step: step.name, measure: measure2, ...edges }] : []
    }),
  )
  const rows = await runQuery(engine, 'latency', {
    ...runsParams(journey, window),
    measures: wanted.map(({ step, measure: measure2 }) => `${step} ${measure2}`),
    edges: wanted.flatMap(({ edges }) => [...edges]),
    landmark: PHASES[LANDMARK_PHASE - 1],
  })
  return wanted.flatMap((want) => {
    const { step, measure: measure2, edges, slowAbove, source } = want
    const measured2 = rows.filter((row2) => row2.step === step && row2.measure === measure2)
    const phase = measure2 === 'cls' ? LANDMARK_PHASE : 1
    const all = add(totals.filter((total) => total.step === step && total.phase === phase))
    const known2 = add(measured2)
    const missing = {
      visits: all.visits - known2.visits,
      conversions: all.conversions - known2.conversions,
    }
    const unit = measure2 === 'cls' ? 'score' : 'ms'
    return [...groupBy(measured2, (row2) => row2.navigation)].map(([navigation, own]) => {
      const strata = strataOf(own, slowAbove)
      return {
        step,
        measure: measure2,
        navigationType: navigation || null,
        unit,
        threshold: { slowFrom: edges[slowAbove], source },
        buckets: bucketsOf(own, want, unit, missing),
        crude: oddsRatio([pooled(strata)]),
        adjusted: oddsRatio(strata),
        strata: recordedDimensions(own),
        lost: lostConversions(strata),
      }
    })
  })
}

// packages/analysis/src/lost-conversions.ts
var scale = (estimate, factor) => ({
  value: estimate.value * factor,
  low: estimate.low * factor,
  high: estimate.high * factor,
})
function worth(lost, conversions, values) {
  if (!values.length || !conversions) return null
  return values.map(({ currency, amount }) => ({ currency, amount: scale(lost, amount / conversions) }))
}
var expensiveFirst = (a, b) =>
  b.lost.value - a.lost.value || b.occurrences - a.occurrences || (a.key < b.key ? -1 : 1)
async function lostToErrors(engine, journey, window, totals, { conversions, value }) {
  const params = runsParams(journey, window)
  const [rows, errors] = await Promise.all([
    runQuery(engine, 'errors', { ...params, phases: PHASES }),
    runQuery(engine, 'error-totals', params),
  ])
  const place = (row2) => `${row2.step} ${row2.phase} ${stratumKey(row2)}`
  const open2 = new Map(totals.map((total) => [place(total), total]))
  const byError = groupBy(rows, (row2) => row2.fingerprint)
  return errors
    .map((error) => {
      const strata = (byError.get(error.fingerprint) ?? []).map((row2) => {
        const all = open2.get(place(row2))
        return {
          exposed: row2.visits,
          exposedConversions: row2.conversions,
          others: all.visits - row2.visits - row2.earlier,
          otherConversions: all.conversions - row2.conversions - row2.earlierConversions,
        }
      })
      const lost = lostConversions(strata) ?? { value: 0, low: 0, high: error.runs }
      const [type, message, service] = error.named
      return {
        key: error.fingerprint,
        label: [type, message].filter(Boolean).join(': '),
        kind: 'error',
        service,
        steps: error.steps,
        occurrences: error.occurrences,
        runs: error.runs,
        converted: error.converted,
        lost,
        lostValue: worth(lost, conversions, value),
        recovered: wilson(error.converted, error.runs),
      }
    })
    .sort(expensiveFirst)
}
async function lostToEndpoints(engine, journey, window, { conversions, value }) {
  const rows = await runQuery(engine, 'endpoints', runsParams(journey, window))
  const groups = groupBy(rows, ({ kind, service, endpoint }) => JSON.stringify([kind, service, endpoint]))
  return [...groups.values()]
    .flatMap((group) => {
      const { kind, service, endpoint } = group[0]
      const met = group.filter((row2) => row2.visits > 0)
      const lost = lostConversions(
        met.map((row2) => ({
          exposed: row2.visits,
          exposedConversions: row2.conversions,
          others: row2.callers - row2.visits,
          otherConversions: row2.callerConversions - row2.conversions,
        })),
      )
      const sum = (of) => met.reduce((total, row2) => total + of(row2), 0)
      const [runs, converted] = [sum((row2) => row2.visits), sum((row2) => row2.conversions)]
      if (!lost || !runs) return []
      const weight = sum((row2) => row2.weight * row2.visits) / runs
      const weighted = scale(lost, weight)
      return [
        {
          key: endpoint,
          label: endpoint,
          kind,
          service,
          steps: [...new Set(met.map((row2) => row2.step))].sort(),
          occurrences: Math.round(sum((row2) => row2.occurrences) * weight),
          runs: Math.round(runs * weight),
          converted: Math.round(converted * weight),
          lost: weighted,
          lostValue: worth(weighted, conversions, value),
          recovered: wilson(converted, runs),
        },
      ]
    })
    .sort(expensiveFirst)
}

// packages/analysis/src/trust.ts
var SKEW_LIMIT = 3e5
var LOSS_LIMIT = 0.01
var VERSIONS_NAMED = 8
var warning = (text2) => ({ level: 'warning', text: text2 })
var info = (text2) => ({ level: 'info', text: text2 })
function deliveryNotes({ emitted, dropped, refused, recovered }) {
  if (!emitted)
    return [info('No page has accounted for its events, so what was lost on the way is not known.')]
  const notes = []
  if (dropped > LOSS_LIMIT * emitted)
    notes.push(warning(`Pages dropped ${dropped} of ${emitted} events (${percent(dropped / emitted)}).`))
  if (refused > LOSS_LIMIT * emitted)
    notes.push(
      warning(`The endpoint refused ${refused} of ${emitted} events (${percent(refused / emitted)}).`),
    )
  if (recovered) notes.push(info(`${recovered} events arrived with a later page load.`))
  return notes
}
function otherVersionNote(journey, declared2, others) {
  if (!others.length) return []
  const runs = others.reduce((sum, other) => sum + other.runs, 0)
  const named = others.slice(0, VERSIONS_NAMED).map((other) => `${other.version || 'none'} (${other.runs})`)
  const rest = others.length - named.length
  if (rest > 0) named.push(`${rest} more`)
  const version = declared2.length > 1 ? 'the versions' : 'version'
  return [
    info(
      `${runs} runs of ${journey} are not of ${version} ${declared2.join(', ')} and are left out. Runs by version: ${named.join(', ')}.`,
    ),
  ]
}
async function journeyNotes(engine, journey, versions, window) {
  const params = { journey, ...window }
  const [others, [confirmed], [ambiguous]] = await Promise.all([
    runQuery(engine, 'other-versions', { ...params, versions }),
    runQuery(engine, 'without-browser', params),
    runQuery(engine, 'ambiguous', params),
  ])
  const notes = otherVersionNote(journey, versions, others)
  if (confirmed.runs)
    notes.push(
      warning(
        `${confirmed.runs} conversions of ${journey} were confirmed by the server, but nothing arrived from the browser; they are left out.`,
      ),
    )
  if (ambiguous.spans)
    notes.push(
      info(
        `${ambiguous.spans} spans of ${journey} name no visit, and not exactly one visit of their run fits; they are on no visit.`,
      ),
    )
  return notes
}
async function aliasNotes(engine) {
  const [found] = await runQuery(engine, 'aliases', {})
  const { later, chained, forged } = found
  const notes = []
  if (later)
    notes.push(
      info(`${later} aliases are left out: their anonymous subject had become another known subject before.`),
    )
  if (chained) notes.push(info(`${chained} aliases are left out: they would merge two known subjects.`))
  if (forged)
    notes.push(
      warning(
        `${forged} aliases are left out: a browser sent them for an anonymous subject that its run and session had not seen.`,
      ),
    )
  return notes
}
async function hypothesisNotes(engine, hypothesis, { sampleRatio: sampleRatio2, leftOut }, window) {
  const { id } = hypothesis
  const notes = []
  if (!sampleRatio2.ok)
    notes.push(warning(`${id}: the sample ratio is not as declared (${probability(sampleRatio2.p)}).`))
  if (leftOut.multipleVariants)
    notes.push(
      info(
        `${id}: ${leftOut.multipleVariants} subjects met several variants and are left out${leftOut.underTwoNames ? `, ${leftOut.underTwoNames} of them under two names` : ''}.`,
      ),
    )
  if (leftOut.withoutSubject)
    notes.push(
      warning(`${id}: ${leftOut.withoutSubject} runs met a variant without a subject and are left out.`),
    )
  if (hypothesis.from) {
    const [found] = await runQuery(engine, 'missing-exposures', {
      journey: hypothesis.journey,
      hypothesis: id,
      step: hypothesis.from,
      ...window,
    })
    const { runs, missing } = found
    if (missing > LOSS_LIMIT * runs)
      notes.push(
        warning(
          `${id}: ${missing} of ${runs} runs with a variant (${percent(missing / runs)}) came to ${hypothesis.from}, but no exposure was recorded.`,
        ),
      )
  }
  return notes
}
async function trust(engine, window, cappedRuns, journeys, hypotheses) {
  const [[delivery], [skew]] = await Promise.all([
    runQuery(engine, 'delivery', { ...window }),
    runQuery(engine, 'skew', { ...window, limit: SKEW_LIMIT }),
  ])
  const notes = deliveryNotes(delivery)
  if (cappedRuns)
    notes.push(warning(`${cappedRuns} runs have more than 1,000 events; the rest of each was not read.`))
  if (skew.skewed)
    notes.push(
      warning(
        `In ${skew.skewed} of ${skew.runs} runs the server's clock is more than five minutes from the browser's.`,
      ),
    )
  for (const [name, versions] of groupBy(journeys, (journey) => journey.name))
    notes.push(
      ...(await journeyNotes(
        engine,
        name,
        versions.map((journey) => journey.version),
        window,
      )),
    )
  notes.push(...(await aliasNotes(engine)))
  for (const [hypothesis, result] of hypotheses)
    notes.push(...(await hypothesisNotes(engine, hypothesis, result, window)))
  return {
    notes: notes.sort((a, b) => Number(a.level === 'info') - Number(b.level === 'info')),
    delivery,
    cappedRuns,
    skewedRuns: skew.skewed,
    exposuresWithoutSubject: hypotheses.reduce((sum, [, { leftOut }]) => sum + leftOut.withoutSubject, 0),
  }
}

// packages/analysis/src/analyse.ts
async function analyse(engine, definitions, options = {}) {
  const now = options.now ?? /* @__PURE__ */ new Date()
  const until = (options.until ?? now).getTime()
  const by = options.by ?? 'run'
  const find = (name, who) => {
    const [newest, ...older] = definitions.journeys
      .filter((declared2) => declared2.name === name)
      .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))
    const names = [...new Set(definitions.journeys.map((declared2) => declared2.name))].join(', ')
    if (!newest)
      throw new TypeError(`throughline: ${who} names the journey "${name}", which is none of: ${names}`)
    return [newest, ...older]
  }
  const journeys = options.journey ? find(options.journey, 'the report') : definitions.journeys
  const since = options.since?.getTime() ?? (await runQuery(engine, 'first-run', {}))[0].since
  const window = { since, until }
  let cappedRuns = 0
  const results = []
  for (const journey of journeys) {
    const { capped, ...counted } = await funnel(engine, journey, window, by)
    cappedRuns += capped
    const strata = await stepStrata(engine, journey, window)
    results.push({
      ...counted,
      latency: await latency(engine, journey, window, counted.steps, strata),
      errors: await lostToErrors(engine, journey, window, strata, counted),
      endpoints: await lostToEndpoints(engine, journey, window, counted),
    })
  }
  const hypotheses = []
  for (const hypothesis of definitions.hypotheses) {
    if (options.journey && hypothesis.journey !== options.journey) continue
    const [journey] = find(hypothesis.journey, `hypothesis "${hypothesis.id}"`)
    hypotheses.push([hypothesis, await analyseHypothesis(engine, hypothesis, journey, window)])
  }
  return {
    generatedAt: now.toISOString(),
    since: new Date(since).toISOString(),
    // Judged as of a moment that is still to come, it reports what has been until now.
    until: new Date(Math.min(until, now.getTime())).toISOString(),
    unit: by,
    journeys: results,
    hypotheses: hypotheses.map(([, result]) => result),
    trust: await trust(engine, window, cappedRuns, journeys, hypotheses),
  }
}

// packages/analysis/src/live-result.ts
function createLiveResult(engine, definitions) {
  const running = /* @__PURE__ */ new Map()
  return (options) => {
    const { now: _, ...question } = options
    const key = JSON.stringify(question)
    const known2 = running.get(key)
    if (known2) return known2
    const result = analyse(engine, definitions, options).finally(() => running.delete(key))
    running.set(key, result)
    return result
  }
}

// packages/analysis/src/page/headers.ts
import { createHash as createHash3 } from 'node:crypto'

// packages/analysis/src/report/html/style.ts
var STYLE = `
:root {
  --paper: #f5f6f8; --card: #fff; --ink: #16202e; --soft: #566174; --line: #dde2ea; --ghost: #eef1f5;
  --main: #3b5bdb; --fill: #3b5bdb; --flow: #cfd9fb; --good: #17713a; --good-soft: #ddf3e4; --bad: #b3261e; --bad-soft: #fce8e6;
  --warn: #7a4f00; --warn-soft: #fff1cf; --slow: #d9730d; --grey: #8591a3; --odd: #7b2fb5; --odd-soft: #f2e6fb;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1219; --card: #151c27; --ink: #e8edf5; --soft: #a0acbe; --line: #293343; --ghost: #1e2735;
    --main: #8ba3ff; --fill: #5470e6; --flow: #26335f; --good: #79d69a; --good-soft: #15341f; --bad: #ff938a; --bad-soft: #40191a;
    --warn: #f3c766; --warn-soft: #392c0d; --slow: #c56f1c; --grey: #6f7c90; --odd: #d3a4f7; --odd-soft: #331d47;
  }
}
* { box-sizing: border-box; margin: 0 }
html { color-scheme: light dark; scroll-behavior: smooth; -webkit-text-size-adjust: 100% }
body { font: 0.9375rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; background: var(--paper); color: var(--ink); font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
main, .top { max-width: 72rem; margin-inline: auto; padding-inline: 1.5rem }
main { padding-block: 1.5rem 5rem }
a { color: var(--main) }
:focus-visible { outline: 2px solid var(--main); outline-offset: 2px; border-radius: 4px }
small, .note { font-size: 0.8125rem; color: var(--soft); font-weight: 400 }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
code, pre { font: 0.8125rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }

.top { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding-block: 0.7rem }
.brand { white-space: nowrap; display: flex; align-items: center; gap: 0.5rem; font-weight: 650; letter-spacing: -0.01em }
.logo { width: 1.4rem; height: 1.4rem; fill: none; stroke: var(--main); stroke-width: 5; stroke-linecap: round }
.status { font-size: 0.8125rem; color: var(--soft); text-align: right }
.status::before { content: ''; display: inline-block; width: 0.5rem; height: 0.5rem; margin-right: 0.45rem; border-radius: 50%; background: var(--grey) }
.status.live::before { background: var(--good) }
.status.stale::before { background: var(--bad) }
.gone { position: fixed; inset: auto 0 0 0; z-index: 2; background: var(--bad-soft); color: var(--bad); font-weight: 600; text-align: center; padding: 0.6rem 1.5rem }
.gone code { font-weight: 600 }

h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.02em }
h2 { font-size: 1.375rem; letter-spacing: -0.015em; margin-bottom: 1rem }
h2 small { margin-left: 0.3rem }
h3 { font-size: 1.0625rem; letter-spacing: -0.01em }
h4 { font-size: 0.9375rem }
.period { color: var(--soft); margin-top: 0.35rem }
.part { margin-top: 2.75rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem; margin-top: 1rem }
.card > h3 + .note { margin-top: 0.2rem }
.quiet { color: var(--soft) }

.banner { display: inline-flex; align-items: center; gap: 0.6rem; margin-top: 1rem; padding: 0.4rem 0.9rem 0.4rem 0.5rem; border-radius: 999px; background: var(--warn-soft); color: var(--warn); font-weight: 600; font-size: 0.875rem }
.banner a { color: inherit }
.banner > span { display: inline-grid; place-items: center; width: 1.3rem; height: 1.3rem; border-radius: 50%; background: var(--warn); color: var(--warn-soft) }
.overview { display: flex; flex-wrap: wrap; gap: 0.6rem; list-style: none; padding: 0; margin-top: 1.25rem }
.overview a { display: flex; align-items: center; gap: 0.6rem; padding: 0.45rem 0.8rem; min-height: 2.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; color: inherit; text-decoration: none }
.overview a:hover { border-color: var(--main) }
.badge, .pill { display: inline-flex; align-items: center; gap: 0.3rem; width: fit-content; padding: 0.1rem 0.55rem; border-radius: 999px; font-size: 0.8125rem; font-weight: 600; white-space: nowrap }
.badge { text-transform: capitalize }
.supported .badge, .badge.supported, .pill.good { background: var(--good-soft); color: var(--good) }
.badge.refuted, .pill.bad { background: var(--bad-soft); color: var(--bad) }
.badge.inconclusive, .pill.warn { background: var(--warn-soft); color: var(--warn) }
.badge.invalid { background: var(--odd-soft); color: var(--odd) }
.pill.unknown { background: var(--ghost); color: var(--soft) }
small.good { color: var(--good) } small.bad { color: var(--bad) }

.tiles { display: grid; grid-template-columns: 1.5fr 1fr 1fr 1fr; gap: 1rem }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem }
.tile dt { color: var(--soft); font-size: 0.8125rem; font-weight: 550 }
.tile dd:nth-of-type(1) { font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.02em }
.tile dd span { display: block }
.tile .chart { margin-block: 0.15rem }

.costliest { display: grid; grid-template-columns: 1fr auto auto; gap: 0.5rem 2.5rem; align-items: center; margin-top: 1rem; padding: 1rem 1.5rem; border-radius: 12px; background: var(--bad-soft); border-left: 5px solid var(--bad) }
.eyebrow { font-size: 0.8125rem; font-weight: 600; color: var(--bad) }
.problem { font-size: 1.0625rem; font-weight: 600; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden }
.where, .price span { font-size: 0.8125rem; color: var(--ink); opacity: 0.85 }
.price b { display: block; font-size: 1.5rem; line-height: 1.2; letter-spacing: -0.02em; color: var(--bad) }

.scroll { overflow-x: auto; max-width: 100% }
.funnel { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(8.5rem, 1fr); list-style: none; padding: 0; margin-top: 1.1rem }
.stage { display: grid; grid-template-rows: subgrid; grid-row: span 4; row-gap: 0.5rem; min-width: 0 }
.stage p { padding-right: 0.75rem }
.stage-name { font-weight: 600; align-self: end; display: flex; flex-wrap: wrap; gap: 0 0.4rem }
.upright { width: 100%; height: 13rem; display: block }
.lying { display: none }
.ghost, .track { fill: var(--ghost) }
.fill { fill: var(--fill) } .flow, .stream { fill: var(--flow) } .slow { fill: var(--slow) } .unmeasured { fill: var(--grey) }
.optional .fill { opacity: 0.62 }
.stage-count b { font-size: 1.125rem; letter-spacing: -0.01em }
.stage-count span { color: var(--soft); margin-left: 0.3rem }
.stage-next { font-size: 0.8125rem; color: var(--soft); display: grid; gap: 0.3rem; align-content: start }
.drop b { color: var(--ink) }
.worst .drop, .worst .drop b { color: var(--bad); font-weight: 650 }
.stage .pill { white-space: normal; padding-right: 0.55rem; border-radius: 8px; margin-right: 0.75rem }

details { margin-top: 1rem; border-top: 1px solid var(--line); padding-top: 0.75rem }
summary { cursor: pointer; color: var(--main); font-weight: 550; width: fit-content }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-size: 0.8125rem; color: var(--soft); padding-block: 0.5rem 0.25rem }
th, td { text-align: left; padding: 0.45rem 1rem 0.45rem 0; vertical-align: top; white-space: nowrap; font-weight: 400 }
details th:first-child { font-weight: 600 }
thead th { color: var(--soft); font-size: 0.8125rem; border-bottom: 1px solid var(--line) }
details tbody tr + tr > * { border-top: 1px solid var(--line) }
td small { display: block }

.bars { table-layout: fixed }
.bars th, .bars td { padding-block: 0.15rem; vertical-align: middle; white-space: normal }
.bars th { width: 28% } .bars td:nth-child(3) { width: 33%; padding-right: 0 }
.variants th { width: 19% } .variants td:nth-child(3) { width: 33%; padding-right: 1rem } .variants td:nth-child(4) { width: 20%; padding-right: 0 }
.bars td small { display: inline; white-space: nowrap }
.slow-word { color: var(--warn); font-weight: 600 }
.plot { display: block; width: 100%; height: 28px; overflow: visible }
.whisker line { stroke: var(--ink); stroke-width: 2 } .whisker circle { fill: var(--ink) }
.whisker.over line { stroke-width: 1.5; opacity: 0.75 } .whisker.over circle { r: 2.5px }
.whisker.decides line { stroke: var(--main); stroke-width: 3 } .whisker.decides circle { fill: var(--main); r: 5.5px }
.whisker.costly line { stroke: var(--bad); stroke-width: 3 } .whisker.costly circle { fill: var(--bad); r: 5.5px }
.whisker.faint line { stroke: var(--grey) } .whisker.faint circle { fill: var(--grey) }
.axis svg { display: block; width: 100%; height: 14px; overflow: visible } .axis text { font-size: 0.75rem; fill: var(--soft) } .axis text.expected { fill: var(--good) }
.mark { stroke: var(--grey); stroke-width: 1 } .mark.expected { stroke: var(--good); stroke-width: 2; stroke-dasharray: 3 3 }
.plot rect, .upright rect, .lying rect { transition: width 0.4s, height 0.4s, y 0.4s }

.measures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem 2.5rem; margin-top: 1rem }
.measure { display: grid; gap: 0.5rem; align-content: start; min-width: 0 }
.odds { border-top: 1px solid var(--line) }

.card h4 { margin-top: 1.25rem }
.measure h4, .evidence h4 { margin-top: 0 }
.losses { list-style: none; padding: 0; counter-reset: none }
.loss { display: grid; grid-template-columns: minmax(0, 1fr) minmax(6rem, 13rem) auto; gap: 0.5rem 1.5rem; align-items: center; padding-block: 0.7rem }
.loss + .loss { border-top: 1px solid var(--line) }
.loss-name p:first-child { font-weight: 550; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden }
.chips { display: flex; flex-wrap: wrap; gap: 0.2rem 0.5rem; font-size: 0.8125rem; color: var(--soft); margin-top: 0.15rem }
.chip { background: var(--ghost); border-radius: 6px; padding: 0 0.4rem; color: var(--ink) }
.facts { display: grid; grid-template-columns: 6rem 5.5rem 5rem 7rem; gap: 0.75rem }
.facts dt { font-size: 0.75rem; color: var(--soft) }
.facts dd { font-weight: 600 } .facts dd.note { font-weight: 400; font-size: 0.75rem }
.facts .costly dd:nth-of-type(1) { color: var(--bad) }

.hypothesis { border-top-width: 4px }
.hypothesis.supported { border-top-color: var(--good) } .hypothesis.refuted { border-top-color: var(--bad) }
.hypothesis.inconclusive { border-top-color: var(--slow) } .hypothesis.invalid { border-top-color: var(--odd) }
.hypothesis > header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.75rem }
.hypothesis .badge { font-size: 0.9375rem; padding: 0.2rem 0.8rem }
.statement { font-size: 1.0625rem; margin-top: 0.4rem }
.reasons { padding-left: 1.1rem; margin-block: 0.6rem 1rem }
.reasons li { margin-top: 0.2rem }
.evidence { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(0, 1fr); gap: 1.25rem 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line) }
.evidence caption { padding-top: 0 }
.uplift { margin-block: 0.9rem 0.6rem }
.change b { font-size: 1.375rem; letter-spacing: -0.02em; margin-right: 0.25rem }
.expected-word { border-bottom: 2px dashed var(--good) }
.checks { list-style: none; padding: 0; display: grid; gap: 0.6rem; margin-block: 0.5rem 0.75rem }
.checks li { display: flex; gap: 0.6rem; align-items: baseline }
.checks .pill { flex: none; min-width: 6rem; justify-content: center }
.cost { fill: var(--bad); opacity: 0.22 }

.stack { display: block; width: 100%; height: 0.75rem; border-radius: 999px; margin-block: 0.6rem; background: var(--ghost) }
.delivered { fill: var(--good) } .pending { fill: var(--slow) } .dropped { fill: var(--bad) }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.875rem }
.key::before { content: ''; display: inline-block; width: 0.7rem; height: 0.7rem; border-radius: 3px; margin-right: 0.4rem; background: var(--good) }
.key.pending::before { background: var(--slow) } .key.dropped::before { background: var(--bad) }

.nothing { max-width: 46rem; margin-inline: auto; padding-top: 2rem }
.nothing p, .nothing ol, .nothing pre { margin-top: 1rem }
.nothing li { margin-top: 1rem; padding-left: 0.25rem }
.nothing pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; overflow-x: auto }

@media (max-width: 60rem) {
  .tiles { grid-template-columns: 1fr 1fr }
  .loss { grid-template-columns: minmax(0, 1fr) }
  .evidence { grid-template-columns: minmax(0, 1fr) }
}
@media (max-width: 44rem) {
  main, .top { padding-inline: 1rem }
  .card { padding: 1rem }
  .tiles { gap: 0.6rem } .tile { padding: 0.75rem 0.9rem }
  .tile dd:nth-of-type(1) { font-size: 1.375rem }
  .costliest { grid-template-columns: 1fr 1fr; padding: 1rem } .costliest > div { grid-column: 1 / -1 }
  .funnel { display: block }
  .stage { display: grid; grid-template: 'name count' auto 'bar bar' auto 'next next' auto / 1fr auto; gap: 0.2rem 0.5rem }
  .stage p { padding-right: 0 }
  .stage-name { grid-area: name } .stage-count { grid-area: count }
  .stage-next { grid-area: next; display: flex; flex-wrap: wrap; gap: 0.2rem 0.8rem; margin-bottom: 0.9rem }
  .upright { display: none }
  .lying { display: block; grid-area: bar; width: 100%; height: 48px }
  .stage:last-child .lying { height: 26px }
  .facts { grid-template-columns: repeat(4, minmax(0, auto)); justify-content: space-between }
  .variants { min-width: 30rem }
  .bars th, .bars td { padding-right: 0.6rem }
  .bars th { width: 26% } .bars:not(.variants) td:nth-child(3) { width: 38% }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; scroll-behavior: auto !important } }
@media print {
  html { color-scheme: light }
  body { background: #fff; font-size: 10pt } main, .top { max-width: none; padding-inline: 0 }
  .card, .tile, .stage, .loss, .measure, .hypothesis { break-inside: avoid }
  h2, h3 { break-after: avoid }
  nav, summary, .gone { display: none }
  .scroll { overflow: visible }
  details th, details td { white-space: normal; overflow-wrap: normal; padding-right: 0.5rem; font-size: 8pt } details small { font-size: 7pt }
  details::details-content { content-visibility: visible; block-size: auto }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`

// packages/analysis/src/report/highlights.ts
var excludes = ({ low, high }, neutral) => low > neutral || high < neutral
var decidingOdds = ({ adjusted, crude }) => adjusted ?? crude
var isClear = (measure2) => {
  const ratio = decidingOdds(measure2)
  return ratio !== null && excludes(ratio, 1)
}
function informative(latency2) {
  const compared = latency2.filter((measure2) => decidingOdds(measure2) !== null)
  const telling = compared.filter((one) => isClear(one) || one.threshold.source === 'declared')
  const vitals = telling
    .filter(({ measure: measure2 }) => measure2 !== 'ready')
    .sort((a, b) => (b.lost?.value ?? 0) - (a.lost?.value ?? 0))
  const shown = [...telling.filter(({ measure: measure2 }) => measure2 === 'ready'), ...vitals]
  return {
    shown,
    others: compared.filter((measure2) => !shown.includes(measure2)),
    compared: compared.length,
  }
}
function certainLosses(problems2) {
  const certain = problems2.filter(({ lost }) => lost.low > 0)
  return { certain, others: problems2.filter((problem) => !certain.includes(problem)) }
}
function costliest({ errors, endpoints }) {
  return certainLosses([...errors, ...endpoints]).certain.sort((a, b) => b.lost.value - a.lost.value)[0]
}
function biggestDrop(steps) {
  const [first] = [...steps].sort((a, b) => b.droppedOff - a.droppedOff)
  return first && first.droppedOff > 0 ? first : void 0
}
var isEmpty = ({ journeys, hypotheses }) =>
  journeys.every(({ runs }) => runs === 0) &&
  hypotheses.every(({ variants }) => variants.every(({ subjects }) => subjects === 0))

// packages/analysis/src/report/words.ts
var MEASURES2 = {
  ready: 'time to ready',
  lcp: 'largest contentful paint (LCP)',
  inp: 'interaction to next paint (INP)',
  cls: 'layout shift (CLS)',
  fcp: 'first contentful paint (FCP)',
  ttfb: 'time to first byte (TTFB)',
  'first-interaction': 'first interaction',
}
var units = (number, unit) => (unit === 'run' ? plural(number, 'run') : plural(number, 'person', 'people'))
var measureName = ({ step, measure: measure2, navigationType }) =>
  `${plain(step)}: ${MEASURES2[measure2]}${navigationType ? `, ${plain(navigationType)}` : ''}`
function thresholdText({ threshold, unit, measure: measure2 }) {
  const limit = unit === 'ms' ? duration(threshold.slowFrom) : score(threshold.slowFrom)
  const source = {
    declared: 'the declared target',
    'web.dev': 'where web.dev\u2019s \u201Cgood\u201D ends',
    quantiles: 'the slowest quarter',
  }[threshold.source]
  return `${measure2 === 'cls' ? 'Unstable' : 'Slow'} is over ${limit}, ${source}.`
}
var times = (ratio) => `\xD7${withInterval(ratio, odds)}`
function associationClaim(latency2) {
  const ratio = decidingOdds(latency2)
  if (!ratio) return 'There is too little to compare slow visits with others'
  if (!excludes(ratio, 1)) return 'No clear association between slow visits and converting'
  return `Slow visits are associated with ${ratio.value < 1 ? 'lower' : 'higher'} odds of converting`
}
var adjustedFor = ({ strata, adjusted }) =>
  adjusted && strata.length ? `adjusted for ${strata.map(plain).join(', ')}` : 'not adjusted for anything'
function associationText(latency2) {
  const { crude, adjusted } = latency2
  const odds2 = [adjusted && `${adjustedFor(latency2)} ${times(adjusted)}`, crude && `crude ${times(crude)}`]
  return `${associationClaim(latency2)}: ${odds2.filter(Boolean).join('; ')}.`
}
function lostText(lost) {
  if (lost.low > 0)
    return `about ${plural(Math.round(lost.value), 'conversion')} lost (${between(lost, count)})`
  return `no certain loss (${between(lost, count)} conversions)`
}
var worthText = (lostValue) =>
  lostValue?.map(({ amount, currency }) => money(amount.value, currency)).join(' + ') ?? UNKNOWN
var problemName = ({ kind, label }) =>
  `${kind === 'slow-endpoint' ? 'slow: ' : kind === 'failing-endpoint' ? 'failing: ' : ''}${plain(label)}`
var decidedByText = ({ decidedBy }) =>
  decidedBy === 'sequential'
    ? 'The always-valid (sequential) interval decides: it may be looked at any time.'
    : 'The fixed-horizon interval decides: the declared end or sample size is reached.'
function sampleRatioText({ sampleRatio: { ok, p, expected } }) {
  const split = expected.map((share2) => declared(percent(share2))).join(' / ')
  return `Sample ratio ${ok ? 'is' : 'is not'} as declared (${split}): ${probability(p)}`
}
function leftOutText({ leftOut }) {
  const { multipleVariants, immature, withoutSubject } = leftOut
  const parts = [
    immature && `${plural(immature, 'subject')} who may still convert`,
    multipleVariants && `${plural(multipleVariants, 'subject')} with several variants`,
    withoutSubject && `${plural(withoutSubject, 'run')} without a subject`,
  ].filter(Boolean)
  return parts.length ? `Left out: ${parts.join(', ')}.` : ''
}
var guardrailName = ({ metric, step }) =>
  `${metric.length <= 4 ? metric.toUpperCase() : plain(metric)}${step ? ` at ${plain(step)}` : ''}`
function guardrailNumbers({ metric, limit, measured: measured2, status: status2 }) {
  const quantile = limit.p75AtMost !== void 0
  const write3 = quantile ? (metric === 'cls' ? score : duration) : change
  const worst = quantile ? limit.p75AtMost : (limit.relativeAtMost ?? 0)
  const falls = !quantile && metric === 'conversion'
  return {
    limit: falls
      ? `falls at most ${declared(percent(worst))}`
      : `${quantile ? 'p75 ' : ''}at most ${declared(write3(worst))}`,
    measured: measured2
      ? withInterval(measured2, write3)
      : status2 === 'unknown'
        ? 'too little to tell'
        : 'the control has none',
  }
}

// packages/analysis/src/report/html/markup.ts
var ENTITIES = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
var escaped = (text2) =>
  harmless(text2)
    .replace(/[&<>"']/g, (character) => ENTITIES[character])
    .replace(/(\d) %/g, '$1\xA0%')
function write(part) {
  if (part === false || part === null || part === void 0) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return 'markup' in part ? part.markup : part.map(write).join('')
}
var html = (strings, ...parts) => ({
  markup: strings.map((text2, at) => (at === 0 ? text2 : write(parts[at - 1]) + text2)).join(''),
})
var trusted = (markup) => ({ markup })
var anchor = (kind, name) => `${kind}-${name.replace(/[^\w-]+/g, '-').slice(0, 80)}`

// packages/analysis/src/report/html/charts.ts
var clamp = (share2) => Math.min(1, Math.max(0, share2))
var linear = (from, to) => (value) => clamp((value - from) / (to - from || 1))
var logarithmic = (from, to) => (value) => clamp(value > 0 ? Math.log(value / from) / Math.log(to / from) : 0)
var share = (part) => `${Number((100 * clamp(part || 0)).toFixed(2))}%`
var drawable = ({ value, low, high }) => ![value, low, high].some(Number.isNaN)
function whisker(estimate, scale2, kind = '') {
  if (!drawable(estimate)) return html``
  const [low, at, high] = [estimate.low, estimate.value, estimate.high].map((value) => share(scale2(value)))
  return html`<g class="whisker ${kind}"><line x1="${low}" x2="${high}" y1="50%" y2="50%"/><line x1="${low}" x2="${low}" y1="30%" y2="70%"/><line x1="${high}" x2="${high}" y1="30%" y2="70%"/><circle cx="${at}" cy="50%" r="4"/></g>`
}
function intervalPlot(estimate, scale2, marks, label, kind = '') {
  const lines = marks.map(({ at, kind: mark }) => {
    const x = share(scale2(at))
    return html`<line class="mark ${mark}" x1="${x}" x2="${x}" y1="0" y2="100%"/>`
  })
  const [from, to] = [scale2(0), scale2(estimate.value)]
  const size =
    kind === 'costly' &&
    html`<rect class="cost" x="${share(from)}" width="${share(to - from)}" y="6" height="16" rx="3"/>`
  return html`<svg class="plot" role="img" aria-label="${label}">${size}${lines}${whisker(estimate, scale2, kind)}</svg>`
}
function axisRow(scale2, marks) {
  const texts2 = marks.map(({ at, label, kind }) => {
    const place = scale2(at)
    const end = place < 0.12 ? 'start' : place > 0.88 ? 'end' : 'middle'
    return html`<text class="${kind}" x="${share(place)}" y="11" text-anchor="${end}">${label}</text>`
  })
  return html`<tr class="axis" aria-hidden="true"><td></td><td class="chart"><svg>${texts2}</svg></td><td></td></tr>`
}
function rateBar(estimate, scale2, tone, label) {
  const length = share(scale2(estimate.value))
  return html`<svg class="plot" role="img" aria-label="${label}"><rect class="track" width="100%" height="16" y="6" rx="3"/><rect class="${tone}" width="${length}" height="16" y="6" rx="3"/>${whisker(estimate, scale2, 'over')}</svg>`
}
function stackedBar(parts, label) {
  const whole = parts.reduce((sum, { part }) => sum + part, 0) || 1
  let from = 0
  const rects = parts.map(({ part, tone }) => {
    const x = from
    from += part
    return html`<rect class="${tone}" x="${share(x / whole)}" width="${share(part / whole)}" height="100%"/>`
  })
  return html`<svg class="stack" role="img" aria-label="${label}">${rects}</svg>`
}
function boundsOf(values) {
  const finite = values.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite, 0), Math.max(...finite, 0)]
  const room = (high - low || 1) * 0.06
  return [low - room, high + room]
}

// packages/analysis/src/report/html/hypotheses.ts
var SIGNS = { supported: '\u2713', refuted: '\u2717', inconclusive: '?', invalid: '!' }
var verdictBadge = (verdict) =>
  html`<span class="badge ${verdict}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${verdict}</span>`
function variantTable({ id, variants }) {
  const most = Math.max(0.01, ...variants.map(({ rate }) => rate.high).filter(Number.isFinite))
  const rows = variants.map(({ variant, control, subjects, conversions, rate }) => {
    const words = `${percent(rate.value)} converted, ${between(rate, percent)}`
    const shown = subjects > 0
    return html`<tr><th scope="row"><bdi>${variant}</bdi>${control && variant !== 'control' && html` <small>control</small>`}</th><td class="chart">${shown && rateBar(rate, linear(0, most), control ? 'unmeasured' : 'fill', words)}</td><td>${shown && html`<b>${percent(rate.value)}</b> <small>${between(rate, percent)}</small>`}</td><td>${count(conversions)} <small>of ${count(subjects)}</small></td></tr>`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Variants of ${id}"><table class="bars variants"><caption>Conversion by variant</caption><thead class="unseen"><tr><th scope="col">Variant</th><th scope="col">Chart</th><th scope="col">Rate</th><th scope="col">Subjects</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
function uplift(comparison2, decidedBy) {
  const { deciding, other, write: write3, expected, expectedValue } = effectOf(comparison2, decidedBy)
  const otherName = INTERVAL_NAMES[decidedBy === 'fixed' ? 'sequential' : 'fixed']
  const both = [deciding, other].flatMap(({ low, high }) => [low, high])
  const scale2 = linear(...boundsOf([...both, expectedValue]))
  const marks = [
    { at: 0, kind: 'neutral' },
    { at: expectedValue, kind: 'expected' },
  ]
  const apart = Math.abs(scale2(0) - scale2(expectedValue)) > 0.15
  const labels = [
    { at: 0, kind: 'neutral', label: '0' },
    ...(apart ? [{ at: expectedValue, kind: 'expected', label: expected }] : []),
  ]
  const row2 = (name, interval, kind) => {
    const range = between(interval, write3)
    const plot = intervalPlot(interval, scale2, marks, `${name}: ${range}`, kind)
    return html`<tr><th scope="row">${name}${kind === 'decides' && html` <small>decides</small>`}</th><td class="chart">${plot}</td><td>${range}</td></tr>`
  }
  return html`
<div class="uplift">
<p class="change"><b>${write3(deciding.value)}</b> <bdi>${comparison2.variant}</bdi> against the control; expected <span class="expected-word">${expected}</span>, ${probability(comparison2.p)}</p>
<table class="bars"><caption class="unseen">Change of conversion by ${comparison2.variant}</caption><tbody>${row2(INTERVAL_NAMES[decidedBy], deciding, 'decides')}${row2(otherName, other, 'faint')}${axisRow(scale2, labels)}</tbody></table>
</div>`
}
function guardrailRow(guardrail, several) {
  const { limit, measured: measured2 } = guardrailNumbers(guardrail)
  const { status: status2, variant } = guardrail
  const [sign, tone] = { holds: ['\u2713', 'good'], violated: ['\u2717', 'bad'], unknown: ['?', 'unknown'] }[
    status2
  ]
  return html`<li><span class="pill ${tone}"><span aria-hidden="true">${sign}</span> ${status2}</span> <span><b>${guardrailName(guardrail)}</b>${several && html` (<bdi>${variant}</bdi>)`} ${limit}: ${measured2}</span></li>`
}
function hypothesisCard(result) {
  const {
    id,
    statement,
    journey,
    verdict,
    reasons,
    variants,
    comparisons,
    guardrails: guardrails2,
    sampleRatio: sampleRatio2,
  } = result
  const leftOut = leftOutText(result)
  const ratioTone = sampleRatio2.ok ? 'good' : 'bad'
  return html`
<article class="card hypothesis ${verdict}" id="${anchor('hypothesis', id)}">
<header><h3><bdi>${id}</bdi></h3>${verdictBadge(verdict)}</header>
<p class="statement">“<bdi>${statement}</bdi>” <span class="note">on <bdi>${journey}</bdi></span></p>
<ul class="reasons">${reasons.map((reason) => html`<li>${plain(reason)}</li>`)}</ul>
<div class="evidence">
<div>${variantTable(result)}${comparisons.map((one) => uplift(one, result.decidedBy))}<p class="note">${decidedByText(result)}</p></div>
<div>
<h4>Checks</h4>
<ul class="checks">
<li><span class="pill ${ratioTone}"><span aria-hidden="true">${sampleRatio2.ok ? '\u2713' : '\u2717'}</span> ${sampleRatio2.ok ? 'balanced' : 'mismatch'}</span> <span>${sampleRatioText(result)}</span></li>
${guardrails2.map((one) => guardrailRow(one, variants.length > 2))}
</ul>
${leftOut && html`<p class="note">${leftOut}</p>`}
${result.stillNeeded && html`<p class="note">About ${plural(result.stillNeeded, 'more subject')} per variant needed to tell.</p>`}
</div>
</div>
</article>`
}

// packages/analysis/src/report/html/funnel.ts
function passing(steps, at) {
  const step = steps[at]
  if (!step) return 0
  const next = steps.slice(at).find(({ optional }) => !optional)
  return Math.max(step.reached, step.optional ? (next?.reached ?? 0) : 0)
}
var least = (part) => (part > 0 ? Math.max(part, 6e-3) : 0)
function stageBars(steps, at, started) {
  const of = (reached) => least(Math.min(1, started ? reached / started : 0))
  const [own, here, next] = [of(steps[at].reached), of(passing(steps, at)), of(passing(steps, at + 1))]
  const last = at === steps.length - 1
  const n = (part) => Number((100 * part).toFixed(2))
  const upright = `0,${n(1 - here)} 100,${n(1 - next)} 100,100 0,100`
  const lying = `0,0 ${n(here)},0 ${n(next)},100 0,100`
  const stream = (points2) =>
    html`<svg viewBox="0 0 100 100" preserveAspectRatio="none" class="stream"><polygon points="${points2}"/></svg>`
  return html`
<svg class="upright" aria-hidden="true">
<rect class="ghost" width="64%" height="100%" rx="4"/>
<rect class="flow" width="64%" height="${share(here)}" y="${share(1 - here)}"/>
<rect class="fill" width="64%" height="${share(own)}" y="${share(1 - own)}" rx="4"/>
${!last && html`<svg x="64%" width="36%" height="100%">${stream(upright)}</svg>`}
</svg>
<svg class="lying" aria-hidden="true">
<rect class="ghost" width="100%" height="26" rx="4"/>
<rect class="flow" width="${share(here)}" height="26"/>
<rect class="fill" width="${share(own)}" height="26" rx="4"/>
${!last && html`<svg y="26" width="100%" height="22">${stream(lying)}</svg>`}
</svg>`
}
function readyPill({ ready, readiness: readiness2 }) {
  if (!readiness2) return null
  const target = duration(readiness2.p75AtMost)
  if (!ready || readiness2.met === null)
    return html`<p class="pill unknown">ready ≤ ${target}: not measured</p>`
  return readiness2.met
    ? html`<p class="pill good">✓ ready ${duration(ready.p75)} ≤ ${target}</p>`
    : html`<p class="pill bad">✗ ready ${duration(ready.p75)} > ${target}</p>`
}
function stage(steps, at, started, worst) {
  const step = steps[at]
  const { name, optional, reached, fromStart, droppedOff, timeToNext } = step
  return html`
<li class="stage${optional && ' optional'}${step === worst && ' worst'}">
<p class="stage-name"><bdi>${name}</bdi>${optional && html` <small>optional</small>`}</p>
${stageBars(steps, at, started)}
<p class="stage-count"><b>${count(reached)}</b> <span>${percent(fromStart.value)}</span></p>
<div class="stage-next">
${droppedOff > 0 && html`<p class="drop"><b>−${count(droppedOff)}</b> left here<span>${step === worst && ', the most'}</span></p>`}
${timeToNext && html`<p class="time">${duration(timeToNext.p50)} to the next</p>`}
${readyPill(step)}
</div>
</li>`
}
function row(step) {
  const {
    name,
    optional,
    reached,
    fromStart,
    fromPrevious,
    droppedOff,
    timeToNext,
    ready,
    readiness: readiness2,
  } = step
  const { mean, returned, failed } = step.attempts
  const met = readiness2?.met
  return html`
<tr>
<th scope="row"><bdi>${name}</bdi>${optional && html` <small>optional</small>`}</th>
<td>${count(reached)}</td>
<td>${percent(fromStart.value)} <small>${between(fromStart, percent)}</small></td>
<td>${step.index ? html`${percent(fromPrevious.value)} <small>${between(fromPrevious, percent)}</small>` : UNKNOWN}</td>
<td>${count(droppedOff)}</td>
<td>${timeToNext ? html`${duration(timeToNext.p50)} <small>p75 ${duration(timeToNext.p75)}</small>` : UNKNOWN}</td>
<td>${ready ? duration(ready.p75) : UNKNOWN}${readiness2 && html` <small class="${met ? 'good' : met === false ? 'bad' : ''}">target ${duration(readiness2.p75AtMost)}</small>`}</td>
<td>${mean ? mean.toFixed(2) : UNKNOWN}</td>
<td>${count(returned)}</td>
<td>${count(failed)}</td>
</tr>`
}
function funnelFigure({ name, steps, runs }, id) {
  const worst = biggestDrop(steps)
  return html`
<section class="card" aria-labelledby="${id}-funnel">
<h3 id="${id}-funnel">Where people leave</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Funnel of ${name}">
<ol class="funnel">${steps.map((_, at) => stage(steps, at, runs, worst))}</ol>
</div>
<details id="${id}-numbers">
<summary>All numbers of ${plural(steps.length, 'step')}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Numbers of each step of ${name}">
<table>
<caption>Steps of ${name}; small print: 95 % intervals and 75th percentiles</caption>
<thead><tr><th scope="col">Step</th><th scope="col">Reached</th><th scope="col">Of all</th><th scope="col">Of the step before</th><th scope="col">Left here</th><th scope="col">To the next (median)</th><th scope="col">Ready (p75)</th><th scope="col">Visits each</th><th scope="col">Went back</th><th scope="col">Failed</th></tr></thead>
<tbody>${steps.map(row)}</tbody>
</table>
</div>
</details>
</section>`
}

// packages/analysis/src/report/html/latency.ts
function buckets(latency2) {
  const highs = latency2.buckets.flatMap(({ rate, visits }) => (visits ? [rate.high] : []))
  const most = Math.max(0.01, ...highs.filter(Number.isFinite))
  const rows = latency2.buckets.map(({ label, slow, from, rate, visits }) => {
    const name = html`<th scope="row">${plain(label)}${slow && html` <small class="slow-word">slow</small>`}</th>`
    if (visits === 0) return html`<tr>${name}<td></td><td><small>no visits</small></td></tr>`
    const tone = from === null ? 'unmeasured' : slow ? 'slow' : 'fill'
    const words = `${percent(rate.value)} converted, ${between(rate, percent)}`
    return html`<tr>${name}<td class="chart">${rateBar(rate, linear(0, most), tone, words)}</td><td><b>${percent(rate.value)}</b> <small>of ${count(visits)}</small></td></tr>`
  })
  return html`<table class="bars"><caption class="unseen">Conversion by ${measureName(latency2)}</caption><thead class="unseen"><tr><th scope="col">Measured</th><th scope="col">Converted</th><th scope="col">Share of visits</th></tr></thead><tbody>${rows}</tbody></table>`
}
function oddsRow(name, ratio, scale2, kind) {
  const words = ratio ? `\xD7${withInterval(ratio, odds)}` : 'cannot be told'
  const plot = ratio && intervalPlot(ratio, scale2, [{ at: 1, kind: 'neutral' }], `${name}: ${words}`, kind)
  return html`<tr><th scope="row">${name}</th><td class="chart">${plot}</td><td>${words}</td></tr>`
}
function oddsPlot(latency2) {
  const { crude, adjusted } = latency2
  const bounds = [crude, adjusted].flatMap((ratio) => (ratio ? [ratio.low, ratio.high] : []))
  const furthest = Math.max(
    2,
    ...bounds.map((value) => Math.exp(Math.abs(Math.log(value))) || 1).filter(Number.isFinite),
  )
  const edge = Math.min(furthest * 1.1, 50)
  const scale2 = logarithmic(1 / edge, edge)
  return html`<table class="bars odds"><caption>Odds of converting, slow against others</caption><tbody>${oddsRow('adjusted', adjusted, scale2, 'decides')}${oddsRow('crude', crude, scale2, 'faint')}${axisRow(scale2, [{ at: 1, kind: 'neutral', label: '\xD71' }])}</tbody></table>`
}
function card(latency2) {
  return html`
<article class="measure">
<h4><bdi>${measureName(latency2)}</bdi></h4>
${buckets(latency2)}
<p class="note">${thresholdText(latency2)}</p>
${oddsPlot(latency2)}
<p>${associationClaim(latency2)}, ${adjustedFor(latency2)}.</p>
${latency2.lost && html`<p><b>Associated with slow visits:</b> ${lostText(latency2.lost)}.</p>`}
</article>`
}
function latencyCards({ latency: latency2 }, id) {
  const { shown, others, compared } = informative(latency2)
  if (!compared) return html``
  const rest = others.map((one) => {
    const ratio = decidingOdds(one)
    return html`<tr><th scope="row"><bdi>${measureName(one)}</bdi></th><td>×${withInterval(ratio, odds)}</td><td>${one.lost ? lostText(one.lost) : ''}</td></tr>`
  })
  return html`
<section class="card" aria-labelledby="${id}-latency">
<h3 id="${id}-latency">Do slow steps lose people?</h3>
<p class="note">${plural(compared, 'measure')} compared; by chance alone, about one in twenty looks clear. An association is not yet a cause.</p>
<div class="measures">${shown.map(card)}</div>
${
  rest.length > 0 &&
  html`<details id="${anchor(id, 'others')}"><summary>${plural(rest.length, 'measure')} without a clear association</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Other measures"><table><caption>Odds of converting when slow, and conversions lost</caption><thead><tr><th scope="col">Measure</th><th scope="col">Odds ratio</th><th scope="col">Lost</th></tr></thead><tbody>${rest}</tbody></table></div></details>`
}
</section>`
}

// packages/analysis/src/report/html/losses.ts
var SHOWN = 6
function item(problem, scale2) {
  const { lost, lostValue, runs, occurrences, recovered, steps, service, converted } = problem
  const certain = lost.low > 0
  const shownSteps = steps.slice(0, 4).map((step) => html`<span class="chip">${plain(step)}</span>`)
  const plot = intervalPlot(
    lost,
    scale2,
    [{ at: 0, kind: 'neutral' }],
    lostText(lost),
    certain ? 'costly' : 'faint',
  )
  return html`
<li class="loss">
<div class="loss-name"><p><bdi>${problemName(problem)}</bdi></p><p class="chips">${shownSteps}${steps.length > 4 && html`<span>and ${steps.length - 4} more</span>`}${service && html`<span>${plain(service)}</span>`}</p></div>
<div class="chart">${plot}</div>
<dl class="facts">
<div class="${certain ? 'costly' : ''}"><dt>lost</dt><dd>${count(lost.value)}</dd><dd class="note">${between(lost, count)}</dd></div>
<div><dt>worth</dt><dd>${worthText(lostValue)}</dd></div>
<div><dt>runs</dt><dd>${count(runs)}</dd><dd class="note">${count(occurrences)} times</dd></div>
<div><dt>converted anyway</dt><dd>${percent(recovered.value)}</dd><dd class="note">${count(converted)}</dd></div>
</dl>
</li>`
}
function ranking(title, problems2, scale2, id) {
  if (!problems2.length) return null
  const { certain, others } = certainLosses(problems2)
  const list4 = (some) => html`<ol class="losses">${some.map((problem) => item(problem, scale2))}</ol>`
  const folded = (key, some, name) =>
    some.length > 0 && html`<details id="${id}-${key}"><summary>${name}</summary>${list4(some)}</details>`
  const more = certain.slice(SHOWN)
  return html`
<h4>${title}</h4>
${certain.length > 0 ? list4(certain.slice(0, SHOWN)) : html`<p class="quiet">None that surely costs conversions.</p>`}
${folded('more', more, `${count(more.length)} more that cost conversions`)}
${folded('others', others, `${count(others.length)} without a certain loss`)}`
}
function lossLists({ errors, endpoints }, id) {
  const all = [...errors, ...endpoints]
  if (!all.length) return html``
  const bounds = all.flatMap(({ lost }) => [lost.low, lost.high]).filter(Number.isFinite)
  const scale2 = linear(Math.min(0, ...bounds), Math.max(1, ...bounds) * 1.04)
  return html`
<section class="card" aria-labelledby="${id}-losses">
<h3 id="${id}-losses">What costs conversions</h3>
<p class="note">Conversions fewer than among comparable visits without the problem, with 95 % intervals. An error and the endpoint behind it may count the same loss: do not add them up.</p>
${ranking('Errors', errors, scale2, `${id}-errors`)}
${ranking('Endpoints', endpoints, scale2, `${id}-endpoints`)}
</section>`
}

// packages/analysis/src/report/html/journey.ts
function tiles({ runs, conversions, rate, value, timeToConvert }, unit) {
  const worth2 = value.map(({ amount, currency }) => html`<span>${money(amount, currency)}</span>`)
  return html`
<dl class="tiles">
<div class="tile main"><dt>Converted</dt><dd>${percent(rate.value)}</dd><dd class="chart">${rateBar(rate, linear(0, 1), 'fill', `${percent(rate.value)} converted, ${between(rate, percent)}`)}</dd><dd class="note">${between(rate, percent)}, 95 % interval</dd></div>
<div class="tile"><dt>${unit === 'run' ? 'Runs' : 'People'}</dt><dd>${count(runs)}</dd><dd class="note">${count(conversions)} of ${units(runs, unit)} converted</dd></div>
<div class="tile"><dt>Value</dt><dd>${worth2.length ? worth2 : UNKNOWN}</dd><dd class="note">${worth2.length ? 'of all conversions' : 'No conversion reported a value.'}</dd></div>
<div class="tile"><dt>Time to convert</dt><dd>${timeToConvert ? duration(timeToConvert.p50) : UNKNOWN}</dd><dd class="note">${timeToConvert ? `median; p95 ${duration(timeToConvert.p95)}` : 'Nobody has converted yet.'}</dd></div>
</dl>`
}
function costliestNote(journey) {
  const problem = costliest(journey)
  if (!problem) return null
  const where = [firstOf(problem.steps, 3), plain(problem.service)].filter(Boolean).join(' \xB7 ')
  return html`
<aside class="costliest" aria-label="The costliest problem">
<div><p class="eyebrow">Costs the most conversions</p><p class="problem"><bdi>${problemName(problem)}</bdi></p><p class="where">at ${where}</p></div>
<p class="price"><b>−${count(problem.lost.value)}</b> <span>conversions, ${between(problem.lost, count)}</span></p>
${problem.lostValue && html`<p class="price"><b>${worthText(problem.lostValue)}</b> <span>their worth</span></p>`}
</aside>`
}
function journeySection(journey, unit, isVersion2) {
  const id = anchor('journey', isVersion2 ? `${journey.name}-version-${journey.version}` : journey.name)
  const title = html`<h2><bdi>${journey.name}</bdi> <small>version ${journey.version}</small></h2>`
  if (!journey.runs)
    return html`<section class="part" id="${id}">${title}<p class="quiet">Nobody has started this journey in the time looked at.</p></section>`
  return html`
<section class="part" id="${id}">
${title}
${tiles(journey, unit)}
${costliestNote(journey)}
${funnelFigure(journey, id)}
${latencyCards(journey, id)}
${lossLists(journey, id)}
</section>`
}

// packages/analysis/src/report/html/trust.ts
function warningBanner({ notes }) {
  const warnings = notes.filter(({ level }) => level === 'warning').length
  if (!warnings) return null
  return html`<p class="banner"><span aria-hidden="true">!</span> <a href="#trust">${plural(warnings, 'warning')} about these numbers</a></p>`
}
function trustSection({ notes, delivery }) {
  const { pages, emitted, delivered, pending, dropped } = delivery
  const items = notes.map(
    ({ level, text: text2 }) =>
      html`<li class="${level}"><span class="pill ${level === 'warning' ? 'warn' : 'unknown'}">${level === 'warning' ? 'warning' : 'note'}</span> <span>${plain(text2)}</span></li>`,
  )
  const parts = [
    { part: delivered, tone: 'delivered' },
    { part: pending, tone: 'pending' },
    { part: dropped, tone: 'dropped' },
  ]
  const words = `${count(delivered)} delivered, ${count(pending)} pending, ${count(dropped)} dropped`
  return html`
<section class="part" id="trust">
<h2>Can these numbers be trusted?</h2>
<div class="card">
${items.length ? html`<ul class="checks">${items}</ul>` : html`<p>Nothing speaks against these numbers.</p>`}
${
  emitted > 0 &&
  html`<h3>What pages sent</h3>
${stackedBar(parts, words)}
<p class="legend"><span class="key delivered">delivered ${percent(delivered / emitted)}</span> <span class="key pending">pending ${count(pending)}</span> <span class="key dropped">dropped ${count(dropped)}</span></p>
<p class="note">${plural(pages, 'page')} emitted ${plural(emitted, 'event')}.</p>`
}
</div>
</section>`
}

// packages/analysis/src/report/html.ts
var ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M4 9h24M4 16h16M4 23h8' stroke='%233b5bdb' stroke-width='5' stroke-linecap='round'/%3E%3C/svg%3E"
var LOGO = html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><path d="M4 9h24M4 16h16M4 23h8"/></svg>`
function overview({ journeys, hypotheses }) {
  return html`
<nav aria-label="Journeys and hypotheses"><ul class="overview">
${journeys.map(({ name, rate, runs }) => html`<li><a href="#${anchor('journey', name)}"><bdi>${name}</bdi> <b>${runs ? percent(rate.value) : 'no runs'}</b></a></li>`)}
${hypotheses.map(({ id, verdict }) => html`<li><a href="#${anchor('hypothesis', id)}"><bdi>${id}</bdi> ${verdictBadge(verdict)}</a></li>`)}
</ul></nav>`
}
function reportMain(result, nothing) {
  if (isEmpty(result)) return html`<main>${nothing}</main>`
  const { journeys, hypotheses, trust: trust2, unit, since, until } = result
  return html`
<main>
<h1>Journey report</h1>
<p class="period">Runs that started from ${moment(since)} to ${moment(until)}, counted by ${unit === 'run' ? 'attempt' : 'person'}</p>
${warningBanner(trust2)}
${overview(result)}
${journeys.map((journey) => journeySection(journey, unit, journeys.filter(({ name }) => name === journey.name).length > 1))}
${hypotheses.length > 0 && html`<section class="part"><h2>Hypotheses</h2>${hypotheses.map(hypothesisCard)}</section>`}
${trustSection(trust2)}
</main>`
}
function reportDocument(main2, head, status2, script) {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}
<title>Throughline</title>
<link rel="icon" href="${ICON}">
<style>${trusted(STYLE)}</style>
</head>
<body>
<header class="top"><p class="brand">${LOGO} Throughline</p>${status2}</header>
${main2}
${script}
</body>
</html>
`
  return page.markup
}
function renderHtml(result) {
  const nothing = html`<h1>Nothing had arrived yet</h1><p>When this report was made, no journey had a run. Point your app’s OTLP exporter at <code>throughline dev</code> or your collector, walk through a journey, and make the report again.</p>`
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
  return reportDocument(
    reportMain(result, html`<section class="part nothing">${nothing}</section>`),
    html`<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    html`<p class="status">Report of ${moment(result.generatedAt)}</p>`,
    html``,
  )
}

// packages/analysis/src/page/live.ts
function live() {
  const EVERY = 3e3
  const status2 = document.getElementById('status')
  const gone = document.getElementById('gone')
  const unanswered = gone.textContent
  let updated = Date.now()
  let timer
  let busy = false
  function sameKind(old, next) {
    return old.nodeName === next.nodeName && old.id === next.id
  }
  function copyAttributes(old, next) {
    for (const { name } of [...old.attributes])
      if (!next.hasAttribute(name) && !(name === 'open' && old.nodeName === 'DETAILS'))
        old.removeAttribute(name)
    for (const { name, value } of next.attributes)
      if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  }
  function change2(old, next) {
    if (old instanceof Element && next instanceof Element) copyAttributes(old, next)
    else if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue
    const [olds, nexts] = [[...old.childNodes], [...next.childNodes]]
    nexts.forEach((child, at) => {
      const current = olds[at]
      if (!current) old.appendChild(document.importNode(child, true))
      else if (sameKind(current, child)) change2(current, child)
      else old.replaceChild(document.importNode(child, true), current)
    })
    for (const left of olds.slice(nexts.length)) left.remove()
  }
  function update(main2, next) {
    const open2 = [...main2.querySelectorAll('details[open]')].map(({ id }) => id)
    change2(main2, next)
    for (const id of open2) document.getElementById(id)?.setAttribute('open', '')
  }
  function showAge() {
    const seconds = Math.round((Date.now() - updated) / 1e3)
    const ago = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`
    const text2 = seconds < 2 ? 'updated just now' : `updated ${ago} ago`
    if (status2.textContent !== text2) status2.textContent = text2
    status2.className = gone.hidden ? 'status live' : 'status stale'
  }
  function schedule(wait) {
    clearTimeout(timer)
    timer = setTimeout(refresh, wait)
  }
  async function refresh() {
    if (busy || document.hidden) return
    busy = true
    const began = Date.now()
    try {
      const response = await fetch(location.href, { cache: 'no-store' })
      const text2 = await response.text()
      const next = new DOMParser().parseFromString(text2, 'text/html').querySelector('main')
      if (!response.ok) throw new Error(text2.slice(0, 300))
      if (!next) throw new Error('what answers there now is something else')
      update(document.querySelector('main'), next)
      updated = Date.now()
      gone.hidden = true
    } catch (error) {
      const { name, message } = error
      gone.textContent = name === 'TypeError' ? unanswered : `throughline dev cannot report: ${message}`
      gone.hidden = false
    }
    busy = false
    showAge()
    schedule(Math.max(EVERY, 4 * (Date.now() - began)))
  }
  document.addEventListener('visibilitychange', refresh)
  setInterval(showAge, 1e3)
  showAge()
  schedule(EVERY)
}

// packages/analysis/src/page/page.ts
var SCRIPT = `(${live})()`
var inCode = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
function snippet({ journeys }, endpoint) {
  const [journey] = journeys
  const [name, step] = [inCode(journey?.name ?? 'checkout'), journey?.steps[0]?.name ?? 'cart']
  return `import { startThroughline } from '@throughline/core/web'
import { ${name} } from './journeys'

const tracker = startThroughline({
  serviceName: 'my-app',
  endpoint: '${endpoint}',
  journeys: [${name}],
})
tracker.enter(${name}, '${step}')`
}
var firstSteps = (result, endpoint) => html`
<section class="part nothing">
<h1>Waiting for the first run</h1>
<p>Nothing has arrived yet. This page shows it as soon as it does.</p>
<ol>
<li>Send OTLP over HTTP, JSON or protobuf, to <code>${endpoint}</code>: traces to <code>/v1/traces</code>, logs to <code>/v1/logs</code>.</li>
<li>In the browser that is:<pre tabindex="0"><code>${snippet(result, endpoint)}</code></pre></li>
<li>Then walk through ${result.journeys.map(({ name, steps }, at) => html`${at > 0 && '; or '}<b><bdi>${name}</bdi></b> (<bdi>${steps.map((step) => step.name).join(' \u2192 ')}</bdi>)`)}.</li>
</ol>
</section>`
function renderPage(result, { endpoint }) {
  return reportDocument(
    reportMain(result, firstSteps(result, endpoint)),
    html``,
    html`<p class="status live" id="status">updated just now</p>`,
    html`<p class="gone" id="gone" role="alert" hidden>throughline dev does not answer: what you see is the last it said. Start it again; this page goes on by itself.</p><script>${trusted(SCRIPT)}</script>`,
  )
}

// packages/analysis/src/page/headers.ts
var hash = (text2) => `'sha256-${createHash3('sha256').update(text2).digest('base64')}'`
var pageHeaders = (forms = "'none'") => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${hash(SCRIPT)}`,
    `style-src ${hash(STYLE)}`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    `form-action ${forms}`,
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

// packages/analysis/src/page/login.ts
var loginHeaders = () => ({
  ...pageHeaders("'self'"),
  'referrer-policy': 'same-origin',
})
function renderLogin(message) {
  return reportDocument(
    html`<main><section class="part"><h1>A token is needed</h1>
<p>This report can be reached from other machines. The token stands in the terminal where <code>throughline dev</code> was started, or is what its environment has in <code>THROUGHLINE_TOKEN</code>.</p>
<form method="post" class="card"><p role="alert">${message}</p><label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label> <button>Open the report</button></form>
</section></main>`,
    html``,
    html``,
    html``,
  )
}

// packages/analysis/src/receiver/api.ts
function send(response, status2, type, text2) {
  response.writeHead(status2, {
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'no-store',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(text2)
}
function checkCommand(request2, token) {
  if (request2.headers.origin !== void 0) throw new BadRequest(403, 'pages may not query')
  if (!isSame(bearerOf(request2) ?? '', token)) throw new BadRequest(401, 'the token in dev.json is needed')
}
async function answerQuery(engine, token, request2, response) {
  if (request2.method !== 'POST') throw new BadRequest(405, `use POST, not ${request2.method}`)
  checkCommand(request2, token)
  const isGzip = isGzipped(request2)
  const body = await readBytes(request2)
  const { sql, params } = parse3(isGzip ? decompress(body) : body)
  let rows
  try {
    rows = await engine.query(sql, params)
  } catch (error) {
    throw malformed(error.message)
  }
  send(response, 200, 'application/x-ndjson', rows.map((row2) => JSON.stringify(row2)).join('\n'))
}
function parse3(body) {
  try {
    const { sql, params = {} } = JSON.parse(body.toString())
    if (typeof sql === 'string' && typeof params === 'object') return { sql, params }
  } catch {}
  throw malformed('the body must be { "sql": \u2026, "params": \u2026 }')
}

// packages/analysis/src/receiver/origins.ts
function isLoopbackOrigin(origin) {
  try {
    const { protocol, hostname } = new URL(origin)
    return /^https?:$/.test(protocol) && isLoopback(hostname.replace(/^\[|\]$/g, ''))
  } catch {
    return false
  }
}
function isOwnOrigin({ headers }) {
  const [, host] = /^https?:\/\/(.+)$/.exec(headers.origin ?? '') ?? []
  return host !== void 0 && host === headers.host?.toLowerCase()
}
function isForeignRead(request2) {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-dest': destination } = request2.headers
  if (origin !== void 0) return !isOwnOrigin(request2)
  return site !== void 0 && site !== 'same-origin' && site !== 'none' && destination !== 'document'
}
function allowOrigin(request2, response, allowed) {
  response.setHeader('Vary', 'Origin')
  const { origin } = request2.headers
  if (origin === void 0) return
  if (!isLoopbackOrigin(origin) && !allowed.includes(origin) && !isOwnOrigin(request2))
    throw new BadRequest(
      403,
      `pages of ${origin} may not send; if they are yours, start with --allow-origin ${origin}`,
    )
  response.setHeader('Access-Control-Allow-Origin', origin)
}
function answerPreflight({ headers }, response) {
  response.setHeader('Access-Control-Allow-Methods', 'POST')
  response.setHeader(
    'Access-Control-Allow-Headers',
    headers['access-control-request-headers'] ??
      'content-type, content-encoding, traceparent, tracestate, baggage',
  )
  response.setHeader('Access-Control-Max-Age', '7200')
  if (headers['access-control-request-private-network'])
    response.setHeader('Access-Control-Allow-Private-Network', 'true')
  response.writeHead(204).end()
}

// packages/analysis/src/selection.ts
var UNITS2 = { m: 6e4, h: 36e5, d: 864e5, w: 7 * 864e5 }
function moment2(text2, what, now) {
  const [, count2, unit] = /^(\d+)([mhdw])$/.exec(text2) ?? []
  const date = count2 ? new Date(now.getTime() - Number(count2) * UNITS2[unit]) : new Date(text2)
  if (Number.isNaN(date.getTime()))
    throw new Advice(`${what} is "${text2}"; write 30m, 12h, 7d, 4w (ago) or a date such as 2026-01-31`)
  return date
}
function parseSelection({ journey, since, until, by }, now) {
  if (by !== void 0 && by !== 'run' && by !== 'subject')
    throw new Advice(`by is "${by}"; write run or subject`)
  return {
    now,
    ...(journey && { journey }),
    ...(since && { since: moment2(since, 'since', now) }),
    ...(until && { until: moment2(until, 'until', now) }),
    ...(by && { by }),
  }
}

// packages/analysis/src/routes.ts
function statusOf2(error) {
  if (error instanceof BadRequest) return error.status
  return error instanceof Advice || error instanceof TypeError ? 400 : 500
}
function refuse(request2, response, status2, message) {
  if (!request2.complete) response.setHeader('Connection', 'close')
  send(response, status2, 'text/plain', message)
  request2.resume()
}
function createRoutes(options) {
  const { definitions, hosts, origins, guard, url, token } = options
  let service
  function answerLater(request2, response) {
    response.setHeader('Retry-After', '1')
    response.setHeader('Refresh', '1')
    refuse(request2, response, 503, 'throughline dev is starting or stopping; ask again in a second')
  }
  async function login(request2, response, path) {
    if (!guard) return false
    let message = ''
    if (request2.method === 'POST') {
      const shown = new URLSearchParams((await readBytes(request2)).toString()).get('token') ?? ''
      if (guard.admit(shown.trim(), response)) {
        response.writeHead(303, { location: path, 'cache-control': 'no-store' }).end()
        return true
      }
      message = 'That is not the token of this process.'
    } else if (guard.mayRead(request2)) return false
    if (!request2.headers.accept?.includes('text/html'))
      throw new BadRequest(401, 'a token is needed: open this page anew to enter it, or send it as a Bearer')
    response.writeHead(401, loginHeaders()).end(renderLogin(message))
    return true
  }
  async function route(request2, response) {
    checkHost(request2, hosts)
    const { pathname, search, searchParams } = parseUrl(request2.url ?? '/')
    if (pathname.startsWith('/v1/')) {
      allowOrigin(request2, response, origins)
      if (request2.method === 'OPTIONS') return answerPreflight(request2, response)
    } else if (isForeignRead(request2)) throw new BadRequest(403, 'pages of other origins may not read')
    if (!service) return answerLater(request2, response)
    const { engine, receiver, liveResult } = service
    if (receiver.handle(request2, response, pathname)) return
    if (pathname === '/api/query') return answerQuery(engine, token, request2, response)
    if (pathname === '/api/alive') {
      checkCommand(request2, token)
      return response.writeHead(204).end()
    }
    if (pathname !== '/' && pathname !== '/api/result')
      throw new BadRequest(404, `there is nothing at ${pathname}; OTLP goes to /v1/traces and /v1/logs`)
    if (await login(request2, response, pathname + search)) return
    if (request2.method !== 'GET' && request2.method !== 'HEAD')
      throw new BadRequest(405, `use GET, not ${request2.method}`)
    const result = await liveResult(
      parseSelection(Object.fromEntries(searchParams), /* @__PURE__ */ new Date()),
    )
    if (pathname === '/api/result') return send(response, 200, 'application/json', JSON.stringify(result))
    response.writeHead(200, pageHeaders()).end(renderPage(result, { endpoint: url }))
  }
  return {
    handle(request2, response) {
      route(request2, response).catch((error) => {
        if (response.headersSent) return void response.destroy()
        if (statusOf2(error) === 401) response.setHeader('WWW-Authenticate', 'Bearer')
        refuse(request2, response, statusOf2(error), error.message.replace(/^throughline: /, ''))
      })
    },
    serve(next) {
      service = next && { ...next, liveResult: createLiveResult(next.engine, definitions) }
    },
  }
}
function parseUrl(path) {
  try {
    return new URL(path, 'http://localhost')
  } catch {
    throw new BadRequest(400, 'the path is no path')
  }
}

// packages/analysis/src/dev.ts
function listen(server, port, host) {
  return new Promise((resolve3, reject) => {
    server.once('error', ({ code, message }) => {
      const taken = `port ${port} is taken: stop what uses it, or choose another with --port ${port + 1}`
      const denied = `port ${port} may not be listened on: choose one above 1023 with --port`
      const unknown = `${host} is no address of this machine: choose another with --host`
      const known2 = {
        EADDRINUSE: taken,
        EACCES: denied,
        EADDRNOTAVAIL: unknown,
        ENOTFOUND: unknown,
      }
      reject(new Advice(known2[code ?? ''] ?? message))
    })
    server.listen(port, host, () => resolve3(server.address()))
  })
}
function close(server) {
  return new Promise((resolve3) => {
    server.close(() => resolve3())
    server.closeIdleConnections()
  })
}
async function openWithSchema(data, signal) {
  const store = await holdFolder(data, signal)
  try {
    await applySchema(store)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}
function urlOf(host, { port, address }) {
  const shown = /^(0\.0\.0\.0|::)$/.test(address) ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}
var random = () => randomBytes2(24).toString('base64url')
async function startDev(options) {
  const { port, host, hosts = [], origins = [], data, keep, definitions, asOf } = options
  const server = createServer({ requestTimeout: 6e4 })
  const address = await listen(server, port, host)
  const url = urlOf(host, address)
  const token = isLoopback(address.address) ? void 0 : (options.token ?? random())
  const guard = token === void 0 ? void 0 : createGuard(token, `throughline-${address.port}`)
  const commandToken = random()
  const routes = createRoutes({
    definitions,
    hosts: { bound: host.toLowerCase(), allowed: hosts.map((name) => name.toLowerCase()) },
    origins: origins.map((origin) => origin.toLowerCase()),
    guard,
    url,
    token: commandToken,
  })
  server.on('request', routes.handle)
  const store = await openWithSchema(data, options.signal).catch(async (error) => {
    server.closeAllConnections()
    await close(server)
    throw error
  })
  const journal = openJournal(store, data)
  const engine = afterJournal(store, journal)
  const pool = openPool()
  let said = false
  const isPublic = (request2) => {
    if (request2.headers.origin !== void 0) return true
    if (!guard || guard.isKnown(request2)) return false
    if (!said)
      process.stderr.write(
        'throughline: a sender shows neither Origin nor token: what it says of a server is stored as a browser\u2019s. For servers set OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN\n',
      )
    said = true
    return true
  }
  const stopDeleting = keep === void 0 ? void 0 : keepDays(store, keep, Date.now)
  routes.serve({ engine, receiver: createReceiver(journal, pool, { isPublic, asOf }) })
  const devAddress = { url, token: commandToken, pid: process.pid }
  writeDevAddress(data, devAddress)
  return {
    url,
    engine,
    token,
    async close() {
      removeDevAddress(data, devAddress)
      routes.serve(void 0)
      const closed = close(server)
      const hurry = setTimeout(() => server.closeAllConnections(), 2e3)
      await closed
      clearTimeout(hurry)
      await pool.close()
      await journal.close()
      await stopDeleting?.()
      await store.close()
    },
  }
}

// packages/analysis/src/commands/dev.ts
var list3 = (value = []) => [value].flat().map(String)
function parsePort(port) {
  const number = Number(port)
  if (Number.isInteger(number) && number >= 0 && number <= 65535) return number
  throw new Advice(`--port is "${port}"; give a whole number from 0 to 65535`)
}
function parseKeep(keep) {
  if (keep === void 0) return void 0
  const [, days] = /^(\d{1,4})d$/.exec(keep) ?? []
  if (Number(days) > 0) return Number(days)
  throw new Advice(`--keep is "${keep}"; give days, such as 90d`)
}
var parseAsOf = (asOf) =>
  asOf === void 0 ? void 0 : moment2(String(asOf), '--as-of', /* @__PURE__ */ new Date()).getTime()
function isHost(text2) {
  try {
    return new URL(`http://${text2}`).hostname === text2.toLowerCase()
  } catch {
    return false
  }
}
function parseHosts(hosts) {
  for (const host of list3(hosts))
    if (!isHost(host))
      throw new Advice(`--allow-host is "${host}"; give a name without port, such as host.docker.internal`)
  return list3(hosts)
}
function parseOrigins(origins) {
  for (const origin of list3(origins))
    if (origin !== 'null' && !/^[a-z][a-z\d+.-]*:\/\/[^/*]+$/i.test(origin))
      throw new Advice(`--allow-origin is "${origin}"; give one such as https://shop.test`)
  return list3(origins)
}
function parseToken({ THROUGHLINE_TOKEN: token }) {
  if (!token || /^[\w.~+/=-]{16,}$/.test(token)) return token || void 0
  throw new Advice('THROUGHLINE_TOKEN must have at least 16 letters, digits or any of . ~ + / = _ -')
}
function showToken(token, given) {
  if (token === void 0) return
  const who = 'whoever reads, or sends as a server, needs'
  if (given) console.log(`throughline: ${who} the token in THROUGHLINE_TOKEN`)
  else if (process.stdout.isTTY) console.log(`throughline: ${who} this token: ${token}`)
  else
    console.log(`throughline: ${who} a token: set THROUGHLINE_TOKEN, since this is no terminal to show one`)
}
function toldToStop() {
  const controller = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const stop = () => {
    for (const signal of signals) process.off(signal, stop)
    controller.abort()
  }
  for (const signal of signals) process.on(signal, stop)
  return controller.signal
}
async function dev(flags) {
  const token = parseToken(process.env)
  const options = {
    port: parsePort(flags.port),
    host: flags.host,
    hosts: parseHosts(flags.allowHost),
    origins: parseOrigins(flags.allowOrigin),
    token,
    keep: parseKeep(flags.keep),
    asOf: parseAsOf(flags.asOf),
  }
  const definitions = await loadConfig(flags.config)
  const data = flags.data ?? defaultDataFolder(flags.config)
  createDataFolder(data)
  const signal = toldToStop()
  const started = await startDev({ ...options, data, definitions, signal }).catch((error) => {
    if (!signal.aborted) throw error
  })
  if (!started) return
  const { url, close: close2 } = started
  showToken(started.token, token)
  console.log(`throughline: OTLP at ${url}/v1/traces and /v1/logs, live page at ${url}/, data in ${data}`)
  if (!signal.aborted) await once(signal, 'abort')
  const slow = setTimeout(() => console.log('throughline: storing what was taken, then this ends'), 1e3)
  await close2()
  clearTimeout(slow)
}

// packages/analysis/src/commands/report.ts
import { existsSync as existsSync3, writeFileSync as writeFileSync4 } from 'node:fs'
import { join as join6 } from 'node:path'

// packages/analysis/src/report/terminal/ink.ts
import Table from 'cli-table3'
import pc from 'picocolors'

var createInk = (color, width) => ({
  width: Math.max(80, Math.min(140, Math.floor(width) || 80)),
  paint: pc.createColors(color),
})
var WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
var columns = (text2) => {
  let sum = 0
  for (const character of text2) sum += WIDE.test(character) ? 2 : /\p{Mark}/u.test(character) ? 0 : 1
  return sum
}
function cut(text2, width) {
  const clean = plain(text2)
  if (columns(clean) <= width) return clean
  let kept = ''
  for (const character of clean) {
    if (columns(kept + character) >= width) break
    kept += character
  }
  return `${kept.trimEnd()}\u2026`
}
function wrap(text2, { width }, indent, mark = '') {
  const room = width - indent - columns(mark)
  const lines = []
  let line = ''
  for (const word of plain(text2).split(/ (?!%)/)) {
    if (line && columns(line) + 1 + columns(word) > room) {
      lines.push(line)
      line = ''
    }
    line = line ? `${line} ${word}` : cut(word, room)
  }
  lines.push(line)
  const [first, ...rest] = lines
  const margin = ' '.repeat(indent)
  return [
    `${margin}${mark}${first}`,
    ...rest.map((one) => `${margin}${' '.repeat(columns(mark))}${one}`),
  ].join('\n')
}
var EIGHTHS = ['', '\u258F', '\u258E', '\u258D', '\u258C', '\u258B', '\u258A', '\u2589']
function bar(share2, width) {
  const eighths = Math.round(Math.min(1, Math.max(0, share2 || 0)) * width * 8)
  return '\u2588'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]
}
var inkedColumns = (text2) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  columns(text2.replace(/\u001b\[\d+m/g, ''))
function roomBeside(head, rows, { width }) {
  const widths = head.map((name, at) =>
    Math.max(columns(name.replace('>', '')), ...rows.map((row2) => inkedColumns(row2[at] ?? ''))),
  )
  return width - 2 - widths.reduce((sum, one) => sum + one + 2, 0)
}
function table(head, rows, { paint }) {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
  }
  const more = { 'bottom-left': '', 'bottom-right': '', left: '  ', 'left-mid': '', mid: '' }
  const drawn = new Table({
    chars: { ...none, ...more, 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: head.map((name) => paint.dim(name.replace('>', ''))),
    colAligns: head.map((name) => (name.startsWith('>') ? 'right' : 'left')),
  })
  drawn.push(...rows.map((row2) => [...row2]))
  return drawn.toString().replace(/ +$/gm, '')
}

// packages/analysis/src/report/terminal/funnel.ts
var BAR_AT_LEAST = 6
var BAR_AT_MOST = 40
function readiness({ ready, readiness: target }, { paint }) {
  const measured2 = ready ? duration(ready.p75) : UNKNOWN
  if (!target) return measured2
  const limit = `\u2264 ${duration(target.p75AtMost)}`
  if (target.met === null) return paint.dim(`${measured2} (${limit})`)
  return target.met ? paint.green(`${measured2} \u2713 ${limit}`) : paint.red(`${measured2} \u2717 ${limit}`)
}
function headline(journey, unit, ink) {
  const { paint } = ink
  const { runs, conversions, rate, value, timeToConvert } = journey
  const title = `${paint.bold(plain(journey.name))} ${paint.dim(`version ${plain(journey.version)}`)}`
  const converted = `${paint.bold(percent(rate.value))} converted (${between(rate, percent)})`
  const more = [
    `${count(conversions)} of ${units(runs, unit)}`,
    ...value.map(({ amount, currency }) => `worth ${money(amount, currency)}`),
    timeToConvert && `median ${duration(timeToConvert.p50)} to convert`,
  ].filter(Boolean)
  return `${title}
  ${converted}
${wrap(more.join(' \xB7 '), ink, 2)}`
}
function funnelTable({ steps }, ink) {
  const { paint } = ink
  const worst = biggestDrop(steps)
  const head = ['>reached', '>share', '>left', '>next in', 'ready (p75)']
  const numbers = steps.map((step) => {
    const left = step.droppedOff ? `\u2212${count(step.droppedOff)}` : UNKNOWN
    return [
      count(step.reached),
      percent(step.fromStart.value),
      step === worst ? paint.red(left) : left,
      step.timeToNext ? duration(step.timeToNext.p50) : UNKNOWN,
      readiness(step, ink),
    ]
  })
  const room = roomBeside(head, numbers, ink) - 2
  const names = steps.map(({ name, optional }) =>
    cut(optional ? `${name} (opt.)` : name, Math.max(8, room - BAR_AT_LEAST)),
  )
  const longest = Math.max(0, ...names.map(columns))
  const length = Math.min(BAR_AT_MOST, Math.max(BAR_AT_LEAST, room - longest))
  const rows = numbers.map((row2, at) => [
    names[at],
    paint.cyan(bar(steps[at].fromStart.value, length)),
    ...row2,
  ])
  return table(['step', '', ...head], rows, ink)
}

// packages/analysis/src/report/terminal/hypotheses.ts
function badge(verdict, { paint }) {
  const colour = {
    supported: paint.green,
    refuted: paint.red,
    inconclusive: paint.yellow,
    invalid: paint.magenta,
  }
  return paint.bold(colour[verdict](verdict.toUpperCase()))
}
function variantTable2({ variants }, ink) {
  const rows = variants.map(({ variant, control, subjects, conversions, rate }) => [
    cut(control && variant !== 'control' ? `${variant} (control)` : variant, ink.width < 100 ? 24 : 48),
    count(subjects),
    count(conversions),
    subjects ? percent(rate.value) : UNKNOWN,
    subjects ? between(rate, percent) : '',
  ])
  return table(['variant', '>subjects', '>converted', '>rate', '95 %'], rows, ink)
}
function comparison(result, at, ink) {
  const one = result.comparisons[at]
  const { deciding, other, expected, write: write3 } = effectOf(one, result.decidedBy)
  const [decides, otherwise] =
    result.decidedBy === 'fixed' ? ['fixed', 'sequential'] : ['sequential', 'fixed']
  return [
    wrap(
      `${plain(one.variant)} against the control: ${write3(deciding.value)}; expected ${expected}`,
      ink,
      2,
    ),
    `    ${INTERVAL_NAMES[decides].padEnd(23)}${between(deciding, write3)}  (decides)`,
    ink.paint.dim(
      `    ${INTERVAL_NAMES[otherwise].padEnd(23)}${between(other, write3)}  ${probability(one.p)}`,
    ),
    ink.paint.dim(
      write3 === change
        ? `    in points              ${between(one.absolute[result.decidedBy], points)}`
        : `    relative               ${between(one.relative[result.decidedBy], change)}`,
    ),
  ].join('\n')
}
function guardrails({ guardrails: all, variants }, ink) {
  const { paint } = ink
  const several = variants.length > 2
  const signs = { holds: paint.green('\u2713'), violated: paint.red('\u2717'), unknown: paint.yellow('?') }
  return all.map((one) => {
    const { limit, measured: measured2 } = guardrailNumbers(one)
    const who = several ? ` (${one.variant})` : ''
    const text2 = `Guardrail ${guardrailName(one)}${who} ${limit}: ${measured2}, ${one.status}`
    return wrap(text2, ink, 2, '* ').replace('*', signs[one.status])
  })
}
function hypothesisSection(result, ink) {
  const {
    id,
    verdict,
    statement,
    journey,
    reasons,
    sampleRatio: sampleRatio2,
    stillNeeded,
    comparisons,
  } = result
  const { paint } = ink
  const leftOut = leftOutText(result)
  return [
    `${paint.bold(plain(id))}  ${badge(verdict, ink)}`,
    wrap(`\u201C${plain(statement)}\u201D (journey ${plain(journey)})`, ink, 2),
    ...reasons.map((reason) => wrap(reason, ink, 2, '\u2192 ')),
    '',
    variantTable2(result, ink),
    ...comparisons.map((_, at) => comparison(result, at, ink)),
    wrap(decidedByText(result), ink, 2),
    `  ${sampleRatio2.ok ? paint.green('\u2713') : paint.red('\u2717')} ${cut(sampleRatioText(result), ink.width - 4)}`,
    ...guardrails(result, ink),
    ...(leftOut ? [wrap(leftOut, ink, 2)] : []),
    ...(stillNeeded
      ? [wrap(`About ${plural(stillNeeded, 'more subject')} per variant needed.`, ink, 2)]
      : []),
  ]
}

// packages/analysis/src/report/terminal/latency.ts
function measured(latency2, ink) {
  const { paint } = ink
  const most = Math.max(...latency2.buckets.map(({ rate, visits }) => (visits ? rate.value : 0)), 0.01)
  const rows = latency2.buckets.map(({ label, slow, rate, visits, from }) => {
    const colour = from === null ? paint.dim : slow ? paint.yellow : paint.cyan
    return [
      plain(label),
      visits ? colour(bar(rate.value / most, 20)) : '',
      visits ? `${percent(rate.value)} of ${plural(visits, 'visit')}` : paint.dim('no visits'),
      slow ? paint.yellow('slow') : '',
    ]
  })
  const name = paint.bold(cut(measureName(latency2), ink.width - 2))
  const texts2 = [thresholdText(latency2), associationText(latency2)]
  if (latency2.lost) texts2.push(`Associated with slow visits: ${lostText(latency2.lost)}.`)
  return [
    `  ${name}`,
    table(['', 'converted', '', ''], rows, ink).replace(/^/gm, '  '),
    ...texts2.map((text2) => wrap(text2, ink, 4)),
  ].join('\n')
}
function latencySection({ latency: latency2 }, ink) {
  const { shown, others, compared } = informative(latency2)
  if (!compared) return []
  const parts = shown.map((one) => measured(one, ink))
  if (others.length)
    parts.push(
      wrap(
        `${plural(others.length, 'other measure')} of ${count(compared)} compared ${others.length === 1 ? 'shows' : 'show'} no clear association.`,
        ink,
        2,
      ),
    )
  return [ink.paint.underline('Conversion by latency'), ...parts]
}

// packages/analysis/src/report/terminal/losses.ts
var SHOWN2 = 8
function ranking2(title, problems2, ink) {
  if (!problems2.length) return []
  const { paint } = ink
  const head = ['>lost', '95 %', '>worth', '>runs', '>recovered']
  const { certain, others } = certainLosses(problems2)
  const shown = certain.slice(0, SHOWN2)
  const numbers = shown.map(({ lost, lostValue, runs, recovered }) => [
    paint.red(count(lost.value)),
    paint.dim(between(lost, count)),
    lostValue ? cut(worthText(lostValue), 14) : '',
    count(runs),
    percent(recovered.value),
  ])
  const room = Math.max(16, roomBeside(head, numbers, ink))
  const rows = numbers.map((row2, at) => [cut(problemName(shown[at]), room), ...row2])
  const more = certain.length - shown.length
  const parts = [paint.underline(title)]
  if (shown.length) parts.push(table(['', ...head], rows, ink))
  if (more > 0) parts.push(`  and ${count(more)} more`)
  if (others.length)
    parts.push(
      paint.dim(
        `  ${shown.length ? `${count(others.length)} more` : count(others.length)} without a certain loss`,
      ),
    )
  return parts
}
function lossesSection(journey, ink) {
  const parts = [
    ranking2('Conversions lost to errors', journey.errors, ink).join('\n'),
    ranking2('Conversions lost to endpoints', journey.endpoints, ink).join('\n'),
  ].filter(Boolean)
  const worst = costliest(journey)
  if (!worst) return parts
  const where = `${firstOf(worst.steps, 3)}${worst.service ? ` (${plain(worst.service)})` : ''}`
  const note = [
    wrap(`Most is lost to ${cut(problemName(worst), 60)} at ${where}.`, ink, 2),
    wrap(
      'Lost: fewer conversions than among comparable visits without it. An error and the endpoint behind it may count the same loss.',
      ink,
      2,
    ),
  ]
  return [...parts, note.join('\n')]
}

// packages/analysis/src/report/terminal.ts
function journeySection2(journey, unit, ink) {
  if (!journey.runs)
    return `${ink.paint.bold(plain(journey.name))} ${ink.paint.dim(`version ${plain(journey.version)}`)}
  Nobody has started this journey in the time looked at.`
  const blocks = [
    headline(journey, unit, ink),
    funnelTable(journey, ink),
    latencySection(journey, ink).join('\n\n'),
    lossesSection(journey, ink).join('\n\n'),
  ]
  return blocks.filter(Boolean).join('\n\n')
}
function trustSection2({ trust: { notes, delivery } }, ink) {
  const { paint } = ink
  const { emitted, delivered, dropped, pending, pages } = delivery
  const lines = notes.map(({ level, text: text2 }) => {
    const line = wrap(text2, ink, 2, level === 'warning' ? '! ' : '\xB7 ')
    return level === 'warning' ? paint.yellow(line) : paint.dim(line)
  })
  if (emitted)
    lines.push(
      wrap(
        `${count(pages)} pages emitted ${count(emitted)} events: ${percent(delivered / emitted)} delivered, ${count(dropped)} dropped, ${count(pending)} pending.`,
        ink,
        2,
        '\xB7 ',
      ),
    )
  if (!lines.length) lines.push('  Nothing speaks against these numbers.')
  return [paint.underline('Can these numbers be trusted?'), ...lines].join('\n')
}
var emptyText = (ink) =>
  [
    ink.paint.bold('Nothing has arrived yet.'),
    wrap(
      'Run `throughline dev`, point your app\u2019s OTLP exporter at the address that it prints (http://127.0.0.1:4318 unless you chose another) with startThroughline({ endpoint, \u2026 }), and walk through a journey. Then run this again.',
      ink,
      2,
    ),
  ].join('\n')
function renderTerminal(result, { color, width }) {
  const ink = createInk(color, width)
  if (isEmpty(result))
    return `${emptyText(ink)}
`
  const rule = ink.paint.dim('\u2500'.repeat(ink.width))
  const sections = [
    ...result.journeys.map((journey) => journeySection2(journey, result.unit, ink)),
    ...result.hypotheses.map((hypothesis) => hypothesisSection(hypothesis, ink).join('\n')),
    trustSection2(result, ink),
  ]
  const counted = result.unit === 'subject' ? ', counted by people' : ''
  const period = ink.paint.dim(`${moment(result.since)} to ${moment(result.until)}${counted}`)
  return `${period}

${sections.join(`
${rule}
`)}
`
}

// packages/analysis/src/commands/report.ts
async function open({ data: folder2, config, clickhouse }) {
  if (clickhouse === void 0) {
    const data = folder2 ?? defaultDataFolder(config)
    if (!existsSync3(join6(data, 'db')))
      throw new Advice(
        `there is no data in ${data} yet: run "throughline dev", or name another folder with --data`,
      )
    return openEngine({ folder: data })
  }
  const engine = await openEngine({ url: clickhouse })
  const tables = await engine.query(`EXISTS VIEW throughline_links`)
  if (JSON.stringify(tables).includes('1')) return engine
  await engine.close()
  throw new Advice(
    `the database at ${clickhouse} is without the tables and views of this release: run "throughline schema --clickhouse ${clickhouse}" once`,
  )
}
function write2(file, text2) {
  try {
    writeFileSync4(file, text2)
  } catch (error) {
    throw new Advice(`cannot write ${file}: ${error.code}`)
  }
}
async function report(flags) {
  const { json, html: html2 } = flags
  const selection = parseSelection(flags, /* @__PURE__ */ new Date())
  const definitions = await loadConfig(flags.config)
  const engine = await open(flags)
  try {
    const result = await analyse(engine, definitions, selection)
    if (html2 !== void 0) {
      write2(html2, renderHtml(result))
      process.stderr.write(`throughline: the report is in ${html2}
`)
    }
    if (json)
      process.stdout.write(`${JSON.stringify(result, null, 2)}
`)
    else if (html2 === void 0)
      process.stdout.write(
        renderTerminal(result, {
          color: process.stdout.isTTY === true && !process.env.NO_COLOR,
          width: process.stdout.columns ?? 100,
        }),
      )
  } finally {
    await engine.close()
  }
}

// packages/analysis/src/commands/schema.ts
async function schema({ clickhouse }) {
  if (clickhouse === void 0) {
    process.stdout.write(
      `${schemaStatements()
        .map((statement) => `${statement.trim()};`)
        .join('\n\n')}
`,
    )
    return
  }
  const engine = await openEngine({ url: clickhouse })
  try {
    await applySchema(engine)
    console.log('throughline: tables and views are there')
  } finally {
    await engine.close()
  }
}

// packages/analysis/src/cli.ts
var cli = cac('throughline')
cli
  .command('dev', 'Receive OpenTelemetry and show what it means, live')
  .option('--port <port>', 'Where OTLP and the live page are served', { default: 4318 })
  .option('--host <host>', 'The address to listen on', { default: '127.0.0.1' })
  .option('--allow-host <name>', 'A further name that requests may ask for, such as host.docker.internal')
  .option('--allow-origin <origin>', 'Whose pages may send, besides those of this machine: https://shop.test')
  .option('--data <folder>', 'Where the data is kept, instead of a folder of its own for each project')
  .option('--keep <days>', 'Delete what is older, such as 90d')
  .option('--config <file>', 'The journeys and hypotheses', { default: 'throughline.config.ts' })
  .option(
    '--as-of <time>',
    'For a recording: judge what is too old or too new as of then, such as 2026-01-31',
  )
  .action(dev)
cli
  .command('report', 'Say what the data means: on the terminal, as JSON or as an HTML file')
  .option('--json', 'As JSON on standard output')
  .option('--html <file>', 'As one HTML file')
  .option('--data <folder>', 'Where the data is kept, if "throughline dev" was told')
  .option('--clickhouse <url>', 'Where the data is instead: http://user:password@host:8123/database')
  .option('--config <file>', 'The journeys and hypotheses', { default: 'throughline.config.ts' })
  .option('--journey <name>', 'Only this journey')
  .option('--since <time>', 'Only runs that started from here on: 7d (ago) or 2026-01-31')
  .option('--until <time>', 'Only runs that started before; hypotheses are judged as of then')
  .option('--by <unit>', 'Count each run, or each subject by its best run: run or subject')
  .action(report)
cli
  .command('schema', 'Print the tables and views, or create what is missing in a ClickHouse')
  .option('--clickhouse <url>', 'http://user:password@host:8123/database')
  .action(schema)
cli.help()
cli.version(createRequire(import.meta.url)('../package.json').version)
async function main() {
  cli.parse(process.argv, { run: false })
  if (cli.matchedCommand) await cli.runMatchedCommand()
  else if (cli.args.length > 0)
    throw new Advice(`there is no command "${cli.args[0]}"; see throughline --help`)
  else if (!cli.options.help && !cli.options.version) cli.outputHelp()
}
for (const stream of [process.stdout, process.stderr])
  stream.on('error', () => {
    if (cli.matchedCommandName !== 'dev') process.exit(0)
  })
main().then(
  () => process.exit(process.exitCode ?? 0),
  (error) => {
    const mine = /^(Advice|CACError)$/.test(error.name) || error.message.startsWith('throughline: ')
    process.stderr.write(`throughline: ${mine ? error.message.replace(/^throughline: /, '') : error.stack}
`)
    process.exit(1)
  },
)
