import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { insertsOf } from './collector/bridge-process.ts'
import { GIVEN_UP, HANDED_OVER, sumOf } from './collector/counters.ts'
import type { Hostile } from './collector/hostile.ts'
import { HOSTILE } from './collector/hostile.ts'
import { logs, post, span, traces } from './collector/otlp.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// What anyone may send must not make an insert that ClickHouse refuses: the batch would be tried for a day, and a few
// of them would hold up all others.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

/** One batch at a time: a single one that is refused is then in the way of all others. */
const ONE_AT_A_TIME = 'yaml:exporters::clickhouse::sending_queue::num_consumers: 1'
/** Whatever comes goes to ClickHouse, as if there were no rules. */
const NO_RULES = [
  'yaml:service::pipelines::traces/public::processors: [memory_limiter]',
  'yaml:service::pipelines::logs::processors: [memory_limiter]',
]

const NO_RETRIES = 'yaml:exporters::clickhouse::retry_on_failure::enabled: false'

const send = (world: World, { signal }: Hostile, body: object) =>
  post(`${world.gateway.publicUrl}/v1/${signal}`, body)

const good = ({ what, signal }: Hostile) =>
  signal === 'traces' ? traces(`good ${what}`, [span()]) : logs(`good ${what}`, [{}])

const stored = async (world: World, { what, signal }: Hostile) =>
  (
    await world.engine.query(`SELECT 1 AS one FROM otel_${signal} WHERE ServiceName = {service:String}`, {
      service: `good ${what}`,
    })
  ).length

describe.skipIf(!collector)('without the rules of the gateway', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(collector!, {}, [NO_RETRIES, ...NO_RULES])
  })
  afterAll(() => world?.stop())

  it.each(HOSTILE)('ClickHouse meets $what: $without', async (hostile) => {
    const before = await counts()
    expect(await send(world, hostile, hostile.request())).toBe(200)
    await expect.poll(async () => (await counts()).join(), { timeout: 60_000 }).not.toBe(before.join())
    const [refused] = await counts()
    expect(refused! > before[0]! ? 'refused' : 'taken').toBe(hostile.without)

    async function counts() {
      const { telemetryUrl } = world.gateway
      return [await sumOf(telemetryUrl, GIVEN_UP), await sumOf(telemetryUrl, HANDED_OVER)]
    }
  })
})

describe.skipIf(!collector)('an insert that ClickHouse would refuse', () => {
  let world: World
  afterAll(() => world?.stop())

  it.each(['traces', 'logs'] as const)(
    'of %s holds up all others, where there are no rules',
    async (signal) => {
      const hostile = HOSTILE.find((kind) => kind.signal === signal && kind.without === 'refused')!
      const unruly = await startWorld(collector!, {}, [ONE_AT_A_TIME, ...NO_RULES])
      try {
        await send(unruly, hostile, hostile.request())
        await tried(1)
        expect(await send(unruly, hostile, good(hostile))).toBe(200)
        await tried(3)
        expect(await insertsOf(unruly.bridge)).toMatchObject({ taken: 0 })
      } finally {
        await unruly.stop()
      }

      /** Waits until ClickHouse has refused it that often. */
      async function tried(count: number) {
        const refused = async () => (await insertsOf(unruly.bridge)).refused
        await expect.poll(refused, { timeout: 60_000 }).toBeGreaterThanOrEqual(count)
      }
    },
  )

  it.each(HOSTILE)('is not made of $what', async (hostile) => {
    world ??= await startWorld(collector!, {}, [ONE_AT_A_TIME])
    await send(world, hostile, hostile.request())
    expect(await send(world, hostile, good(hostile))).toBe(200)
    await expect.poll(() => stored(world, hostile), { timeout: 60_000 }).toBe(1)
  })
})
