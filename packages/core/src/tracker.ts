import { context, diag } from '@opentelemetry/api'
import {
  CONVERSION_CURRENCY,
  CONVERSION_VALUE,
  EVENT_ID,
  EVENT_SOURCE,
  EXPOSURE,
  EXPOSURE_HYPOTHESIS,
  EXPOSURE_VARIANT,
  FEATURE_FLAG_KEY,
  RUN_END,
  RUN_END_REASON,
  RUN_OUTCOME,
  SATISFACTION,
  SATISFACTION_SCALE,
  SATISFACTION_SCORE,
  STEP_ENTER,
  STEP_FIRST_INPUT_MS,
  STEP_LEAVE,
  STEP_OUTCOME,
  STEP_PREVIOUS,
  STEP_READY,
  STEP_READY_MS,
  STEP_START,
  SUBJECT_ID,
} from './attributes'
import { getVisit, setVisit } from './context'
import type { JourneyEvent, Visit } from './event'
import type { Hypothesis } from './hypothesis'
import { hex, platformBytes, uuidv7, uuidv7Time } from './ids'
import type { Journey } from './journey'
import type { Outcome, Run, State } from './state'
import { parseState, stamp } from './state'
import { createTimeline } from './timeline'
import type { NavigationKind, StateStorage, Tracker, TrackerOptions } from './tracker-types'

const KEY = 'throughline'

/** Creates the store. It starts nothing: events go to whoever subscribes (`@throughline/core/web` makes them spans). */
export function createTracker(options: TrackerOptions): Tracker {
  const { journeys, hypotheses = [], randomBytes = platformBytes } = options
  const now = options.now ?? (() => performance.timeOrigin + performance.now())
  let { storage, subject } = options
  let navigation:
    | { start: number; kind: NavigationKind; led?: ((visit?: Visit) => void) | undefined }
    | undefined
  /** What this document entered last: where a back/forward cache restore returns to. */
  let here: { journey: Journey; step: string } | undefined
  const pending = new Map<string, Hypothesis>()
  const listeners = new Set<(event: JourneyEvent) => void>()
  const watchers = new Set<() => void>()
  const timeline = createTimeline()

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
      diag.warn('throughline: storage is not usable, so runs end with the page', error)
      return undefined
    }
  }

  const read = (): State => {
    const text = stored((from) => from.getItem(KEY))
    const restored = text && safely(() => parseState(text, journeys, hypotheses))
    return restored || { runs: [], assigned: {} }
  }

  let state = read()

  const runOf = (journey: Journey | undefined) => state.runs.find((run) => run.journey === journey?.name)
  const isOpen = (run: Run) => run.visit.end === undefined
  /** Most recent first; runs that have ended (their confirmation page) after those that are active. */
  const open = () => {
    const runs = state.runs.filter(isOpen).reverse()
    return runs.sort((a, b) => Number(!!a.outcome) - Number(!!b.outcome))
  }
  const current = (journey?: Journey): Visit | undefined => {
    const run = journey ? runOf(journey) : open()[0]
    return run && isOpen(run) ? run.visit : undefined
  }

  /** After every change: what is ambient from `time` on, what is stored, and who is told. */
  function settle(time: number) {
    const ambient = current()
    if (timeline.at(Number.POSITIVE_INFINITY) !== ambient) timeline.note(time, ambient)
    stored((to) => to.setItem(KEY, JSON.stringify(state)))
    for (const watcher of watchers) safely(watcher)
  }

  function emit(
    name: string,
    visit: Visit | undefined,
    time: number,
    own: Record<string, string | number | boolean | undefined>,
    more?: { end?: number; previous?: Visit | undefined; id?: string },
  ) {
    const attributes: Record<string, string | number | boolean> = {
      ...(visit?.attributes as Record<string, string>),
      [EVENT_ID]: more?.id ?? hex(randomBytes(16)),
      [EVENT_SOURCE]: 'browser',
    }
    for (const key in own) if (own[key] !== undefined) attributes[key] = own[key]
    const event = { name, time, end: time, visit, ...more, attributes }
    for (const listener of listeners) safely(() => listener(event))
  }

  /** What was declared under a name, or undefined after saying so. */
  function declared<T>(
    kind: string,
    all: readonly T[],
    name: unknown,
    nameOf: (item: T) => string,
  ): T | undefined {
    const found = all.find((item) => nameOf(item) === name)
    if (!found) ignore(`${kind} "${name}", which createTracker was not given`)
    return found
  }

  function leaveVisit(run: Run, time: number, outcome: string) {
    const { visit } = run
    visit.end = Math.max(visit.start, time)
    const own = { [STEP_OUTCOME]: outcome, [STEP_FIRST_INPUT_MS]: run.input }
    emit(STEP_LEAVE, visit, visit.start, own, { end: visit.end })
  }

  function end(journey: Journey, outcome: Outcome, own: Parameters<typeof emit>[3] = {}) {
    const run = runOf(journey)
    if (!run || run.outcome) return ignore(`${outcome}: "${journey?.name}" has ${run ? 'ended' : 'no run'}`)
    run.outcome = outcome
    emit(RUN_END, run.visit, now(), { [RUN_OUTCOME]: outcome, ...own, [SUBJECT_ID]: subject })
    if (outcome !== 'converted') run.visit.end = Math.max(run.visit.start, now())
    settle(now())
  }

  /** The run that an enter belongs to, or undefined when it starts a new one. */
  function ongoing(run: Run | undefined, journey: Journey, index: number, time: number): Run | undefined {
    if (!run || (run.outcome && (run.outcome !== 'converted' || index < run.visit.index))) return undefined
    const expired = run.joined ? time - uuidv7Time(run.id)! > journey.within : time - run.seen > journey.idle
    return expired ? undefined : run
  }

  function expose(hypothesis: Hypothesis, run: Run) {
    const variant = state.assigned[hypothesis.id]!
    const met = `${hypothesis.id}=${variant}`
    pending.delete(hypothesis.id)
    if (run.exposed.includes(met)) return
    run.exposed.push(met)
    emit(EXPOSURE, run.visit, now(), {
      [EXPOSURE_HYPOTHESIS]: hypothesis.id,
      [EXPOSURE_VARIANT]: variant,
      [FEATURE_FLAG_KEY]: hypothesis.flag,
      [SUBJECT_ID]: subject,
    })
  }

  function assign(given: Hypothesis, variant: string): Hypothesis | undefined {
    const hypothesis = declared('hypothesis', hypotheses, given?.id, (it) => it.id)
    if (!hypothesis || !declared('variant', hypothesis.variants, variant, (it) => it)) return undefined
    const before = state.assigned[hypothesis.id]
    if (before !== variant) {
      if (before)
        diag.warn(`throughline: "${hypothesis.id}" changed from "${before}" to "${variant}" in mid-run`)
      state.assigned[hypothesis.id] = variant
      for (const run of state.runs)
        if (run.journey === hypothesis.journey)
          run.visit.attributes = stamp(run, run.visit, hypotheses, state.assigned)
      settle(now())
    }
    return hypothesis
  }

  const tracker: Tracker = {
    journeys,
    hypotheses,
    enter(given, name) {
      const journey = declared('journey', journeys, given?.name, (it) => it.name)
      const step = journey && declared('step', journey.steps, name, (it) => it.name)
      if (!step) return
      const time = now()
      const index = journey.steps.indexOf(step)
      const last = runOf(journey)
      let run = ongoing(last, journey, index, time)
      const previous = run?.visit
      const from = navigation
      navigation = undefined
      here = { journey, step: name }
      if (run && isOpen(run) && previous?.step === name) {
        run.seen = time
        from?.led?.(previous)
        return settle(time)
      }
      const start = from?.start ?? time
      if (run && isOpen(run) && !run.outcome)
        leaveVisit(run, start, index > previous!.index ? 'completed' : 'returned')
      const attempts = run?.attempts ?? {}
      attempts[name] = (attempts[name] ?? 0) + 1
      const id = run?.id ?? uuidv7(start, randomBytes)
      const place = { journey: journey.name, run: id, step: name, index, attempt: attempts[name], start }
      const attributes = stamp({ id, version: journey.version }, place, hypotheses, state.assigned)
      const visit: Visit = { ...place, id: hex(randomBytes(16)), attributes }
      run = {
        ...(run ?? { id, journey: journey.name, version: journey.version, exposed: [] }),
        ...{ visit, attempts, seen: time, ready: undefined, input: undefined },
      }
      state.runs = [...state.runs.filter((other) => other !== last), run]
      const own = {
        [STEP_PREVIOUS]: previous?.step,
        [STEP_START]: from?.kind ?? 'call',
        [SUBJECT_ID]: subject,
      }
      emit(STEP_ENTER, visit, start, own, { previous, id: visit.id })
      for (const hypothesis of pending.values())
        if (hypothesis.journey === journey.name) expose(hypothesis, run)
      settle(start)
      from?.led?.(visit)
      if (name === journey.converts && !run.outcome) end(journey, 'converted')
    },
    ready(journey) {
      const run = journey ? runOf(journey) : open()[0]
      if (!run || !isOpen(run) || run.ready === run.visit.id) return
      const time = now()
      run.ready = run.visit.id
      emit(STEP_READY, run.visit, time, { [STEP_READY_MS]: Math.max(0, time - run.visit.start) })
      settle(time)
    },
    leave(journey, outcome = 'left') {
      const run = runOf(journey)
      if (!run || !isOpen(run)) return ignore(`leave: "${journey?.name}" is on no step`)
      const time = now()
      if (run.outcome) run.visit.end = Math.max(run.visit.start, time)
      else leaveVisit(run, time, outcome)
      settle(time)
    },
    convert(journey, conversion) {
      const { value, currency } = conversion ?? {}
      end(journey, 'converted', {
        [CONVERSION_VALUE]: Number.isFinite(value) ? value : undefined,
        [CONVERSION_CURRENCY]: currency,
      })
    },
    fail: (journey, reason) => end(journey, 'failed', { [RUN_END_REASON]: reason }),
    abandon: (journey, reason) => end(journey, 'abandoned', { [RUN_END_REASON]: reason }),
    assign: (hypothesis, variant) => void assign(hypothesis, variant),
    expose(given, variant) {
      const hypothesis = assign(given, variant)
      if (!hypothesis) return
      const run = state.runs.find(({ journey }) => journey === hypothesis.journey)
      // A child's effect runs before its parent's: the exposure waits for the enter that follows it.
      if (!run || run.outcome) return void pending.set(hypothesis.id, hypothesis)
      expose(hypothesis, run)
      settle(now())
    },
    rate: (score, scale) =>
      tracker.record(SATISFACTION, { [SATISFACTION_SCORE]: score, [SATISFACTION_SCALE]: scale }),
    record(name, attributes, about) {
      const time = about?.time ?? now()
      emit(
        name,
        about?.visit === undefined ? timeline.at(time) : (about.visit ?? undefined),
        time,
        attributes,
      )
    },
    identify(id) {
      subject = id
    },
    current,
    at: (time) => timeline.at(time),
    variant: <V extends string>(hypothesis: Hypothesis<string, V>) =>
      state.assigned[hypothesis?.id] as V | undefined,
    run(journey, fn) {
      const visit = safely(() => current(journey))
      const inside = <R>(work: () => R): R =>
        visit ? context.with(setVisit(context.active(), visit), work) : work()
      return inside(() => fn(inside))
    },
    active: (of) => (of && getVisit(of)) ?? current(),
    others: () =>
      open()
        .filter((run) => !run.outcome && run.visit !== current())
        .map((run) => run.visit),
    navigated(start, kind, led) {
      navigation?.led?.()
      navigation = { start, kind, led }
    },
    interacted(time) {
      if (navigation && time > navigation.start) {
        navigation.led?.()
        navigation = undefined
      }
      const run = open()[0]
      if (!run) return
      const isFirst = run.input === undefined && time >= run.visit.start
      if (isFirst) run.input = time - run.visit.start
      const isLater = time - run.seen > 6e4
      if (isLater) run.seen = time
      if (isFirst || isLater) settle(time)
    },
    restore() {
      state = read()
      settle(now())
      if (here) tracker.enter(here.journey, here.step)
    },
    adopt({ journey, version, run: id, step, attempt }) {
      const time = now()
      const visit = { id: '', journey, run: id, step, attempt, start: time, end: time }
      const attempts = { [step]: attempt }
      const run = { id, journey, version, visit, attempts, seen: time, joined: true, exposed: [] }
      const [adopted] = parseState(
        JSON.stringify({ runs: [run], assigned: state.assigned }),
        journeys,
        hypotheses,
      ).runs
      if (!adopted) {
        ignore('a handed-over run: its journey, version or step is not declared here')
        return false
      }
      state.runs = [...state.runs.filter((other) => other.journey !== journey), adopted]
      settle(time)
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
  const guarded = { ...tracker } as Record<string, unknown>
  for (const [name, method] of Object.entries(tracker))
    if (typeof method === 'function' && name !== 'run')
      guarded[name] = (...args: unknown[]) => safely(() => method(...args))

  timeline.note(0, current())
  return guarded as unknown as Tracker
}
