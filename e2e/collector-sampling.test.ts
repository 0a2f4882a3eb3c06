import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { threshold } from '../packages/core/src/sampler.ts'
import { keyValues, post, span, traces } from './collector/otlp.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// The sampling of docs/scale.md, in the real collector. `packages/analysis/src/ask/sampling.test.ts` shows that the
// report over such a sample agrees with the one over everything.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const PATIENCE = { timeout: 60_000 }

const time = Date.now().toString(16).padStart(12, '0')
const runWith = (digits: string) =>
  `${time.slice(0, 8)}-${time.slice(8)}-7abc-8d${digits.slice(0, 2)}-${digits.slice(2)}`
const RUNS = ['00000000000000', 'bfffffffffffff', 'c0000000000000', 'ffffffffffffff'].map(runWith)

describe.skipIf(!collector)('a sample in the collector', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(collector!, {
      THROUGHLINE_SAMPLE_THRESHOLD: 'c',
      THROUGHLINE_SAMPLE_SLOW: '800ms',
    })
  })
  afterAll(() => world?.stop())

  it('keeps whole runs as the sampler would, events, what is slow and what failed; and says how likely that was', async () => {
    const now = Date.now()
    const of = (run: string | undefined, name: string, given: object = {}, attributes: object = {}) =>
      span({
        name,
        kind: 1,
        startTimeUnixNano: `${now - 5000}000000`,
        endTimeUnixNano: `${now - 5000 + 10}000000`,
        attributes: keyValues({
          ...(run ? { 'throughline.run.id': run, 'throughline.journey.name': 'checkout' } : {}),
          ...attributes,
        }),
        ...given,
      })
    const spans = RUNS.flatMap((run, at) => [
      of(run, `fast ${at}`),
      of(run, `sampled ${at}`, { traceState: 'other=1,ot=th:8;rv:12345678901234' }),
      of(run, `sampled more ${at}`, { traceState: 'ot=rv:12345678901234;th:e' }),
      of(run, `told ${at}`, { kind: 2, traceState: 'ot=th:e' }, { 'throughline.run.threshold': 'e' }),
      of(run, `slow ${at}`, {
        endTimeUnixNano: `${now - 5000 + 800}000000`,
        traceState: 'ot=th:8;rv:12345678901234',
      }),
      of(run, `failed ${at}`, { status: { code: 2 } }),
      of(run, `answered 503 ${at}`, {}, { 'http.response.status_code': 503 }),
      of(
        run,
        'throughline.step.enter',
        {},
        {
          'throughline.event.id': `${at}`.repeat(32),
          'throughline.event.source': 'browser',
        },
      ),
    ])
    const outside = of(undefined, 'outside of any run')
    for (const url of [world.gateway.publicUrl, world.gateway.internalUrl])
      expect(await post(`${url}/v1/traces`, traces('sampled', [...spans, outside]))).toBe(200)

    const kept = (at: number) => RUNS[at]!.replaceAll('-', '').slice(-14) >= threshold(1 / 4)
    const expected = (door: 'public' | 'internal') =>
      RUNS.flatMap((_, at) => [
        ...(kept(at)
          ? [
              `fast ${at} c ot=th:c`,
              `sampled ${at} c ot=th:c;rv:12345678901234,other=1`,
              `sampled more ${at} c ot=rv:12345678901234;th:e`,
              // A page that says that one request to a server stands for many is not believed.
              `told ${at} ${door === 'public' ? 'c ot=th:c' : 'e ot=th:e'}`,
            ]
          : []),
        `slow ${at} c ot=th:8;rv:12345678901234`,
        `failed ${at} c ot=th:0`,
        `answered 503 ${at} c ot=th:0`,
        'throughline.step.enter  ot=th:0',
      ]).concat('outside of any run  ')
    expect(expected('public').filter((line) => line.startsWith('fast'))).toHaveLength(2)
    const stored = async () =>
      (
        await world.engine.query<{ line: string }>(
          "SELECT concat(SpanName, ' ', SpanAttributes['throughline.run.threshold'], ' ', TraceState) AS line FROM otel_traces WHERE ServiceName = 'sampled'",
        )
      )
        .map(({ line }) => line)
        .sort()
    await expect.poll(stored, PATIENCE).toEqual([...expected('public'), ...expected('internal')].sort())
  })
})
