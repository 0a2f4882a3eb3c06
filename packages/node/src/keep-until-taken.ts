import { context, createContextKey, diag, ROOT_CONTEXT } from '@opentelemetry/api'
import { attributes } from '@throughline/core'
import type { DeliveryCounts } from './delivery-account'
import { accountSpan } from './delivery-account'
import { keepFile } from './keep-file'
import type { KeptSpan } from './kept-span'
import { copyOf, isKept, keyOf, resent } from './kept-span'
import { keepers } from './recorded-events'
import { safely } from './safely'

const MOST = 10_000
const BATCH = 100
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000
/** An exporter that has not answered after this long (ms) is not waited for. */
const LONGEST_EXPORT = 60_000
/** What the host's processors have not handed over after this long (ms), they have dropped. */
const HANDED_OVER_BY = 120_000
const ACCOUNT_EVERY = 60_000

/** Where the SDK looks whether a request is its own, which must not be traced. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** `ExportResult` of the SDK, by structure. */
export interface ExportAnswer {
  readonly code: number
  readonly error?: Error
}

/** `SpanExporter` of either line of OpenTelemetry, by structure. */
export interface Exporter {
  // The two lines have different types for spans, of which neither is the other's.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  export(spans: any[], resultCallback: (result: ExportAnswer) => void): void
  shutdown(): Promise<void>
  forceFlush?(): Promise<void>
}

export interface KeepOptions {
  /**
   * Where to keep what is not taken yet, so that it outlives the process; a path of one process alone. Its folder has
   * to exist.
   */
  readonly file?: string
}

interface Entry {
  span: KeptSpan
  state: 'recorded' | 'sending' | 'failed'
  readonly since: number
  /** What was sent may have arrived, although nobody said so. */
  mayHaveArrived: boolean
  /** Was in a batch that was refused: sent alone from now on. */
  isRefused: boolean
  readonly isRecovered: boolean
}

/** Whether an endpoint says that it will never take this: not that it is busy, or that credentials are wrong. */
const isRefusal = (error: unknown) => {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'number' && [400, 413, 415, 422].includes(code)
}

const wasAttempted = (error: Error | undefined) => error?.message !== 'Concurrent export limit reached'

/**
 * Keeps outcomes, exposures, aliases, marks and steps that this server entered until the exporter has taken them:
 * through an outage of the endpoint, a full queue of the batch processor and, with `file`, a restart. All other spans
 * go as before. The exporter is yours, with its authentication and what it leaves out.
 *
 * At most 10,000 are kept; then the oldest go, outcomes last. Each minute a `throughline.delivery` span says what
 * became of them. What an endpoint takes and then drops (a partial success), nobody here can see.
 *
 * @example
 * ```ts
 * import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
 * import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
 * import { keepUntilTaken } from '@throughline/node'
 *
 * const exporter = keepUntilTaken(new OTLPTraceExporter(), { file: '/var/lib/shop/outcomes' })
 * const processor = new BatchSpanProcessor(exporter)
 * ```
 * @throws TypeError when it is given no exporter, or an empty `file`
 */
export function keepUntilTaken(exporter: Exporter, options: KeepOptions = {}): Required<Exporter> {
  if (typeof exporter?.export !== 'function')
    throw new TypeError(
      'keepUntilTaken needs the exporter that it goes around, such as new OTLPTraceExporter()',
    )
  if (options.file !== undefined && (typeof options.file !== 'string' || options.file === ''))
    throw new TypeError("keepUntilTaken: file is a path, such as '/var/lib/shop/outcomes'")

  const kept = new Map<string, Entry>()
  const counts: DeliveryCounts = {
    emitted: 0,
    delivered: 0,
    refused: 0,
    dropped: 0,
    retried: 0,
    recovered: 0,
  }
  let like: KeptSpan | undefined
  let pause = FIRST_PAUSE
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> | undefined
  let isOver = false
  let accounted = ''
  const said = new Set<string>()
  const say = (what: string) => {
    if (!said.has(what)) diag.warn(`throughline: ${what}`)
    said.add(what)
  }

  const spansKept = () => [...kept.values()].map(({ span }) => span)
  const file = options.file === undefined ? undefined : keepFile(options.file, spansKept, recover)

  function forget(keys: readonly string[]) {
    for (const key of keys) kept.delete(key)
    if (keys.length > 0) file?.remove(keys)
  }

  function makeRoom() {
    if (kept.size < MOST) return
    let [oldest] = kept.keys()
    for (const [key, { span }] of kept)
      if (span.name !== attributes.RUN_END) {
        oldest = key
        break
      }
    const { isRecovered } = kept.get(oldest!)!
    if (!isRecovered) counts.dropped++
    forget([oldest!])
    say(
      `over ${MOST} events wait for the exporter; the oldest are dropped (said once; throughline.delivery counts them)`,
    )
  }

  function add(span: KeptSpan, more: Partial<Entry> = {}): Entry {
    makeRoom()
    const entry: Entry = {
      ...{
        span,
        state: 'recorded',
        since: Date.now(),
        mayHaveArrived: false,
        isRefused: false,
        isRecovered: false,
      },
      ...more,
    }
    kept.set(keyOf(span), entry)
    return entry
  }

  /** Takes what this process has recorded. */
  function keep(span: unknown): Entry | undefined {
    if (isOver || !isKept(span)) return undefined
    const known = kept.get(keyOf(span))
    if (known) return known
    const copy = copyOf(span)
    like = copy
    counts.emitted++
    const entry = add(copy)
    file?.add(copy)
    schedule(HANDED_OVER_BY)
    return entry
  }

  /** Takes what an earlier process has left; whether that sent it, nobody knows. */
  function recover(spans: readonly KeptSpan[]) {
    for (const span of spans)
      if (!kept.has(keyOf(span))) add(span, { state: 'failed', mayHaveArrived: true, isRecovered: true })
    if (spans.length > 0) schedule(0)
  }

  function settle(entries: readonly Entry[], { code, error }: ExportAnswer) {
    const over: string[] = []
    for (const entry of entries) {
      const key = keyOf(entry.span)
      if (kept.get(key) !== entry) continue
      const refused = code !== 0 && isRefusal(error)
      if (code === 0) counts[entry.isRecovered ? 'recovered' : 'delivered']++
      else if (refused && entry.isRefused && entries.length === 1) {
        if (!entry.isRecovered) counts.refused++
        say(`the endpoint refuses an event: ${error?.message} (said once; throughline.delivery counts them)`)
      } else {
        entry.state = 'failed'
        if (refused) entry.isRefused = true
        else entry.mayHaveArrived ||= wasAttempted(error)
        continue
      }
      over.push(key)
    }
    forget(over)
    if (code === 0) pause = FIRST_PAUSE
    if (kept.size > 0) schedule(code === 0 ? 0 : pause)
  }

  /** Sends spans by themselves, not traced. Never rejects. */
  function send(spans: KeptSpan[]): Promise<ExportAnswer> {
    return new Promise((resolve) => {
      const late = setTimeout(
        () => resolve({ code: 1, error: new Error('the exporter did not answer') }),
        LONGEST_EXPORT,
      )
      late.unref()
      const done = (answer: ExportAnswer) => {
        clearTimeout(late)
        resolve(answer ?? { code: 1 })
      }
      try {
        context.with(ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true), () => exporter.export(spans, done))
      } catch (error) {
        done({ code: 1, error: error as Error })
      }
    })
  }

  /** What to send by ourselves: what failed, and what the host's processors did not hand over. */
  function due(isAll: boolean): Entry[] {
    const late = Date.now() - HANDED_OVER_BY
    const ready = [...kept.values()].filter(
      ({ state, since }) => state === 'failed' || (state === 'recorded' && (isAll || since <= late)),
    )
    const whole = ready.filter(({ isRefused }) => !isRefused).slice(0, BATCH)
    return whole.length > 0 ? whole : ready.slice(0, 1)
  }

  async function sendDue(isAll: boolean) {
    for (let entries = due(isAll); entries.length > 0; entries = due(isAll)) {
      for (const entry of entries) {
        if (entry.state === 'failed') counts.retried++
        entry.state = 'sending'
      }
      const answer = await send(
        entries.map(({ span, mayHaveArrived }) => (mayHaveArrived ? resent(span) : span)),
      )
      settle(entries, answer)
      if (answer.code === 0 || isRefusal(answer.error)) continue
      pause = Math.min(pause * 2, LONGEST_PAUSE)
      return schedule(pause)
    }
  }

  /** One at a time. Resolves when everything was sent, or something failed. */
  function attempt(isAll = false): Promise<void> {
    const before = sending ?? Promise.resolve()
    const next = before.then(() => sendDue(isAll)).catch((error) => diag.error('throughline:', error))
    sending = next
    return next.finally(() => {
      if (sending === next) sending = undefined
    })
  }

  let dueAt = Number.POSITIVE_INFINITY
  function schedule(after: number) {
    const at = Date.now() + after
    if (isOver || at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(() => {
      dueAt = Number.POSITIVE_INFINITY
      void attempt().then(() => {
        if (kept.size > 0) schedule(HANDED_OVER_BY)
      })
    }, after)
    timer.unref()
  }

  async function account() {
    const text = JSON.stringify(counts)
    if (!like || text === accounted) return
    const { code } = await send([accountSpan(counts, like)])
    if (code === 0) accounted = text
  }
  const accounting = setInterval(() => void safely(account), ACCOUNT_EVERY)
  accounting.unref()

  async function flush() {
    await attempt(true)
    await file?.settled()
  }
  const keeper = { keep: (span: unknown) => void safely(() => keep(span)), flush }
  keepers.add(keeper)

  return {
    export(spans: KeptSpan[], resultCallback) {
      const entries = safely(() =>
        spans.flatMap((span) => {
          const entry = keep(span)
          if (!entry || entry.state === 'sending') return []
          // As the host's processors left it.
          entry.span = copyOf(span)
          entry.state = 'sending'
          return [entry]
        }),
      )
      let isSettled = false
      const done = (answer: ExportAnswer) => {
        if (!isSettled) safely(() => settle(entries ?? [], answer))
        isSettled = true
        resultCallback(answer)
      }
      try {
        exporter.export(spans, done)
      } catch (error) {
        done({ code: 1, error: error as Error })
      }
    },
    async forceFlush() {
      await flush()
      await exporter.forceFlush?.()
    },
    async shutdown() {
      if (isOver) return
      await attempt(true)
      isOver = true
      clearTimeout(timer)
      clearInterval(accounting)
      keepers.delete(keeper)
      await account()
      await file?.close()
      await exporter.shutdown()
    },
  }
}
