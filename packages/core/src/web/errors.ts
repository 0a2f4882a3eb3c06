import { Name } from '../attributes'
import type { Visit } from '../event'
import type { Tracker } from '../tracker-types'
import type { Navigations } from './navigation'
import type { Thrown } from './noise'
import { isNoise } from './noise'
import type { FinishedSpan } from './otlp'
import type { Tools } from './tools'

/** Errors with one fingerprint that are sent one by one; the rest of a page's are counted. */
const EACH = 5
const MOST_FINGERPRINTS = 50
const MOST_TYPES = 20
const LONGEST_WAIT = 3000
/** How long the page that comes next may take, ms. */
const LONGEST_LEAVING = 10_000
const AT_ONCE = 1000
const MOST_WAITING = 250
const REQUEST = 'RequestError'
/**
 * In development, React up to 18 lets the window see each error before it is known whether something catches it: from
 * inside of this function. What nothing catches is thrown once more.
 */
const SHOWN = /\binvokeGuardedCallback/

interface Seen {
  count: number
  /** Held back since the last event, all on one visit; and when the first of them was. */
  waiting: number
  since?: number | undefined
  visit: Visit | null
  attributes: Record<string, string | boolean>
}

/** What elements that load something say of it. */
interface Loaded {
  readonly localName: string
  readonly currentSrc: string
  readonly src: string
  readonly data: string
  readonly href: string | SVGAnimatedString
}

/** Of the Navigation API. */
interface NavigateEvent {
  readonly destination: { readonly sameDocument: boolean; readonly url: string }
  readonly downloadRequest: string | null
}

/** How an error came in. */
export interface Sighting {
  readonly handled?: boolean
  readonly type?: string | undefined
  /** When, ms since the page's time origin; now, if left out. */
  readonly at?: number
  /** Who told of it: the same error may come in more than one way. */
  readonly by?: 'window' | 'console' | 'app'
  /** The file that it came from, if the browser named one. */
  readonly source?: string
  /** Of a framework: the components that it happened in. */
  readonly components?: string | null | undefined
  /** The visit that it belongs to, if that is known. */
  readonly visit?: Visit | undefined
}

export interface Errors {
  /** Records an error, on the visit that is current, or was at its moment. */
  record(error: unknown, sighting?: Sighting): void
  /** What the window has heard of, and how it came to that: the stack, inside of the listener. */
  thrown(event: Event, stack: string, at: number): void
  rejected(event: Event, at: number): void
  /**
   * Records that a request failed, if it did, on the step that began it; once, though it be told more than once.
   *
   * @param at when, ms since the page's time origin
   */
  request(span: FinishedSpan, visit: Visit | undefined, at: number): void
  /**
   * Records what waits to be put on a step, requests that are known to have failed, and the counts of what was held
   * back.
   */
  flush(): void
  /** How many errors were left out so far: benign and foreign ones, and those in `ignoreErrors`. */
  ignored(): number
}

/** Requests under way, and the visits on which they began. */
export type Requests = ReadonlyMap<FinishedSpan, Visit | undefined>

/**
 * Records uncaught errors, unhandled rejections and resources that failed to load, each on the step where it happened.
 * Loads after the page has started, with `later.ts`; until then `early-errors.ts` keeps them.
 *
 * @param isLeftOut by the host, of `TypeError: message`
 */
export function observeErrors(
  tracker: Tracker,
  navigations: Navigations,
  tools: Tools,
  signal: AbortSignal,
  isLeftOut: (said: string) => boolean = () => false,
  requests: Requests = new Map(),
): Errors {
  const {
    diag,
    epochOf,
    failureOf,
    fingerprint,
    isSteering,
    maskStack,
    maskText,
    safely,
    scrubText,
    setTimer,
  } = tools
  const seen = new Map<string, Seen>()
  /** An error may be thrown, caught, logged and thrown again, all at once: when it was last. */
  const known = new WeakMap<object, number>()
  /** By message, which way it came in last: of an error that was caught, others may log no more than that. */
  const heard = new Map<string, { by: Sighting['by']; at: number }>()
  const told = new WeakSet<object>()
  /** Of the console, in the task that runs now. */
  const logged = new Set<() => void>()
  let ignored = 0
  /** Until it is known on which step they were. */
  const waiting = new Set<() => void>()

  const settleAll = () => {
    for (const settle of waiting) settle()
  }

  function flush(entry: Seen) {
    const { attributes, visit, waiting, since: time } = entry
    entry.waiting = 0
    if (waiting)
      tracker.record(Name.EXCEPTION, { ...attributes, [Name.ERROR_COUNT]: waiting }, { time, visit })
  }

  function describe(error: unknown, { type, components }: Sighting): Thrown {
    const { name, message, stack } = (error ?? {}) as Partial<Error>
    return {
      kind: type ?? `${name ?? typeof error}`,
      text: scrubText(`${message ?? error}`).slice(0, 1000),
      stack:
        `${scrubText(`${stack ?? ''}`).slice(0, 6000)}${components ? `\n${scrubText(components)}` : ''}`.slice(
          0,
          8000,
        ),
    }
  }

  /** Leaves an error out, and counts it, if it is not the page's or the host says so. */
  function isIgnored(thrown: Thrown, source = '') {
    const said = `${thrown.kind}: ${thrown.text}`
    const isOut = isNoise(thrown, source, tools) || isLeftOut(said)
    if (isOut) {
      ignored++
      diag.debug('throughline: left out', said)
    }
    return isOut
  }

  function report(
    { kind, text: message, stack }: Thrown,
    { handled = false, by = 'window', at = performance.now() }: Sighting,
    visit: Visit | null,
  ) {
    const before = heard.get(message)
    if (heard.size > MOST_FINGERPRINTS) heard.clear()
    heard.set(message, { by, at })
    if (before && before.by !== by && at - before.at < AT_ONCE) return
    const time = epochOf(at)
    const text = maskText(message)
    const trace = maskStack(stack)
    const own = fingerprint(kind, text, trace)
    // Of too many, those of one type are taken together: what comes last may matter most.
    const id = seen.has(own) || seen.size < MOST_FINGERPRINTS ? own : fingerprint(kind, '')
    if (!seen.has(id) && seen.size > MOST_FINGERPRINTS + MOST_TYPES) return
    const entry = seen.get(id) ?? { count: 0, waiting: 0, visit, attributes: {} }
    seen.set(id, entry)
    if (entry.visit !== visit) {
      flush(entry)
      // Each step has its first one at once.
      entry.count = Math.min(entry.count, EACH - 1)
    }
    entry.visit = visit
    entry.attributes = {
      [Name.EXCEPTION_TYPE]: kind,
      [Name.EXCEPTION_MESSAGE]: text,
      ...(trace && { [Name.EXCEPTION_STACKTRACE]: trace }),
      [Name.ERROR_FINGERPRINT]: id,
      [Name.ERROR_HANDLED]: handled,
    }
    if (++entry.count <= EACH) tracker.record(Name.EXCEPTION, entry.attributes, { time, visit })
    else if (++entry.waiting === 1) entry.since = time
  }

  /**
   * Some browsers fail what a page is still waiting for when it is left: such a failure is none if the page then
   * goes.
   */
  let leaving = Number.NaN
  let departures = 0
  function unlessLeft(at: number, fn: (at: number) => void) {
    const before = departures
    if (at - leaving < LONGEST_LEAVING) setTimer(() => departures === before && fn(at), LONGEST_LEAVING)
    else fn(at)
  }

  function take(error: unknown, sighting: Sighting) {
    if (isSteering(error)) return
    const { at = performance.now(), visit } = sighting
    if (error instanceof Object) {
      const before = known.get(error)
      known.set(error, at)
      if (at - before! < AT_ONCE) return
    }
    const thrown = describe(error, sighting)
    if (isIgnored(thrown, sighting.source)) return
    if (visit) return report(thrown, { ...sighting, at }, visit)
    const settle = () => {
      if (waiting.delete(settle)) report(thrown, { ...sighting, at }, tracker.at(epochOf(at)) ?? null)
    }
    const isFirst = waiting.size === 0
    waiting.add(settle)
    if (waiting.size > MOST_WAITING) settle()
    if (!isFirst) return
    // The first step of a page begins with its navigation, so what happens before that step is entered waits for it;
    // not for long, since a page may be gone any time.
    navigations.ledTo(at, settleAll)
    if (waiting.size > 0) setTimer(settleAll, LONGEST_WAIT)
  }

  const record: Errors['record'] = (error, sighting = {}) => {
    const now = () => {
      logged.delete(now)
      try {
        take(error, sighting)
      } catch (reason) {
        // What is thrown may throw again when it is looked at.
        diag.debug('throughline:', reason)
      }
    }
    if (sighting.by !== 'console') return now()
    // What is logged may be thrown in the same task, or handled: then that is what it is.
    logged.add(now)
    if (logged.size > MOST_WAITING) now()
    else setTimer(() => logged.has(now) && now())
  }

  function request(span: FinishedSpan, visit: Visit | undefined, at: number) {
    const failure = told.has(span) ? undefined : failureOf(span)
    if (!failure) return
    told.add(span)
    const thrown = { kind: REQUEST, text: failure.text, stack: '' }
    const settle = (at: number) =>
      isIgnored(thrown) || report(thrown, { handled: true, by: 'app', at }, visit ?? null)
    if (failure.isAnswered) settle(at)
    else unlessLeft(at, settle)
  }

  /** Instrumentations end their spans a while after the answer: by then the page may be gone. */
  function requestAll(isLeaving: boolean) {
    for (const [span, visit] of requests)
      safely(() => (isLeaving && !failureOf(span)?.isAnswered) || request(span, visit, performance.now()))
  }

  const listen = (type: string, listener: (event: never) => void, target: EventTarget = globalThis) =>
    target.addEventListener(type, (event) => safely(() => listener(event as never)), {
      capture: true,
      signal,
    })

  function thrown(event: Event, inside: string, at: number) {
    const { target, error, message, filename: source } = event as ErrorEvent
    const { currentSrc, src, data, href, localName } = (target ?? {}) as Partial<Loaded>
    const url =
      currentSrc ||
      src ||
      (localName === 'object' && data) ||
      ((href as SVGAnimatedString | undefined)?.baseVal ?? href)
    if (target !== window) {
      if (url)
        unlessLeft(at, () => record(`${localName} ${url}`, { type: 'ResourceError', source: `${url}`, at }))
    } else if (!SHOWN.test(inside)) record(error ?? message, { source, at })
  }
  function rejected(event: Event, at: number) {
    // Libraries with promises of their own dispatch an event of this name with the reason in `detail`.
    const { reason } =
      'reason' in event ? (event as PromiseRejectionEvent) : ((event as CustomEvent).detail ?? {})
    if (reason instanceof TypeError) unlessLeft(at, () => record(reason, { at }))
    else record(reason, { at })
  }
  const stay = () => {
    leaving = Number.NaN
  }
  listen('pagehide', () => {
    departures++
    stay()
  })
  const { navigation } = globalThis as { navigation?: EventTarget }
  if (navigation) {
    const leave = ({ destination, downloadRequest }: NavigateEvent) => {
      // An address like mailto: leaves the page where it is.
      if (destination.sameDocument || downloadRequest !== null || !/^http/.test(destination.url)) return
      requestAll(false)
      leaving = performance.now()
    }
    listen('navigate', leave, navigation)
    // Taken by a router, or prevented.
    for (const type of ['currententrychange', 'navigateerror']) listen(type, stay, navigation)
  }

  return {
    record,
    thrown,
    rejected,
    request,
    flush() {
      for (const now of logged) now()
      settleAll()
      requestAll(true)
      seen.forEach(flush)
    },
    ignored: () => ignored,
  }
}
