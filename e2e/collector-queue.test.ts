import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { keyValues, post, span, traces } from './collector/otlp.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const PATIENCE = { timeout: 90_000 }
const QUEUE_BYTES = 4_000_000

describe.skipIf(!collector)("the gateway's queue", () => {
  let world: World
  afterEach(() => world?.stop())

  /** About 200 kB. */
  const send = (name: string) =>
    post(
      `${world.gateway.publicUrl}/v1/traces`,
      traces(
        'queue',
        Array.from({ length: 400 }, () => span({ name, attributes: keyValues({ text: 'x'.repeat(400) }) })),
      ),
    )

  const stored = async () =>
    (
      await world.engine.query<{ name: string }>(
        "SELECT DISTINCT SpanName AS name FROM otel_traces WHERE ServiceName = 'queue'",
      )
    ).map(({ name }) => name)

  it('takes no more than it was given, which fits its disk, and stores all that it took', async () => {
    world = await startWorld(collector!, { THROUGHLINE_QUEUE_BYTES: `${QUEUE_BYTES}` })
    await world.bridge.stop()
    const taken: string[] = []
    let status = 200
    for (let at = 0; at < 200 && status === 200; at++) {
      status = await send(`request ${at}`)
      if (status === 200) taken.push(`request ${at}`)
    }
    expect(status).toBe(503)
    const queue = join(world.folder, 'queue')
    const onDisk = readdirSync(queue).reduce((sum, name) => sum + statSync(join(queue, name)).blocks * 512, 0)
    // As collector-config/README.md says.
    expect(onDisk).toBeLessThan(3 * QUEUE_BYTES)

    await world.startBridge()
    await expect.poll(async () => (await stored()).sort(), PATIENCE).toEqual(taken.sort())
    await expect.poll(() => send('after'), PATIENCE).toBe(200)
    await expect.poll(stored, PATIENCE).toContain('after')
  })
})
