import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Visit } from './event'
import { checkout, memoryStorage, signup, trackerAt } from './testing'
import { restoreHere } from './web/restore'

// A small model of the lifecycle's rules, driven beside the real tracker by random calls, clock jumps and reloads.
interface ModelRun {
  id: number
  step: number
  open: boolean
  seen: number
  outcome: string | undefined
  visits: number
}

const JOURNEYS = [checkout, signup]
const journey = fc.nat({ max: 1 })

const command = fc.oneof(
  fc.record({ do: fc.constant('enter' as const), journey, step: fc.nat({ max: 4 }) }),
  fc.record({ do: fc.constantFrom('leave', 'ready', 'convert', 'fail', 'abandon'), journey }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -3_600_000, max: 2_400_000 }) }),
  fc.record({ do: fc.constantFrom('reload', 'restore', 'interact', 'navigate', 'record') }),
)

function createModel() {
  const runs = new Map<number, ModelRun>()
  let order: number[] = []
  let started = 0
  return {
    enter(which: number, step: number, now: number) {
      const steps = JOURNEYS[which]!.steps
      if (step >= steps.length) return
      let run = runs.get(which)
      const over = run?.outcome === 'abandoned' || (run?.outcome === 'converted' && step < run.step)
      if (!run || over || now - run.seen > JOURNEYS[which]!.idle) {
        run = { id: started++, step, open: true, seen: now, outcome: undefined, visits: 0 }
      } else if (run.open && run.step === step) {
        run.seen = now
        return
      }
      if (run.outcome !== 'converted') run.outcome = undefined
      Object.assign(run, { step, open: true, seen: now, visits: run.visits + 1 })
      runs.set(which, run)
      order = [...order.filter((other) => other !== which), which]
    },
    /** What entering the converting step does once the visit is there. */
    convertsBy(which: number, step: number, now: number) {
      if (JOURNEYS[which]!.steps[step]?.name === JOURNEYS[which]!.converts) this.end(which, 'converted', now)
    },
    leave(which: number) {
      const run = runs.get(which)
      if (run) run.open = false
    },
    end(which: number, outcome: string, now: number) {
      const run = runs.get(which)
      if (!run || (run.outcome && !(run.outcome === 'failed' && outcome === 'converted'))) return
      run.outcome = outcome
      run.seen = now
      if (outcome !== 'converted') run.open = false
    },
    /** An interaction keeps every journey going that is open. */
    seen(which: number, time: number) {
      const run = runs.get(which)
      if (run?.open && time - run.seen <= JOURNEYS[which]!.idle) run.seen = time
    },
    /** A reload finds what was stored: interactions are, once a minute. */
    reload(journey: string, seen: number) {
      const run = runs.get(JOURNEYS.findIndex(({ name }) => name === journey))!
      expect(run.seen - seen).toBeLessThanOrEqual(60_000)
      run.seen = seen
    },
    ambient(): number | undefined {
      const open = [...order].reverse().filter((which) => runs.get(which)!.open)
      return open.find((which) => !runs.get(which)!.outcome) ?? open[0]
    },
    run: (which: number) => runs.get(which)!,
  }
}

/**
 * Who was ambient when, as a list of changes in the order in which they were learned: what is learned last goes
 * first.
 */
function createHistory() {
  let changes: { start: number; id: string | undefined }[] = []
  return {
    begin(id: string | undefined) {
      changes = [{ start: 0, id }]
    },
    learn(start: number, id: string | undefined) {
      changes.push({ start, id })
    },
    ambient: () => changes.at(-1)?.id,
    at: (time: number) => changes.findLast(({ start }) => start <= time)?.id,
    /** The moments at which an answer may change, and those before and after. */
    times: () => changes.flatMap(({ start }) => [start - 1, start, start + 0.5]),
  }
}

describe('any sequence of calls, clock jumps and reloads', () => {
  it('agrees with the model; one conversion for a run, visits in order; no negative duration; at(time) is who was ambient', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const storage = memoryStorage()
        let it = trackerAt(1_780_000_000_000, { storage })
        const all = [it]
        const model = createModel()
        const ids = new Map<number, string>()
        const history = createHistory()
        history.begin(undefined)
        /** When the navigation began that no step has followed yet. */
        let navigation: number | undefined
        const enterModel = (which: number, step: number, now: number) => {
          const visit = () => it.tracker.current(JOURNEYS[model.ambient() ?? -1] as never)?.id
          model.enter(which, step, now)
          if (visit() !== history.ambient()) history.learn(navigation ?? now, visit())
          model.convertsBy(which, step, now)
          if (visit() !== history.ambient()) history.learn(now, visit())
          navigation = undefined
        }
        for (const command of commands) {
          const now = it.clock.now
          const { tracker } = it
          if ('ms' in command) it.clock.now += command.ms
          else if (command.do === 'reload') {
            it = trackerAt(now, { storage })
            all.push(it)
            for (const { journey, seen } of storedRuns(storage)) model.reload(journey, seen)
            history.begin(it.tracker.current()?.id)
            navigation = undefined
          } else if (command.do === 'restore') {
            // The only document: reading storage again finds what it wrote, so nothing may change but what `enter`
            // does.
            restoreHere(
              {
                ...tracker,
                restore() {
                  tracker.restore()
                  for (const { journey, seen } of storedRuns(storage)) model.reload(journey, seen)
                  // The visit is read anew, so it is from now on that it is known.
                  if (tracker.current()) history.learn(now, tracker.current()!.id)
                },
                enter(journey, step) {
                  tracker.enter(journey, step)
                  const which = JOURNEYS.findIndex(({ name }) => name === journey.name)
                  enterModel(
                    which,
                    JOURNEYS[which]!.steps.findIndex(({ name }) => name === step),
                    now,
                  )
                },
              },
              () => {},
            )
          } else if (command.do === 'interact') {
            tracker.interacted(now)
            JOURNEYS.forEach((journey, which) => {
              if ((tracker.current(journey)?.start ?? Number.NaN) <= now) model.seen(which, now)
            })
            if (navigation !== undefined && now > navigation) navigation = undefined
          } else if (command.do === 'navigate') {
            tracker.navigated(now, 'navigation')
            navigation = now
          } else if (command.do === 'record') tracker.record('exception', {})
          else if ('step' in command) {
            const steps = JOURNEYS[command.journey]!.steps
            tracker.enter(JOURNEYS[command.journey]!, (steps[command.step]?.name ?? 'none') as never)
            if (steps[command.step]) enterModel(command.journey, command.step, now)
          } else if ('journey' in command) {
            tracker[command.do](JOURNEYS[command.journey]!)
            if (command.do === 'leave') model.leave(command.journey)
            else if (command.do === 'convert') model.end(command.journey, 'converted', now)
            else if (command.do !== 'ready') model.end(command.journey, `${command.do}ed`, now)
          }
          agree(it.tracker.current(), model, ids)
          const ambient = it.tracker.current()?.id
          if (ambient !== history.ambient()) history.learn(now, ambient)
          for (const time of history.times()) expect(it.tracker.at(time)?.id).toBe(history.at(time))
        }
        const events = all.flatMap(({ events }) => events)
        for (const { time, end } of events) expect(end).toBeGreaterThanOrEqual(time)
        for (const { attributes } of events) {
          expect(attributes['throughline.step.ready_ms'] ?? 0).toBeGreaterThanOrEqual(0)
          expect(attributes['throughline.step.first_input_ms'] ?? 0).toBeGreaterThanOrEqual(0)
        }
        const converted = events
          .filter(({ attributes }) => attributes['throughline.run.outcome'] === 'converted')
          .map(({ visit }) => visit!.run)
        expect(new Set(converted).size).toBe(converted.length)
        const entered = events.filter(({ name }) => name.endsWith('enter')).map(({ visit }) => visit!.id)
        expect(new Set(entered).size).toBe(entered.length)
      }),
      { numRuns: 2000 },
    )
  })
})

function storedRuns({ getItem }: ReturnType<typeof memoryStorage>): { journey: string; seen: number }[] {
  return JSON.parse(getItem('throughline') ?? '{"runs":[]}').runs
}

function agree(visit: Visit | undefined, model: ReturnType<typeof createModel>, ids: Map<number, string>) {
  const which = model.ambient()
  if (which === undefined) {
    expect(visit).toBeUndefined()
    return
  }
  const run = model.run(which)
  expect(visit).toMatchObject({
    journey: JOURNEYS[which]!.name,
    index: run.step,
    visitIndex: run.visits,
  })
  if (!ids.has(run.id)) ids.set(run.id, visit!.run)
  expect(visit!.run).toBe(ids.get(run.id))
}
