import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { analyse } from '../ask/analyse'
import { countFunnel } from '../ask/funnel-alone'
import { foldParams } from '../ask/journey-scope'
import { rounded } from '../ask/rounded'
import { parseSelection } from '../ask/selection'
import { PHASES } from '../ask/strata'
import type { Engine } from '../engine'
import { oddsRatio, pooled } from '../infer/strata'
import type { JourneyResult, Result } from '../result'
import { emptyTables, openTestEngine } from '../testing'
import { checkout, checkout2, onePageOf } from './definitions'
import type { Rules } from './figures'
import { countFates, fateOfRun, funnelIn } from './figures'
import { attemptsOf, errorsOf, legsOf, readinessStrata } from './measures'
import { fatesOfSubjects, hypothesisOf, personOf } from './subjects'
import type { Told, World } from './world'
import { eventIds, MINUTE, T, worldOf } from './world'

// Every figure of a report against the models of this folder, on random data. `npm run reference` takes a million runs.

const CASES = Number(process.env.REFERENCE_CASES ?? 10_000)
const FIRST = Number(process.env.REFERENCE_SEED ?? 1)
const RUNS = 2500
const ZONE = 'Europe/Berlin'

const signup = defineJourney('signup', {
  version: '1',
  steps: ['form', 'done'],
  converts: 'done',
  within: '1h',
})
const journeys = [checkout, checkout2, signup]
const onePage = onePageOf(checkout2)

let engine: Engine
const hashes = new Map<string, string>()
beforeAll(async () => {
  engine = await openTestEngine()
  const rows = await engine.query<{ id: string; hash: string }>(
    `SELECT leftPad(lower(hex(number)), 32, '0') AS id, leftPad(toString(cityHash64(id)), 20, '0') AS hash FROM numbers(${RUNS * 64})`,
  )
  for (const { id, hash } of rows) hashes.set(id, hash)
  expect(eventIds(RUNS).every((id) => hashes.has(id))).toBe(true)
})
afterAll(() => engine.close())

const rulesOf = (journey: (typeof journeys)[number], asOf: number): Rules => {
  const { previous, converts } = foldParams(journey)
  return {
    required: previous.map((before) => before - 1),
    converts: converts - 1,
    within: journey.within,
    asOf,
  }
}

/** Runs with their steps by place in a journey's declaration, and what became of them. */
function visited(runs: readonly Told[], journey: (typeof journeys)[number], rules: Rules) {
  const place = new Map<string, number>(journey.steps.map(({ name }, at) => [name, at]))
  return runs.flatMap((run) => {
    const visits = run.visits.flatMap(({ name, ...visit }) => {
      const step = place.get(name)
      return step === undefined ? [] : [{ ...visit, step }]
    })
    if (!visits.length) return []
    const facts = { enters: visits, reports: run.reports }
    const failed = run.reports.some(({ isServer, outcome }) => !isServer && outcome === 'failed')
    return [{ ...run, ...facts, visits, failed, fate: fateOfRun(facts, rules) }]
  })
}

/** As JSON has it: what is infinite is null. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

/** What is like this but for the ninth digit of its numbers: sums of fractions depend on their order. */
const like = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (_, one) =>
    typeof one === 'number'
      ? expect.closeTo(one, 8 - Math.ceil(Math.log10(Math.max(1, Math.abs(one)))))
      : one,
  )

const measuresIn = ({ steps, timeToConvert, errors, latency }: JourneyResult) => ({
  legs: [...steps.map(({ timeToNext }) => timeToNext), timeToConvert],
  attempts: steps.map(({ attempts, ready }) => ({ ...attempts, ready })),
  errors: Object.fromEntries(
    errors.map(({ key, occurrences, runs, converted, lost }) => [
      key,
      { occurrences, runs, converted, lost },
    ]),
  ),
  ready: latency
    .filter(({ measure, step }) => measure === 'ready' && step === 'payment')
    .map(({ crude, adjusted }) => ({ crude, adjusted })),
})

function checkHypothesis(
  { hypotheses: [found] }: Result,
  world: World,
  { since, until }: { since: number; until: number },
  person: (subject: string) => string,
) {
  const rules = rulesOf(checkout2, until)
  const near = world.runs.filter(
    ({ journey, began }) => journey === 'checkout' && began >= since - checkout2.within && began < until,
  )
  const expected = hypothesisOf(
    world.exposures.filter(({ time }) => time >= since && time < until),
    visited(near, checkout2, rules),
    new Map(world.runs.map(({ id, subject }) => [id, subject])),
    person,
    rules,
  )
  const { multipleVariants, immature, withoutSubject } = found!.leftOut
  expect({
    counts: new Map(
      found!.variants.map(({ variant, subjects, conversions }) => [variant, { subjects, conversions }]),
    ),
    multipleVariants,
    immature,
    withoutSubject,
    untested: found!.untested,
  }).toEqual({
    ...expected,
    counts: new Map(
      onePage.variants.map((name) => [name, expected.counts.get(name) ?? { subjects: 0, conversions: 0 }]),
    ),
  })
}

const seeds = Array.from({ length: Math.ceil(CASES / RUNS) }, (_, at) => FIRST + at)

it.each(seeds)('finds what the models find of 2,500 random runs (%i)', { timeout: 600_000 }, async (seed) => {
  const world = worldOf(RUNS, seed, (id) => hashes.get(id)!)
  await emptyTables(engine)
  const half = Math.ceil(world.rows.length / 2)
  await engine.insert('otel_traces', world.rows.slice(0, half))
  await engine.insert('otel_traces', world.rows.slice(half))
  const definitions = { journeys, hypotheses: [onePage] }
  const person = personOf(world.aliases)

  const whole = { since: T - MINUTE, until: T + 3 * 864e5 + 30 * MINUTE }
  const everything = await analyse(engine, definitions, {
    now: new Date(whole.until),
    since: new Date(whole.since),
    until: new Date(whole.until),
  })
  let [undated, undatedPeople] = [0, 0]
  for (const [at, journey] of journeys.entries()) {
    const rules = rulesOf(journey, whole.until)
    const own = world.runs.filter(
      ({ journey: name, version, began }) =>
        name === journey.name && version === journey.version && began >= whole.since && began < whole.until,
    )
    const runs = visited(own, journey, rules)
    undated += runs.filter(({ fate }) => fate.undated).length
    const found = everything.journeys[at]!
    expect(found.untimed, `conversions without a time of ${journey.name} ${journey.version}`).toBe(
      runs.filter(({ fate }) => fate.undated && !fate.later).length,
    )
    expect(funnelIn(found), `funnel of ${journey.name} ${journey.version}`).toEqual(
      countFates(
        runs.map(({ fate }) => fate),
        rules,
      ),
    )
    const alone = await countFunnel(engine, journey, {
      now: new Date(whole.until),
      since: new Date(whole.since),
      until: new Date(whole.until),
    })
    expect(found, `funnel alone of ${journey.name} ${journey.version}`).toMatchObject(rounded(alone))
    const payment = journey.steps.findIndex(({ name }) => name === 'payment')
    const strata = payment < 0 ? [] : readinessStrata(runs, rules.converts, payment, 2000)
    const errors = errorsOf(runs, rules.converts, PHASES)
    expect(plain(measuresIn(found)), `measures of ${journey.name} ${journey.version}`).toEqual(
      like({
        legs: legsOf(
          runs.map(({ fate }) => fate),
          journey.steps.length,
          rules.converts,
        ),
        attempts: attemptsOf(runs, journey.steps.length),
        errors: Object.fromEntries(
          [...errors].map(([key, one]) => [
            key,
            { ...one, lost: one.lost ?? { value: 0, low: 0, high: one.runs } },
          ]),
        ),
        ready: strata.length ? [{ crude: oddsRatio([pooled(strata)]), adjusted: oddsRatio(strata) }] : [],
      }),
    )
  }
  expect(everything.trust.untestedConversions, 'conversions that nobody can date').toBe(undated)
  expect(undated).toBeGreaterThan(0)
  checkHypothesis(everything, world, whole, person)

  // The day of 25 hours, counted by people.
  const asked = parseSelection(
    { since: '2026-10-25', until: '2026-10-26', timezone: ZONE, by: 'subject' },
    new Date(whole.until),
  )
  const day = { since: asked.since!.getTime(), until: asked.until!.getTime() }
  const byPeople = await analyse(engine, definitions, asked)
  const dayOf = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE })
  journeys.forEach((journey, at) => {
    const rules = rulesOf(journey, day.until)
    const own = world.runs.filter(
      ({ journey: name, version, began }) =>
        name === journey.name && version === journey.version && dayOf.format(began) === '2026-10-25',
    )
    const runs = visited(own, journey, rules)
    const fates = fatesOfSubjects(runs, person, rules)
    undatedPeople += fates.filter((fate) => fate.undated).length
    const { later, value, ...counted } = countFates(fates, rules)
    const known = countFates(
      runs.filter(({ subject }) => subject !== '').map(({ fate }) => fate),
      rules,
    )
    const found = funnelIn(byPeople.journeys[at]!)
    expect(found, `people of ${journey.name} ${journey.version}`).toEqual({
      ...counted,
      value: known.value,
      later: { ...later, value: known.later.value },
    })
  })
  expect(byPeople.trust.untestedConversions, 'conversions of people that nobody can date').toBe(undatedPeople)
  checkHypothesis(byPeople, world, day, person)
})
