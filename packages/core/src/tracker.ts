import type { Attributes } from '@opentelemetry/api'
import { context, diag } from '@opentelemetry/api'
import { Name } from './attributes'
import { clockOrigin, wallTime } from './clock'
import { getVisit, setVisit } from './context'
import type { JourneyEvent, Visit } from './event'
import type { Hypothesis } from './hypothesis'
import { hex, platformBytes, uuidv7, uuidv7Time } from './ids'
import type { Journey } from './journey'
import { mergeRuns, runHere } from './kept-runs'
import type { Outcome, Run, State } from './state'
import { definitionOf, soundState, stamp, stepIndex } from './state'
import { createTimeline } from './timeline'
import type {
  Conversion,
  Ending,
  NavigationKind,
  StateStorage,
  Tracker,
  TrackerOptions,
} from './tracker-types'
import { readWorth } from './worth'

const KEY = 'throughline'

/** A journey or a step, a hypothesis, or a variant, which is its own name. */
type Named = { readonly name?: string; readonly id?: string } | (string & { name?: never; id?: never })

/** Creates the store. It starts nothing: events go to subscribers (`@throughline/core/web` makes them spans). */
export function createTracker(options: TrackerOptions): Tracker {
  const { journeys, hypotheses = [], randomBytes = platformBytes } = options
  const now = options.now ?? wallTime
  const origin = options.now ? () => 0 : clockOrigin
  let { storage, subject } = options
  let navigation:
    | { start: number; kind: NavigationKind; led?: ((visit?: Visit) => void) | undefined; origin: number }
    | undefined
  const pending = new Set<Hypothesis>()
  const stale = new Set<Hypothesis>()
  const listeners = new Set<(event: JourneyEvent) => void>()
  const watchers = new Set<() => void>()
  const timeline = createTimeline()
  /** Of visits that began in this document: the clock's origin then. */
  const origins = new WeakMap<Visit, number>()

  const newId = () => hex(randomBytes(16))
  const ignore = (what: string) => diag.warn(`throughline: ignored ${what}`)

  function safely<T>(fn: () => T): T | undefined {
    try {
      return fn()
    } catch (error) {
      diag.error('throughline:', error)
      return undefined
    }
  }

  /** Storage that failed once is left alone: state lives on in memory. */
  function stored<T>(fn: (from: StateStorage) => T): T | undefined {
    try {
      return storage && fn(storage)
    } catch (error) {
      storage = undefined
      diag.warn('throughline: storage fails: runs end with the page', error)
      return undefined
    }
  }

  const read = (): State => {
    const text = stored((from) => from.getItem(KEY))
    try {
      if (text) return soundState(JSON.parse(text), journeys, hypotheses, now())
    } catch {
      ignore('damaged storage')
    }
    return { runs: [], assigned: {} }
  }

  /** The run of a journey that outlives its tab, as another tab may have left it. */
  function keptRun(journey: Journey | undefined): Run | undefined {
    const text =
      journey?.keep === 'browser' && stored((from) => from.kept?.getItem(`${KEY}.run.${journey.name}`))
    try {
      if (text) return soundState({ ...state, runs: [JSON.parse(text)] }, journeys, hypotheses, now()).runs[0]
    } catch {
      ignore('damaged storage')
    }
    return undefined
  }

  let state = read()
  let storedAt = 0

  const runOf = (journey: string | undefined) => state.runs.find((run) => run.journey === journey)
  /** Most recent first; runs that have ended (their confirmation page) after those that are active. */
  const open = (journey?: { name?: string }) =>
    state.runs
      .filter((run) => !run.visit.end && (!journey || run.journey === journey.name))
      .reverse()
      .sort((a, b) => Number(!!a.outcome) - Number(!!b.outcome))
  const current = (journey?: Journey): Visit | undefined => open(journey)[0]?.visit

  /** After every change: what is ambient from `time` on, what is stored, and who is told. */
  function settle(time = now()) {
    timeline.note(time, current())
    storedAt = time
    stored((to) => to.setItem(KEY, JSON.stringify(state)))
    for (const run of state.runs) {
      const other = keptRun(definitionOf(journeys, run))
      // Another tab may have gone on with it, or with the next one.
      const last = other?.id === run.id ? mergeRuns(run, other) : other && other.seen > run.seen ? other : run
      if (definitionOf(journeys, run)?.keep === 'browser')
        stored((to) => to.kept?.setItem(`${KEY}.run.${run.journey}`, JSON.stringify(last)))
    }
    for (const watcher of watchers) safely(watcher)
  }

  function emit(
    name: string,
    visit: Visit | undefined,
    time: number,
    own: Attributes,
    more: { end?: number; previous?: Visit | undefined; id?: string | undefined } = {},
  ) {
    const attributes = {
      ...visit?.attributes,
      [Name.EVENT_ID]: more.id ?? newId(),
      [Name.EVENT_SOURCE]: 'browser',
      ...own,
    }
    const event = { name, time, end: time, visit, ...more, attributes }
    for (const listener of listeners) safely(() => listener(event))
  }

  /** What was declared under a name, or undefined after saying so. */
  function declared<T extends Named>(kind: string, all: readonly T[], name: unknown): T | undefined {
    const found = all.find((item: Named) => (item.name ?? item.id ?? item) === name)
    if (!found) ignore(`undeclared ${kind} "${name}"`)
    return found
  }

  /**
   * ms from a visit's start to a time; clocks that jumped in between, while the laptop slept for instance, do not
   * count.
   */
  const sinceStart = (visit: Visit, time: number) => {
    const now = origin()
    return time - visit.start - (now - (origins.get(visit) ?? now))
  }

  /** Closes a run's visit; the one on which the run has ended leaves without an event. */
  function close(run: Run, time: number, outcome: string) {
    const { visit } = run
    visit.end = visit.start + Math.max(0, sinceStart(visit, time))
    const own = { [Name.STEP_OUTCOME]: outcome, [Name.STEP_FIRST_INPUT_MS]: run.input }
    if (!run.outcome) emit(Name.STEP_LEAVE, visit, visit.start, own, { end: visit.end })
  }

  /** Puts a run in the place of its journey's last one. */
  function put(run: Run) {
    state.runs = [...state.runs.filter((other) => other.journey !== run.journey), run]
  }

  function end(journey: Journey, outcome: Outcome, given: Conversion & Ending = {}) {
    join(journeys.find(({ name }) => name === journey?.name))
    const run = runOf(journey?.name)
    const { value, currency } = readWorth(given)
    const resent = run?.unpriced && value !== undefined
    if (!run || (run.outcome && !resent && !(run.outcome === 'failed' && outcome === 'converted')))
      return ignore(`${outcome}: "${journey?.name}" has no active run`)
    const time = now()
    const id = resent ? run.unpriced : newId()
    run.outcome = outcome
    run.unpriced = outcome === 'converted' && value === undefined ? id : undefined
    run.seen = time
    emit(
      Name.RUN_END,
      run.visit,
      time,
      {
        [Name.RUN_OUTCOME]: outcome,
        [Name.CONVERSION_VALUE]: value,
        [Name.CONVERSION_CURRENCY]: currency,
        [Name.EVENT_RESENT]: resent ? true : undefined,
        [Name.RUN_END_REASON]: given.reason,
        [Name.SUBJECT_ID]: subject,
      },
      { id },
    )
    if (outcome !== 'converted') close(run, time, outcome)
    settle(time)
  }

  /** A run that was handed over may have been idle for days: the journey's `within` is its limit. */
  const isIdle = (run: Run, time: number) => {
    const { within, idle, keep } = definitionOf(journeys, run)!
    const isLate = time - uuidv7Time(run.id)! > within
    return run.joined ? isLate : time - run.seen > idle || (isLate && keep === 'browser')
  }

  /** Goes on with what another tab has made of a run that outlives its tab. */
  function join(journey: Journey | undefined) {
    const other = keptRun(journey)
    if (!other || isIdle(other, now())) return
    const own = runOf(other.journey)
    const here = runHere(own, other)
    if (own && !own.visit.end && here.visit.id !== own.visit.id) close(own, now(), 'left')
    state.runs = own ? state.runs.map((run) => (run === own ? here : run)) : [...state.runs, here]
  }

  /** The place of a step in a run, which keeps the version that it began with. */
  const indexIn = (run: Run, step: string) => stepIndex(definitionOf(journeys, run, step), step)

  /** The run that an enter belongs to: the journey's last one, unless that is over, else a new one. */
  function runFor(journey: Journey, step: string, start: number, time: number): Run & { visit?: Visit } {
    const { name, version } = journey
    const run = runOf(name)
    const isConverted = run?.outcome === 'converted'
    if (
      run &&
      run.outcome !== 'abandoned' &&
      !(isConverted && indexIn(run, step) < run.visit.index) &&
      !isIdle(run, time)
    ) {
      // A payment that was declined may go through after all.
      if (!isConverted) run.outcome = undefined
      return run
    }
    return {
      id: uuidv7(start, randomBytes),
      journey: name,
      version,
      attempts: {},
      visits: 0,
      exposed: [],
    } as never
  }

  function expose(hypothesis: Hypothesis, run: Run) {
    const variant = state.assigned[hypothesis.id]
    const met = `${hypothesis.id}=${variant}`
    pending.delete(hypothesis)
    if (!variant || run.exposed.includes(met)) return
    run.exposed.push(met)
    emit(Name.EXPOSURE, run.visit, now(), {
      [Name.EXPOSURE_HYPOTHESIS]: hypothesis.id,
      [Name.EXPOSURE_VARIANT]: variant,
      [Name.FEATURE_FLAG_KEY]: hypothesis.flag,
      [Name.FEATURE_FLAG_REASON]: stale.has(hypothesis) ? 'stale' : undefined,
      [Name.SUBJECT_ID]: subject,
    })
  }

  function assign(given: Hypothesis, variant: string | undefined): Hypothesis | undefined {
    const hypothesis = declared('hypothesis', hypotheses, given?.id)
    if (!hypothesis || (variant !== undefined && !declared('variant', hypothesis.variants, variant)))
      return undefined
    const before = state.assigned[hypothesis.id]
    if (before !== variant) {
      if (before && variant)
        diag.warn(`throughline: "${hypothesis.id}" changed from "${before}" to "${variant}"`)
      state.assigned[hypothesis.id] = variant!
      for (const run of state.runs) run.visit.attributes = stamp(run, run.visit, hypotheses, state.assigned)
      settle()
    }
    return hypothesis
  }

  const tracker: Tracker = {
    journeys,
    hypotheses,
    enter(given, name) {
      const known = declared('journey', journeys, given?.name)
      const journey = known && definitionOf(journeys, { ...given, journey: known.name }, name)
      if (!journey || !declared('step', journey.steps, name)) return
      join(journey)
      const time = now()
      const from = navigation
      navigation = undefined
      // Should a clock have jumped since, the navigation is as long ago as before.
      const start = from ? from.start + origin() - from.origin : time
      const run = runFor(journey, name, start, time)
      const index = indexIn(run, name)
      const previous = run.visit as Visit | undefined
      const isOn = previous && !previous.end
      run.seen = time
      if (isOn && previous.step === name) {
        from?.led?.(previous)
        return settle(time)
      }
      if (isOn) close(run, start, index > previous.index ? 'completed' : 'returned')
      const attempt = (run.attempts[name]! | 0) + 1
      run.attempts[name] = attempt
      const visitIndex = ++run.visits
      const place = {
        journey: journey.name,
        run: run.id,
        step: name,
        index,
        attempt,
        start,
        id: newId(),
        visitIndex,
      }
      const visit: Visit = { ...place, attributes: stamp(run, place, hypotheses, state.assigned) }
      origins.set(visit, origin())
      run.visit = visit
      run.ready = run.input = undefined
      put(run)
      const own = {
        [Name.STEP_PREVIOUS]: previous?.step,
        [Name.STEP_START]: from?.kind ?? 'call',
        [Name.SUBJECT_ID]: subject,
      }
      // Listeners may ask at once, so the state is set first.
      timeline.note(start, current())
      emit(Name.STEP_ENTER, visit, start, own, { previous, id: visit.id })
      for (const hypothesis of pending) if (hypothesis.journey === journey.name) expose(hypothesis, run)
      settle(start)
      from?.led?.(visit)
      if (name === journey.converts && !run.outcome) end(journey, 'converted')
    },
    ready(journey, source = 'app') {
      const [run] = open(journey)
      // Without a journey: what was entered last. Another one that is ambient again, after a conversion, has long
      // been waited for.
      if (!run || run.ready || !(journey || run === state.runs.at(-1))) return
      const time = now()
      run.ready = true
      emit(Name.STEP_READY, run.visit, time, {
        [Name.STEP_READY_MS]: Math.max(0, sinceStart(run.visit, time)),
        [Name.STEP_READY_SOURCE]: source,
      })
      settle()
    },
    leave(journey, outcome = 'left') {
      const [run] = open(journey ?? {})
      if (!run) return ignore(`${outcome}: "${journey?.name}" has no active run`)
      close(run, now(), outcome)
      settle()
    },
    convert: (journey, conversion) => end(journey, 'converted', conversion),
    fail: (journey, ending) => end(journey, 'failed', ending),
    abandon: (journey, ending) => end(journey, 'abandoned', ending),
    assign(given, variant, reason) {
      const hypothesis = assign(given, variant)
      if (hypothesis) stale[reason ? 'add' : 'delete'](hypothesis)
    },
    expose(given, variant) {
      const hypothesis = assign(given, variant ?? '')
      if (!hypothesis) return
      const run = runOf(hypothesis.journey)
      // A child's effect runs before its parent's: the exposure waits for the enter that follows it.
      if (!run || (run.outcome && run.visit.end) || isIdle(run, now())) return void pending.add(hypothesis)
      expose(hypothesis, run)
      settle()
    },
    rate: (score, scale) =>
      tracker.record(Name.SATISFACTION, {
        [Name.SATISFACTION_SCORE]: score,
        [Name.SATISFACTION_SCALE]: scale,
      }),
    record(name, attributes, { time = now(), visit = timeline.at(time) } = {}) {
      emit(name, visit ?? undefined, time, attributes)
    },
    identify(id) {
      const previous = subject
      if (id === previous) return
      subject = id
      if (id && previous && previous !== state.known)
        tracker.record(Name.ALIAS, { [Name.SUBJECT_ID]: id, [Name.SUBJECT_PREVIOUS]: previous })
      // Somebody else meets the variants for the first time.
      else for (const run of state.runs) run.exposed = []
      state.known = id
      settle()
    },
    current,
    at: timeline.at,
    variant: <V extends string>(hypothesis: Hypothesis<string, V>) =>
      state.assigned[hypothesis?.id] as V | undefined,
    run(journey, fn) {
      const visit = safely(() => current(journey))
      const inside = <R>(work: () => R): R =>
        visit ? context.with(setVisit(context.active(), visit), work) : work()
      return inside(() => fn(inside))
    },
    active: (of) => (of && getVisit(of)) ?? current(),
    others: (of = current()) => open().flatMap((run) => (run.outcome || run.visit === of ? [] : run.visit)),
    navigated(start, kind, led) {
      navigation?.led?.()
      if (Number.isFinite(start)) navigation = { start, kind, led, origin: origin() }
    },
    interacted(time) {
      if (navigation && time > navigation.start) {
        navigation.led?.()
        navigation = undefined
      }
      let isDue = false
      open().forEach((run, i) => {
        // The click that ends a long pause may be what enters the next step: of a new run.
        const input = sinceStart(run.visit, time)
        if (input < 0 || isIdle(run, time)) return
        run.seen = time
        // Once a minute: storing takes time.
        isDue ||= time - storedAt > 6e4
        // Outer journeys go on as well, but it was not their step that was touched.
        if (i > 0) return
        isDue ||= run.input === undefined
        run.input ??= input
      })
      if (isDue) settle()
    },
    restore() {
      const found = read()
      // Where storage fails, nobody else has written either.
      if (storage) state = found
      settle()
    },
    adopt(run) {
      const [sound] = soundState({ ...state, runs: [run] }, journeys, hypotheses, now()).runs
      if (!sound) return void ignore('a foreign run')
      // A token is joined with again on every reload of its address: by then this tab knows more than it.
      const own = runOf(sound.journey)
      put(own?.id === sound.id ? { ...own, joined: true } : sound)
      settle()
      return true
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onChange(listener) {
      watchers.add(listener)
      return () => void watchers.delete(listener)
    },
  }

  // The host is sacred: whatever it passes, nothing of ours throws. Only the application's own work in `run` may.
  const methods = tracker as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const [name, method] of Object.entries(methods))
    if (typeof method === 'function' && name !== 'run')
      methods[name] = (...args) => safely(() => method(...args))

  timeline.note(0, current())
  return tracker
}
