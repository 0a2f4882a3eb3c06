// Random runs of two journeys, as pages and servers send them: with duplicates, late and lost events, ties, clocks that
// jump, tabs that share an index, and servers that enter.
import fc from 'fast-check'
import type { SpanRow } from '../testing'
import { alias, enter, exposure, outcome, runId, span } from '../testing'
import type { Visit } from './measures'
import type { Report } from './outcome'
import type { Alias, Exposure } from './subjects'

export const MINUTE = 60_000
/** The night in which Europe's clocks go back lies in the middle. */
export const T = Date.UTC(2026, 9, 24, 6)
const DAYS = 3

/** What a page or server did on a step; `kept` unless it was lost on the way. */
interface Step {
  readonly name: string
  readonly gap: number
  readonly isServer: boolean
  readonly isTab: boolean
  readonly kept: boolean
  readonly ready: number | undefined
  readonly left: { readonly after: number; readonly outcome: string } | undefined
  readonly errors: readonly { readonly fingerprint: string; readonly after: number; readonly count: number }[]
}

/** A visit whose step is known by its name: versions have it at different places. */
export type NamedVisit = Omit<Visit, 'step'> & { readonly name: string }

/** A run as it happened, without what was lost. */
export interface Told {
  readonly id: string
  readonly journey: string
  readonly version: string
  readonly began: number
  readonly subject: string
  readonly device: string
  readonly visits: readonly NamedVisit[]
  readonly reports: readonly Report[]
}

/** What happened, and the rows that say so. */
export interface World {
  readonly runs: readonly Told[]
  readonly exposures: readonly Exposure[]
  readonly aliases: readonly Alias[]
  readonly rows: readonly SpanRow[]
}

const rare = <Value>(arbitrary: fc.Arbitrary<Value>, freq: number) =>
  fc.option(arbitrary, { freq, nil: undefined })

const step = (names: readonly string[]) =>
  fc.record<Step>({
    name: fc.constantFrom(...names),
    gap: fc.constantFrom(0, 5_000, 20_000, 20_000, 5 * MINUTE, 50 * MINUTE, -10 * MINUTE),
    isServer: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
    isTab: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    kept: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    ready: rare(fc.integer({ min: 0, max: 5000 }), 3),
    left: rare(
      fc.record({
        after: fc.integer({ min: 0, max: 120_000 }),
        outcome: fc.constantFrom('completed', 'returned', 'left', 'failed'),
      }),
      1,
    ),
    errors: fc.array(
      fc.record({
        fingerprint: fc.constantFrom('e0', 'e1', 'e2'),
        after: fc.integer({ min: 0, max: 80_000 }),
        count: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 2 },
    ),
  })

const NAMES = {
  checkout: ['product', 'cart', 'shipping', 'upsell', 'payment', 'confirmation'],
  signup: ['form', 'done'],
} as const

/** Mostly in order, so that some arrive. */
const way = (names: readonly string[]) =>
  fc.oneof(
    fc.array(step(names), { minLength: 1, maxLength: 7 }),
    fc
      .tuple(fc.nat({ max: names.length }), fc.tuple(...names.map((name) => step([name]))))
      .map(([length, all]) => all.slice(0, length + 1)),
  )

const someRun = fc
  .constantFrom('checkout' as const, 'checkout' as const, 'signup' as const)
  .chain((journey) =>
    fc.record({
      journey: fc.constant(journey),
      version: fc.constantFrom('1', '2'),
      minute: fc.nat({ max: DAYS * 24 * 60 }),
      isMobile: fc.boolean(),
      subject: fc.oneof(
        fc.constant(''),
        fc.nat({ max: 200 }).map((n) => `a${n}`),
        fc.nat({ max: 100 }).map((n) => `k${n}`),
      ),
      steps: way(NAMES[journey]),
      reports: fc.array(
        fc.record({
          outcome: fc.constantFrom(
            'converted' as const,
            'converted' as const,
            'failed' as const,
            'abandoned' as const,
          ),
          isServer: fc.boolean(),
          after: fc.constantFrom(0, 2, 30, 130, 200, -20),
          value: rare(fc.integer({ min: 1, max: 90 }), 2),
        }),
        { maxLength: 2 },
      ),
      exposures: fc.array(
        fc.record({
          variant: fc.oneof(
            { weight: 9, arbitrary: fc.constant('own') },
            { weight: 1, arbitrary: fc.constantFrom('control', 'one-page') },
          ),
          after: fc.constantFrom(0, 3, 40),
          isNamed: fc.boolean(),
        }),
        { maxLength: 2 },
      ),
    }),
  )

const someAlias = fc.record({
  previous: fc.nat({ max: 200 }),
  known: fc.nat({ max: 100 }),
  minute: fc.nat({ max: 999 }),
})

const idOf = (number: number) => number.toString(16).padStart(32, '0')

/**
 * A world of so many runs.
 *
 * @param hash what the engine makes of an event's id: it decides between equal times
 */
export function worldOf(count: number, seed: number, hash: (id: string) => string): World {
  const runs: Told[] = []
  const exposures: Exposure[] = []
  const rows: SpanRow[] = []
  const known = fc.sample(someRun, { numRuns: count, seed })
  known.forEach((one, number) => {
    const began = T + one.minute * MINUTE + number
    const id = runId(began, `${seed} ${number}`)
    const version = one.journey === 'signup' ? '1' : one.version
    const about = { journey: one.journey, version }
    const resource = { 'telemetry.sdk.language': 'webjs', 'browser.mobile': one.isMobile }
    let [time, index] = [began, 0]
    const attempts = new Map<string, number>()
    const steps = one.steps.some(({ kept }) => kept) ? one.steps : [{ ...one.steps[0]!, kept: true }]
    const visits = steps.flatMap((done, at): NamedVisit[] => {
      const { name, isServer, errors, left, ready } = done
      time += at === 0 ? 0 : done.gap
      // A version does not have the other's steps.
      if ((version === '1' && name === 'upsell') || !done.kept) {
        if (!isServer && !done.isTab) index++
        return []
      }
      if (!isServer && !(done.isTab && index > 0)) index++
      const event = idOf(number * 64 + at)
      attempts.set(name, (attempts.get(name) ?? 0) + 1)
      const visit = {
        'throughline.visit.id': event,
        [`throughline.visit.${isServer ? 'after' : 'index'}`]: Math.max(1, index),
      }
      rows.push(
        enter(id, name, time, {
          ...about,
          source: isServer ? 'server' : 'browser',
          attempt: attempts.get(name)!,
          ...(one.subject ? { subject: one.subject } : {}),
          ...(isServer ? {} : { resource }),
          attributes: { 'throughline.event.id': event, ...visit },
        }),
      )
      const place = isServer ? { isServer, after: Math.max(1, index) } : { index: Math.max(1, index) }
      const entered = { id: hash(event), name, time, errors: [], ...place }
      if (isServer) return [entered]
      const more = { ...about, run: id, step: name, attempt: attempts.get(name)!, resource }
      if (ready !== undefined)
        rows.push(
          span('throughline.step.ready', time + ready, {
            ...more,
            attributes: { ...visit, 'throughline.step.ready_ms': ready },
          }),
        )
      if (left)
        rows.push(
          span('throughline.step.leave', time, {
            ...more,
            duration: left.after,
            attributes: { ...visit, 'throughline.step.outcome': left.outcome },
          }),
        )
      const start = time
      const met = errors.map(({ fingerprint, after, count: times }, which) => {
        rows.push(
          span('exception', start + after, {
            ...more,
            attributes: {
              ...visit,
              'throughline.event.id': idOf(number * 64 + 20 + at * 2 + which),
              'throughline.error.fingerprint': fingerprint,
              'throughline.error.count': times,
              'exception.type': fingerprint,
            },
          }),
        )
        return { fingerprint, time: start + after, count: times }
      })
      return [
        {
          ...entered,
          errors: met,
          ...(ready === undefined ? {} : { ready }),
          ...(left ? { left: { time: start + left.after, outcome: left.outcome } } : {}),
        },
      ]
    })
    if (visits.length === 0) return
    const reports = one.reports.map(({ outcome: result, isServer, after, value }, at): Report => {
      const event = idOf(number * 64 + 50 + at)
      rows.push(
        outcome(id, began + after * MINUTE, result, {
          ...about,
          source: isServer ? 'server' : 'browser',
          ...(value === undefined ? {} : { value, currency: 'EUR' }),
          attributes: { 'throughline.event.id': event },
        }),
      )
      const told = { fact: hash(event), outcome: result, isServer, time: began + after * MINUTE }
      return value === undefined ? told : { ...told, value }
    })
    if (one.journey === 'checkout')
      for (const { variant, after, isNamed } of one.exposures) {
        const own = Number(one.subject.slice(1) || number) % 2 ? 'control' : 'one-page'
        const met = {
          run: id,
          variant: variant === 'own' ? own : variant,
          time: began + after * MINUTE,
          subject: isNamed ? one.subject : '',
        }
        exposures.push(met)
        rows.push(exposure(id, met.variant, met.time, met.subject || undefined))
      }
    const device = visits.some(({ isServer }) => !isServer) ? (one.isMobile ? 'mobile' : 'desktop') : ''
    runs.push({ id, journey: one.journey, version, began, subject: one.subject, device, visits, reports })
  })
  const aliases = fc
    .sample(someAlias, { numRuns: 60, seed })
    .map(({ previous, known: to, minute }, number): Alias => {
      const found = { previous: `a${previous}`, known: `k${to}`, time: T + minute * MINUTE + number }
      rows.push(alias(runs[0]!.id, found.previous, found.known, found.time, { source: 'server' }))
      return found
    })
  const twice = rows.filter((_, at) => at % 5 === 0)
  const [arrived] = fc.sample(
    fc.shuffledSubarray([...rows, ...twice], { minLength: rows.length + twice.length }),
    { numRuns: 1, seed },
  )
  return { runs, exposures, aliases, rows: arrived! }
}

/** The ids of events of a world of so many runs. */
export const eventIds = (count: number): string[] => Array.from({ length: count * 64 }, (_, at) => idOf(at))
