import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../engine'
import { checkout, onePageOf } from '../reference/definitions'
import { T, worldOf } from '../reference/world'
import type { JourneyResult, Part } from '../result'
import type { SpanRow } from '../testing'
import { emptyTables, enter, openTestEngine, runId } from '../testing'
import type { AnalyseOptions } from './analyse'
import { analyse, analyseWith } from './analyse'
import { remember } from './gathering'
import { openJourney, select } from './journey-scope'
import { openReport } from './tables'
import { parseWhere, whereParams } from './where'

// Cuts of a report on random runs: what filters select, and that the parts of every cut add up.

const DAY = 864e5
const now = new Date(T + 3 * DAY)
const onePage = onePageOf(checkout)
const definitions = { journeys: [checkout], hypotheses: [onePage], dimensions: { plan: 'app.plan' } }

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
  await engine.insert('otel_traces', rows)
})
afterAll(() => engine.close())

async function replaceRows(next: readonly SpanRow[]) {
  await emptyTables(engine)
  await engine.insert('otel_traces', next)
}

const runOf = (row: SpanRow) => row.SpanAttributes['throughline.run.id'] ?? ''

const number = (run: string) => Number.parseInt(run.slice(-6), 16)

const BROWSERS = [
  'Firefox',
  'Firefox',
  'Safari',
  '',
  ...Array.from({ length: 14 }, (_, at) => `Browser ${at}`),
]
const PLANS = ['', 'free', 'paid', "x' OR 1=1 --"]

/** What is told of a run, of which some have nothing. */
const traits = (run: string) => ({
  browser: BROWSERS[number(run) % BROWSERS.length]!,
  release: `2.${number(run) % 3}.0`,
  plan: PLANS[number(run) % PLANS.length]!,
  variant: number(run) % 2 ? 'control' : 'one-page',
})

/** Pages say what browser they are in; a span of their own tells the plan. */
function withTraits(row: SpanRow): SpanRow {
  const run = runOf(row)
  const isPage = row.ResourceAttributes['telemetry.sdk.language'] === 'webjs'
  if (!run || !isPage) return row
  const { browser, release, plan, variant } = traits(run)
  return {
    ...row,
    ResourceAttributes: { ...row.ResourceAttributes, 'user_agent.name': browser, 'service.version': release },
    SpanAttributes: {
      ...row.SpanAttributes,
      'throughline.hypothesis.one-page': variant,
      ...(plan && { 'app.plan': plan }),
    },
  }
}

const { rows: plainRows, runs } = worldOf(500, 7, (id) => id)
const rows = plainRows.map(withTraits)

const ask = (from: Engine, options: AnalyseOptions = {}) =>
  analyse(from, definitions, { now, since: new Date(T - DAY), until: now, ...options })

const journeyOf = async (options: AnalyseOptions) => (await ask(engine, options)).journeys[0]!

/** Runs whose first page says so: what a server alone entered is of no browser. */
const seen = new Set(
  rows
    .filter((row) => row.SpanName === 'throughline.step.enter' && 'user_agent.name' in row.ResourceAttributes)
    .map(runOf),
)
const traitsOf = (run: string) =>
  seen.has(run) ? traits(run) : { browser: '', release: '', plan: '', variant: '' }

describe('a filter', () => {
  it.each([
    [['browser=Firefox'], (run: string) => traitsOf(run).browser === 'Firefox'],
    [
      ['browser=Firefox', 'browser=Safari'],
      (run: string) => ['Firefox', 'Safari'].includes(traitsOf(run).browser),
    ],
    [
      ['browser=Firefox', 'release=2.1.0'],
      (run: string) => traitsOf(run).browser === 'Firefox' && traitsOf(run).release === '2.1.0',
    ],
    [['browser='], (run: string) => traitsOf(run).browser === ''],
    [['variant.one-page=control'], (run: string) => traitsOf(run).variant === 'control'],
    [["plan=x' OR 1=1 --"], (run: string) => seenPlan(run) === "x' OR 1=1 --"],
  ])('%s answers as if there were no other runs', async (where, isIn) => {
    const filtered = await ask(engine, { where })
    await replaceRows(rows.filter((row) => row.SpanName === 'throughline.alias' || isIn(runOf(row))))
    const alone = await ask(engine).finally(() => replaceRows(rows))
    expect(filtered.journeys[0]!.runs).toBeGreaterThan(5)
    // What is slow of an endpoint is told by all calls.
    expect(filtered.journeys).toEqual(alone.journeys)
    expect(filtered.hypotheses).toEqual(alone.hypotheses)
  })

  it('by what became of runs selects those that the whole report counts', async () => {
    const whole = await journeyOf({})
    const payment = whole.steps.find(({ name }) => name === 'payment')!
    expect((await journeyOf({ where: ['converted=yes'] })).runs).toBe(whole.conversions)
    expect((await journeyOf({ where: ['converted=no'] })).runs).toBe(whole.runs - whole.conversions)
    expect((await journeyOf({ where: ['dropped=payment'] })).runs).toBe(payment.droppedOff)
    const reached = await journeyOf({ where: ['reached=payment'] })
    expect(reached.steps.find(({ name }) => name === 'payment')!.reached).toBe(payment.reached)
    const [error] = whole.errors
    expect((await journeyOf({ where: [`error=${error!.key}`] })).runs).toBe(error!.runs)
  }, 120_000)

  it('warns when it asks what happened after people met a variant', async () => {
    const { trust } = await ask(engine, { where: ['reached=payment'] })
    expect(trust.notes.map(({ text }) => text)).toContain(
      'The filter reached asks what happened after people met a variant: variants are no longer compared at random.',
    )
  })

  it('refuses what it does not know, and whatever SQL it is given changes nothing', async () => {
    await expect(ask(engine, { where: ['colour=red'] })).rejects.toThrow('where names "colour"')
    await expect(ask(engine, { breakdown: 'reached' })).rejects.toThrow('by is "reached"')
    await expect(ask(engine, { step: 'moon' })).rejects.toThrow('step is "moon"; write one of product, cart')
  })

  it('takes any text as a value: SQL in it selects nothing, and changes nothing', async () => {
    const window = { since: T - DAY, until: now.getTime(), now: now.getTime() }
    const report = await openReport(engine)
    const everything = report.scope({ synthetic: 'include' })
    const shared = { links: everything.textOf('links'), machines: everything.textOf('machines') }
    const keys = ['browser', 'language', 'plan', 'error', 'endpoint']
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        "'",
        "\\'",
        "') OR 1 --",
        '{by:String}',
        ']]) DROP TABLE otel_traces',
        '\0',
        '\\N',
        '[',
        "x','y",
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), texts, async (key, text) => {
        const where = parseWhere([`${key}=${text} `], definitions)
        const params = { synthetic: 'include', only: '', ...whereParams(where, [], definitions) }
        const all = await openJourney(report, params, checkout, window, {
          from: T - DAY,
          asOf: window.until,
          shared,
        })
        expect(await (await select(all, 'run', where)).ask('funnel')).toEqual([])
      }),
      { numRuns: 8 },
    )
    await report.close()
    expect((await journeyOf({})).runs).toBeGreaterThan(100)
  }, 120_000)
})

const seenPlan = (run: string) => (seenPlans.has(run) ? traits(run).plan : '')
const seenPlans = new Set(rows.filter((row) => 'app.plan' in row.SpanAttributes).map(runOf))

/** Every figure that adds up, of the journey and of all parts together. */
function sums(whole: JourneyResult, parts: readonly Part[]) {
  const total = (of: (part: Part) => number) => parts.reduce((sum, part) => sum + of(part), 0)
  const worth = (amounts: readonly Part['value'][number][]) => {
    const found: Record<string, number> = {}
    for (const { currency, amount } of amounts) found[currency] = (found[currency] ?? 0) + amount
    return found
  }
  const lostOf = (steps: readonly { droppedOff: number }[]) =>
    steps.reduce((sum, { droppedOff }) => sum + droppedOff, 0)
  return [
    {
      runs: whole.runs,
      conversions: whole.conversions,
      later: [whole.beganLater.runs, whole.beganLater.conversions],
      going: whole.stillGoing,
      lost: lostOf(whole.steps),
      value: worth(whole.value),
      steps: whole.steps.map(({ name, reached, droppedOff, stillGoing }) => ({
        name,
        reached,
        droppedOff,
        stillGoing,
      })),
    },
    {
      runs: total(({ runs: count }) => count),
      conversions: total(({ conversions }) => conversions),
      later: [total(({ beganLater }) => beganLater.runs), total(({ beganLater }) => beganLater.conversions)],
      going: total(({ stillGoing }) => stillGoing),
      lost: total(({ lost }) => lost),
      value: worth(parts.flatMap(({ value }) => value)),
      steps: whole.steps.map(({ name }, at) => ({
        name,
        reached: total(({ steps }) => steps[at]!.reached),
        droppedOff: total(({ steps }) => steps[at]!.droppedOff),
        stillGoing: total(({ steps }) => steps[at]!.stillGoing),
      })),
    },
  ]
}

it('cuts that share what was gathered say what each says alone', async () => {
  const holder = await openReport(engine)
  const gathering = remember(holder)
  const cuts: AnalyseOptions[] = [
    {},
    { where: ['browser=Firefox'], breakdown: 'plan' },
    { breakdown: 'browser', every: 'hour' },
    { by: 'subject', where: ['plan=free'] },
    { step: 'payment', against: '2.1.0' },
  ]
  for (const cut of cuts) {
    const options = { now, since: new Date(T - DAY), until: now, ...cut }
    expect(await analyseWith(engine, definitions, options, gathering)).toEqual(await ask(engine, cut))
  }
  await holder.close()
}, 120_000)

describe('the parts of every cut add up to the whole', () => {
  const options: AnalyseOptions[] = [
    ...['browser', 'device', 'variant.one-page', 'plan'].map((breakdown) => ({ breakdown })),
    { breakdown: 'browser', by: 'subject' },
    { breakdown: 'plan', where: ['release=2.1.0', 'release=2.2.0'] },
    { breakdown: 'browser', until: new Date(T + 0.5 * DAY) },
  ]
  it.each(options)('%o', async (more) => {
    const journey = await journeyOf({ every: 'hour', timeZone: 'Asia/Kolkata', ...more })
    expect(journey.runs).toBeGreaterThan(50)
    const [whole, byValue] = sums(journey, journey.breakdown!.parts)
    expect(byValue).toEqual(whole)
    const [, byTime] = sums(journey, journey.trend!)
    expect(byTime).toEqual(whole)
  })

  it('says what costs conversions in each part as a report of that part alone says, and it adds up', async () => {
    const whole = await journeyOf({ breakdown: 'release' })
    const parts = whole.breakdown!.parts
    expect(parts.map(({ kind }) => kind)).toEqual(['value', 'value', 'value', 'unknown'])
    let compared = 0
    for (const { label, costs } of parts) {
      const alone = await journeyOf({ where: [`release=${label}`] })
      const lossOf = ({ key, kind, lost }: { key: string; kind: string; lost: unknown }) => ({
        key,
        kind,
        lost,
      })
      const met = new Set(costs!.errors.map(({ key }) => key))
      expect(costs!.errors.map(lossOf)).toEqual(alone.errors.filter(({ key }) => met.has(key)).map(lossOf))
      expect(costs!.endpoints.map(lossOf)).toEqual(alone.endpoints.map(lossOf))
      const slow = costs!.slow.filter(({ step, measure }) => measure !== 'ready' || step === 'payment')
      const odds = alone.latency
        .filter(({ step, measure }) => measure !== 'ready' || step === 'payment')
        .map(({ step, measure, navigationType, adjusted, lost }) => ({
          step,
          measure,
          navigationType,
          adjusted,
          lost,
        }))
      expect(slow.map(({ visits, slow: _, slowFrom, ...odd }) => odd)).toEqual(odds)
      compared += met.size + costs!.endpoints.length + odds.length
    }
    expect(compared).toBeGreaterThan(10)

    // Each first visit to a step that was measured is in one part.
    const placed = (one: { step: string; measure: string }) => `${one.step} ${one.measure}`
    const sums = (rows: readonly (readonly [string, number])[]) => {
      const found: Record<string, number> = {}
      for (const [name, visits] of rows) found[name] = (found[name] ?? 0) + visits
      return found
    }
    const measured = whole.latency.flatMap((one) =>
      one.buckets.filter(({ from }) => from !== null).map(({ visits }) => [placed(one), visits] as const),
    )
    expect(
      sums(parts.flatMap(({ costs }) => costs!.slow.map((one) => [placed(one), one.visits] as const))),
    ).toEqual(sums(measured))
  }, 120_000)

  it('shows the ten values with most runs, all others as one, and runs without any', async () => {
    const { breakdown } = await journeyOf({ breakdown: 'browser' })
    const kinds = breakdown!.parts.map(({ kind }) => kind)
    expect(kinds).toEqual([...Array.from({ length: 10 }, () => 'value'), 'other', 'unknown'])
    expect(breakdown!.parts[0]).toMatchObject({ kind: 'value', label: 'Firefox' })
    const shown = breakdown!.parts.filter(({ kind }) => kind === 'value').map(({ runs: count }) => count)
    expect(shown).toEqual([...shown].sort((a, b) => b - a))
  })
})

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'

describe('what a page is', () => {
  const seenAs = async (resource: Record<string, string>) => {
    await replaceRows([enter(runId(T, 'agent'), 'product', T, { resource })])
    const [found] = await engine.query<{ browser: string; browser_version: string; os: string }>(
      'SELECT browser, browser_version, os FROM throughline_visits',
    )
    return Object.values(found!)
  }
  afterAll(() => replaceRows(rows))

  it.each([
    [CHROME, 'Chrome', '150', 'Linux'],
    [`${CHROME} Edg/150.0.0.0`, 'Edge', '150', 'Linux'],
    [`${CHROME} OPR/120.0.0.0`, 'Opera', '120', 'Linux'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', '140', 'Linux'],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
      'Samsung Internet',
      '25',
      'Android',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Version/4.0 Chrome/121.0.0.0 Mobile Safari/537.36',
      'Chrome',
      '121',
      'Android',
    ],
    [`${IPHONE} Version/18.0 Mobile/15E148 Safari/604.1`, 'Safari', '18', 'iOS'],
    [`${IPHONE} CriOS/150.0 Mobile/15E148 Safari/604.1`, 'Chrome', '150', 'iOS'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
      'Safari',
      '18',
      'macOS',
    ],
    ["something else' --", '', '', ''],
    ['Edg|12', '', '', ''],
    ['|Edg|12', '', '', ''],
    [`Chrome/ \n${CHROME}\nEdgA/77.1`, 'Edge', '77', 'Linux'],
  ])('%s is %s %s on %s', async (agent, ...expected) => {
    expect(await seenAs({ 'user_agent.original': agent })).toEqual(expected)
  })

  it('is what it says by name before what its user agent tells', async () => {
    const named = {
      'user_agent.name': 'Vivaldi',
      'user_agent.version': '7.1.2',
      'browser.platform': 'Windows',
    }
    expect(await seenAs({ 'user_agent.original': CHROME, ...named })).toEqual(['Vivaldi', '7', 'Windows'])
  })
})

it('is about these runs', () => expect(runs.length).toBeGreaterThan(400))
