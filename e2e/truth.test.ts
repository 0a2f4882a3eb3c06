import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnalyseOptions, Engine, Estimate, Result } from '@throughline/analysis'
import { analyse, analyseExisting, openEngine } from '@throughline/analysis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hypotheses, journeys } from '../examples/shop/journeys.ts'
import type { Truth } from '../examples/shop/visitors/expected.ts'
import { markRequest } from '../packages/analysis/src/commands/mark.ts'
import { threshold } from '../packages/core/src/sampler.ts'
import type { Service } from '../scripts/processes.ts'
import { buildShop, shopFolder, startDev, startShop, writeAlerts } from '../scripts/shop.ts'
import type { PanelQuery } from './backends/grafana.ts'
import { expandClickhouse, panelQueries } from './backends/grafana.ts'
import type { Fortnight } from './fourteen-days.ts'
import { GOOD_RELEASE, SLOW_RELEASE, spreadOverDays } from './fourteen-days.ts'

// Thousands of simulated visitors go through the real packages over real HTTP. What is true about them is computed from
// their rules (examples/shop/visitors/expected.ts), and has to lie inside the intervals that the report prints.

const data = mkdtempSync(join(tmpdir(), 'throughline-truth-'))
const services: Service[] = []
let truth: Truth
let result: Result
let plain: Plain
let plainTwice: Plain

/** What the queries of docs/backends/clickhouse.md answer, which know nothing but the exporter's own table. */
async function askPlainly(engine: Engine, table = 'otel_traces') {
  const page = readFileSync(new URL('../docs/backends/clickhouse.md', import.meta.url), 'utf8')
  const [funnel, slow, errors] = [...page.matchAll(/```sql\n([^`]*)```/g)].map(([, sql]) =>
    sql!.replaceAll('FROM otel_traces', `FROM ${table}`),
  )
  return {
    funnel: await engine.query<{ step: string; runs: number }>(funnel!),
    slow: await engine.query<{ slow: number; visits: number; conversions: number }>(slow!),
    errors: await engine.query<{
      error: string
      step: string
      variant: string
      runs: number
      conversions: number
    }>(errors!),
  }
}
type Plain = Awaited<ReturnType<typeof askPlainly>>

/** One run in four, by the last digits of its id. */
const SAMPLED = 1 / 4
/** Who drew it, and what the report says. */
let sampled: Readonly<Record<'sampler' | 'collector', Result>>

interface Row {
  readonly TraceState: string
  readonly StatusCode: string
  readonly Duration: number | string
  readonly SpanAttributes: Readonly<Record<string, string>>
}
/**
 * What is stored after sampling, as JSON lines for another folder. Event spans are kept. The sampler of servers keeps
 * the other spans of such a run; the collector of all runs also what failed, or took longer than half of all requests.
 */
async function sample(engine: Engine, by: keyof typeof sampled): Promise<Row[]> {
  const columns =
    'Timestamp, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ResourceAttributes, SpanAttributes, Duration, StatusCode'
  const rows = await engine.query<Row>(`SELECT ${columns} FROM otel_traces`)
  const [{ usual }] = (await engine.query<{ usual: number }>(
    "SELECT median(Duration) AS usual FROM otel_traces WHERE SpanKind IN ('Server', 'SPAN_KIND_SERVER')",
  )) as [{ usual: number }]
  const limit = threshold(SAMPLED)
  const th = limit.replace(/0+$/, '')
  return rows.flatMap((row) => {
    const { 'throughline.run.id': run, 'throughline.event.id': event, ...own } = row.SpanAttributes
    if (run === undefined || event !== undefined) return [row]
    const randomness = run.replaceAll('-', '').slice(-14)
    const status = own['http.response.status_code'] ?? own['http.status_code'] ?? ''
    const isRemarkable =
      /error/i.test(row.StatusCode) || status.startsWith('5') || Number(row.Duration) > Number(usual)
    if (randomness < limit && (by === 'sampler' || !isRemarkable)) return []
    if (by === 'sampler') return [{ ...row, TraceState: `ot=th:${th};rv:${randomness}` }]
    const SpanAttributes = { ...row.SpanAttributes, 'throughline.run.threshold': th }
    return [{ ...row, SpanAttributes, TraceState: `ot=th:${isRemarkable ? '0' : th}` }]
  })
}

type Answer = PanelQuery & { readonly rows: Record<string, unknown>[] }
let existing: Result

interface FullRow extends Row {
  readonly SpanName: string
  readonly ResourceAttributes: Readonly<Record<string, string>>
}

const isOurs = (key: string) => key.startsWith('throughline.')
const withoutOurs = (attributes: Row['SpanAttributes']) =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => !isOurs(key)))

/**
 * What would be stored had nobody heard of Throughline: every span and attribute of ours taken out, and in the spans of
 * browsers what a usual instrumentation says of itself: the page's address, the visitor's session, and each page that
 * was seen. Servers say nothing of either.
 */
async function forgetThroughline(engine: Engine): Promise<object[]> {
  const columns =
    'Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes, SpanAttributes, Duration, StatusCode'
  const rows = await engine.query<FullRow>(`SELECT ${columns} FROM otel_traces`)
  const visitors = new Map<string, string>()
  for (const { SpanName, SpanAttributes: own } of rows)
    if (SpanName === 'throughline.step.enter')
      visitors.set(own['throughline.run.id']!, own['throughline.subject.id']!)
  return rows.flatMap((row) => {
    const { SpanName, SpanAttributes: own, ResourceAttributes: resource } = row
    const isPage = SpanName === 'throughline.step.enter'
    if (isOurs(SpanName) && !isPage) return []
    const page = `https://shop.example/${own['throughline.step.name']}`
    const isWeb = resource['telemetry.sdk.language'] === 'webjs'
    const session = visitors.get(own['throughline.run.id'] ?? '')
    const said = isWeb && session ? { 'session.id': session, 'browser.document.url.full': page } : {}
    return {
      ...row,
      SpanName: isPage ? 'documentLoad' : SpanName,
      ResourceAttributes: withoutOurs(resource),
      SpanAttributes: { ...withoutOurs(own), ...said },
    }
  })
}

let panels: Answer[]

/** What the panels of Grafana's dashboards show, which `throughline alerts` made, of the day before. */
async function askPanels(engine: Engine, now: Date): Promise<Answer[]> {
  const folder = join(data, 'alerts')
  await writeAlerts(folder)
  const to = Math.ceil(now.getTime() / 1000)
  const answers: Answer[] = []
  for (const panel of panelQueries(folder, 'clickhouse')) {
    const query = expandClickhouse(panel.query, to - 86_400, to, 60).replaceAll('now()', `toDateTime(${to})`)
    answers.push({ ...panel, rows: await engine.query(query) })
  }
  return answers
}

beforeAll(async () => {
  await buildShop()
  const dev = await startDev({ port: 0, data })
  services.push(dev)
  const shop = await startShop({ otlp: dev.url, port: 0 })
  services.push(shop)
  const file = join(data, 'truth.json')
  const visitors = spawn(
    process.execPath,
    ['visitors/main.ts', '--shop', shop.url, '--otlp', dev.url, '--truth', file],
    { cwd: shopFolder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [code] = await once(visitors, 'exit')
  expect(code).toBe(0)
  // Stopping the shop sends what its servers still hold.
  await services.pop()!.stop()
  truth = JSON.parse(readFileSync(file, 'utf8'))
  const engine = await openEngine({ folder: data })
  // Judged as of when nobody who was here can still convert.
  const until = new Date(Date.now() + 2 * journeys[0]!.within)
  result = await analyse(engine, { journeys, hypotheses }, { until })
  plain = await askPlainly(engine)
  plainTwice = await askPlainly(engine, '(SELECT * FROM otel_traces UNION ALL SELECT * FROM otel_traces)')
  panels = await askPanels(engine, until)
  const drawn = [await sample(engine, 'sampler'), await sample(engine, 'collector')]
  const forgotten = await forgetThroughline(engine)
  await engine.close()
  const reported: Result[] = []
  for (const [which, rows] of drawn.entries()) {
    const another = await openEngine({ folder: join(data, `sampled-${which}`) })
    for (let at = 0; at < rows.length; at += 5000)
      await another.insert('otel_traces', rows.slice(at, at + 5000))
    reported.push(await analyse(another, { journeys, hypotheses }, { until }))
    await another.close()
  }
  sampled = { sampler: reported[0]!, collector: reported[1]! }
  const others = await openEngine({ folder: join(data, 'existing') })
  for (let at = 0; at < forgotten.length; at += 5000)
    await others.insert('otel_traces', forgotten.slice(at, at + 5000))
  await others.close()
  const byAddress = journeys.map((journey) => ({
    ...journey,
    steps: journey.steps.map((step) => ({ ...step, at: `/${step.name}` })),
  }))
  existing = await analyseExisting(
    { folder: join(data, 'existing') },
    { journeys: byAddress, hypotheses },
    { until },
  )
})

afterAll(async () => {
  for (const service of services.reverse()) await service.stop()
  rmSync(data, { recursive: true, force: true })
})

const holds = (estimate: Estimate, value: number) => {
  expect(estimate.low).toBeLessThanOrEqual(value)
  expect(estimate.high).toBeGreaterThanOrEqual(value)
}

describe('the report on visitors whose truth is known', () => {
  it('counts every visitor at every step, and every conversion, exactly', () => {
    const [checkout] = result.journeys
    expect(checkout).toMatchObject({ runs: truth.visitors, conversions: truth.conversions })
    for (const { name, reached } of checkout!.steps)
      expect({ name, reached }).toEqual({ name, reached: truth.reached[name as keyof Truth['reached']] })
  })

  it('prints intervals of conversion that hold the probabilities', () => {
    const [checkout] = result.journeys
    holds(checkout!.rate, truth.rates.conversion)
    for (const { name, fromStart } of checkout!.steps.slice(1))
      holds(fromStart, truth.rates.fromStart[name as keyof Truth['reached']])
  })

  it('finds what the errors cost, and how many recovered', () => {
    const errors = result.journeys[0]!.errors
    const postcode = errors.find(({ steps }) => steps.includes('shipping'))!
    holds(postcode.lost, truth.lost['postcode-error'])
    expect(postcode.runs).toBe(truth.met['postcode-error'].runs)
    expect(postcode.converted).toBe(truth.met['postcode-error'].converted)
    const failing = result.journeys[0]!.endpoints.find(
      ({ kind, key, service }) =>
        kind === 'failing-endpoint' && service === 'shop' && key.includes('/api/orders'),
    )!
    holds(failing.lost, truth.lost['charge-error'])
  })

  it('finds what slow steps cost, and that the speed of the cart costs nothing', () => {
    const latency = (step: string) =>
      result.journeys[0]!.latency.find((measured) => measured.step === step && measured.measure === 'ready')!
    holds(latency('product').lost!, truth.lost['slow-product'])
    holds(latency('payment').lost!, truth.lost['slow-payment'])
    holds(latency('cart').adjusted!, 1)
  })

  it('compares the variants without bias, and splits them as declared', () => {
    const [hypothesis] = result.hypotheses
    expect(hypothesis!.sampleRatio.ok).toBe(true)
    for (const { variant, subjects, conversions, rate } of hypothesis!.variants) {
      const known = truth.exposed[variant as keyof Truth['exposed']]
      expect({ variant, subjects, conversions }).toEqual({ variant, ...known })
      holds(rate, truth.rates.variant[variant as keyof Truth['exposed']])
    }
    const { control, 'one-page': onePage } = truth.rates.variant
    const [comparison] = hypothesis!.comparisons
    holds(comparison!.relative.fixed, onePage / control - 1)
    holds(comparison!.relative.sequential, onePage / control - 1)
  })
})

describe.each(['sampler', 'collector'] as const)(
  'the report on a sample of the runs, drawn by the %s',
  (by) => {
    it('says the same of all that event spans tell', () => {
      const ofEvents = ({ journeys: [checkout] }: Result) => {
        // Requests are not event spans: what is made of them is of the sample.
        const { endpoints, ranking, steps, ...journey } = checkout!
        return { ...journey, steps: steps.map(({ leftBecause, ...step }) => step) }
      }
      expect(ofEvents(sampled[by])).toEqual(ofEvents(result))
      expect(sampled[by].hypotheses).toEqual(result.hypotheses)
    })

    it('agrees about endpoints within its intervals', () => {
      const failing = ({ journeys: [checkout] }: Result) =>
        checkout!.endpoints.find(
          ({ kind, key, service }) =>
            kind === 'failing-endpoint' && service === 'shop' && key.includes('/api/orders'),
        )!
      const [all, some] = [failing(result), failing(sampled[by])]
      // Which runs are in it is drawn anew each time: twice the interval, so that chance alone fails it once in ten
      // thousand.
      const agrees = (estimate: Estimate, value: number) => {
        expect(estimate.low - (estimate.value - estimate.low)).toBeLessThan(value)
        expect(estimate.high + (estimate.high - estimate.value)).toBeGreaterThan(value)
      }
      agrees(some.lost, all.lost.value)
      agrees(some.recovered, all.recovered.value)
      // A quarter of them stands for all: four standard deviations of that share.
      expect(Math.abs(some.runs / all.runs - 1)).toBeLessThan(
        4 * Math.sqrt((1 - SAMPLED) / SAMPLED / all.runs),
      )
      expect(some.lost.high - some.lost.low).toBeGreaterThan(all.lost.high - all.lost.low)
    })
  },
)

describe('the report on the same visitors by telemetry that knows nothing of Throughline', () => {
  it('has the same funnel', () => {
    const [checkout] = existing.journeys
    expect(checkout).toMatchObject({ runs: truth.visitors, conversions: truth.conversions })
    for (const { name, reached } of checkout!.steps)
      expect({ name, reached }).toEqual({ name, reached: truth.reached[name as keyof Truth['reached']] })
  })

  it('finds what the failing endpoint costs, and who met the error', () => {
    const { runs, converted } = truth.met['postcode-error']
    expect(existing.journeys[0]!.errors).toMatchObject([{ runs, converted }])
    const failing = existing.journeys[0]!.endpoints.find(
      ({ kind, key, service }) =>
        kind === 'failing-endpoint' && service === 'shop' && key.includes('/api/orders'),
    )!
    holds(failing.lost, truth.lost['charge-error'])
  })

  it('judges no hypothesis, and says what it cannot know', () => {
    expect(existing.hypotheses).toEqual([])
    expect(existing.trust.notes[0]).toMatchObject({ level: 'warning', kind: 'existing' })
  })
})

describe('the exporter’s own table, asked as docs/backends/clickhouse.md says', () => {
  it('tells where people leave', () => {
    const reached = result.journeys[0]!.steps.map(({ name, reached }) => ({ step: name, runs: reached }))
    expect(plain.funnel).toEqual(reached)
  })

  it('tells whether a slow step goes with fewer conversions', () => {
    const ready = result.journeys[0]!.latency.find(
      ({ step, measure }) => step === 'payment' && measure === 'ready',
    )!
    const sums = [false, true].map((slow) => {
      const buckets = ready.buckets.filter((bucket) => bucket.slow === slow && bucket.from !== null)
      const sum = (of: 'visits' | 'conversions') => buckets.reduce((total, bucket) => total + bucket[of], 0)
      return { slow: Number(slow), visits: sum('visits'), conversions: sum('conversions') }
    })
    expect(plain.slow.map(({ slow, visits, conversions }) => ({ slow, visits, conversions }))).toEqual(sums)
  })

  it('tells which errors were met, by step and variant', () => {
    const { errors } = result.journeys[0]!
    expect(errors.length).toBeGreaterThan(0)
    for (const { key, runs, converted } of errors) {
      const rows = plain.errors.filter(({ error }) => error === key)
      const sum = (of: 'runs' | 'conversions') => rows.reduce((total, row) => total + row[of], 0)
      expect({ runs: sum('runs'), converted: sum('conversions') }).toEqual({ runs, converted })
    }
  })

  it('is not misled by what is stored twice', () => {
    expect(plainTwice).toEqual(plain)
  })
})

describe('Grafana on ClickHouse, asked by its panels', () => {
  const rowsOf = (panel: string, step?: string) =>
    panels.find((answer) => answer.panel === panel && answer.step === step)!.rows

  it('answers every one of them', () => {
    const empty = panels.filter(({ rows }) => rows.length === 0)
    const names = new Set(empty.map(({ panel, step }) => (step ? `${panel} (${step})` : panel)))
    expect(panels).toHaveLength(44)
    expect([...names]).toEqual([
      // Nothing was refused, no clock was ahead, the shop has an error on one step alone, and asks nothing on the last.
      'Why events were refused',
      'Visits of devices whose clock is ahead',
      ...['product', 'cart', 'payment', 'confirmation'].map((step) => `Errors by variant (${step})`),
      'What servers answered (confirmation)',
    ])
  })

  it('counts runs, conversions and who left as the report does', () => {
    const [checkout] = result.journeys
    const { runs, conversions, steps, errors } = checkout!
    expect(rowsOf('Runs and conversions')).toMatchObject([{ runs, conversions }])
    expect(rowsOf('Runs that came to each step')).toEqual(
      steps.map(({ name, reached }) => ({ step: name, runs: reached })),
    )
    const left = steps.filter(({ droppedOff }) => droppedOff > 0)
    expect(
      Object.fromEntries(rowsOf('Where those left who did not convert').map((row) => [row.step, row.runs])),
    ).toEqual(Object.fromEntries(left.map(({ name, droppedOff }) => [name, droppedOff])))
    expect(rowsOf('Errors').map(({ error, runs, conversions }) => ({ error, runs, conversions }))).toEqual(
      errors.map(({ key, runs, converted }) => ({ error: key, runs, conversions: converted })),
    )
  })

  it('compares slow visits with fast ones, and variants, as the report does', () => {
    const ready = result.journeys[0]!.latency.find(
      ({ step, measure }) => step === 'payment' && measure === 'ready',
    )!
    const sum = (of: 'visits' | 'conversions', rows: readonly { visits: number; conversions: number }[]) =>
      rows.reduce((total, row) => total + row[of], 0)
    const slow = rowsOf('Conversion by how soon it was usable', 'payment') as {
      usable: string
      visits: number
      conversions: number
    }[]
    const fast = slow.filter(({ usable }) => usable === 'up to 1 s' || usable === '1 to 2 s')
    const inTime = ready.buckets.filter((bucket) => !bucket.slow && bucket.from !== null)
    for (const of of ['visits', 'conversions'] as const) expect(sum(of, fast)).toBe(sum(of, inTime))
    const [{ variants }] = result.hypotheses as [(typeof result.hypotheses)[number]]
    expect(
      rowsOf('Runs and conversions by variant').map(({ variant, runs, conversions, declared }) => ({
        variant,
        runs,
        conversions,
        declared,
      })),
    ).toEqual(
      variants.map(({ variant, subjects, conversions }) => ({
        variant,
        runs: subjects,
        conversions,
        declared: 0.5,
      })),
    )
  })

  it('accounts for events as the report does', () => {
    const { notes, refusedFor, ...pages } = { notes: [], ...result.trust.delivery }
    const [row] = rowsOf('What became of the events of pages and servers').filter(
      ({ is_server }) => !is_server,
    )
    expect(row).toEqual({ is_server: false, ...pages })
  })
})

// Last, since it moves what is stored.
describe('the same visitors, moved to fourteen days', () => {
  const DAY = 864e5
  let days: Fortnight
  let engine: Engine
  const ask = (options: AnalyseOptions): Promise<Result> =>
    analyse(
      engine,
      { journeys, hypotheses },
      { since: new Date(days.start), until: new Date(days.end), ...options },
    )

  beforeAll(async () => {
    // The folder is needed here: `dev` answers questions, but nobody's commands.
    await services.pop()!.stop()
    const dev = await openEngine({ folder: data })
    days = await spreadOverDays(dev, Math.floor(Date.now() / DAY) * DAY - 15 * DAY)
    await dev.close()
    const again = await startDev({ port: 0, data })
    services.push(again)
    const { from, to } = days.incident
    const response = await fetch(`${again.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(markRequest('incident', 'card provider down', new Date(from), new Date(to))),
    })
    expect(response.status).toBe(200)
    engine = await openEngine({ folder: data })
  })
  afterAll(() => engine.close())

  it('finds the two days on which a release slowed payment, by day', async () => {
    const { journeys: found, marks } = await ask({ every: 'day' })
    const trend = found[0]!.trend!
    expect(trend).toHaveLength(14)
    // On a busy machine everybody waits longer, so days are compared with each other.
    const ready = trend.map(({ steps }) => steps.find(({ name }) => name === 'payment')!.ready!)
    const others = ready.filter((_, day) => !days.slowDays.includes(day))
    for (const day of days.slowDays)
      for (const other of others) expect(ready[day]!.low).toBeGreaterThan(other.value)
    const seen = marks.find(({ kind, label }) => kind === 'release' && label === SLOW_RELEASE)
    expect(Math.floor((Date.parse(seen!.at) - days.start) / DAY)).toBe(days.slowDays[0])
    expect(trend.reduce((sum, { runs }) => sum + runs, 0)).toBe(found[0]!.runs)
  })

  it('says what the release changed, against the one before and against another time', async () => {
    const { journeys: found } = await ask({ where: [`release=${SLOW_RELEASE}`], against: GOOD_RELEASE })
    const change = found[0]!.change!
    holds(change.rate!.difference, days.chances.slow - days.chances.good)
    expect(change.rate!.difference.high).toBeLessThan(0)
    const payment = change.ready.find(({ step }) => step === 'payment')!
    expect(payment.change.difference.low).toBeGreaterThan(500)
    // The release was there on the two days alone, so those days against the two before say the same.
    const [first] = days.slowDays
    const at = (day: number) => new Date(days.start + day * DAY)
    const { journeys: later } = await ask({ since: at(first!), until: at(first! + 2), against: 'previous' })
    const ready = later[0]!.change!.ready.find(({ step }) => step === 'payment')!
    expect(ready.change.difference.low).toBeGreaterThan(500)
    holds(later[0]!.change!.rate!.difference, days.chances.slow - days.chances.good)
    const came = later[0]!.change!.perDay!
    holds(came.difference, days.perDay.slow - days.perDay.good)
    holds(came.difference, 0)
  })

  it('finds the browser that alone has an error', async () => {
    const { journeys: found } = await ask({ breakdown: 'browser' })
    const [journey] = found
    const errors = new Map(journey!.breakdown!.parts.map(({ label, errorRuns }) => [label, errorRuns]))
    const postcode = journey!.errors.find(({ steps }) => steps.includes('shipping'))!
    expect(postcode.runs).toBeGreaterThan(100)
    expect(Object.fromEntries(errors)).toEqual({ Chrome: 0, Firefox: 0, Safari: postcode.runs })
    const { journeys: others } = await ask({ where: ['browser=Chrome', 'browser=Firefox'] })
    expect(others[0]!.errors).toEqual([])
    // What the release and the error cost stands in one list, with the slow step.
    const kinds = new Set(journey!.ranking.problems.filter(({ certain }) => certain).map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['error', 'slow-step']))
  })

  it('finds the variant that loses what its pages send', async () => {
    const { trust } = await ask({})
    const found = trust.notes.filter(({ kind }) => kind === 'loss-by-variant')
    expect(days.lost.events).toBeGreaterThan(100)
    expect(found.map(({ text }) => text)).toEqual([
      expect.stringContaining('one-page-payment, variant one-page: '),
    ])
    const [, events, pages] = /\((\d+) events of (\d+) pages\)/.exec(found[0]!.text.replaceAll(',', ''))!
    // The last event of a page is not missed where no account came after it.
    for (const [told, lost] of [
      [events, days.lost.events],
      [pages, days.lost.pages],
    ] as const) {
      expect(Number(told)).toBeGreaterThan(0.98 * lost)
      expect(Number(told)).toBeLessThanOrEqual(lost)
    }
  })

  it('says what an incident cost, those who never came included', async () => {
    const { journeys: found } = await ask({})
    const [incident] = found[0]!.incidents
    expect(incident).toMatchObject({ mark: { label: 'card provider down' }, hours: 4 })
    holds(incident!.conversions.missing, days.missing.conversions)
    expect(incident!.conversions).toMatchObject({ observed: 0 })
    expect(incident!.conversions.missing.low).toBeGreaterThan(0)
    holds(incident!.runs.missing, days.missing.runs)
    expect(incident!.runs.missing.low).toBeGreaterThan(0)
  })
})
