import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildCollector, MANIFEST, NO_GO } from '../collector-config/build.ts'
import type { Service } from '../scripts/processes.ts'
import { createSchema, startBridge, tablesOf } from './collector/bridge-process.ts'
import type { Gateway } from './collector/gateway.ts'
import { startGateway } from './collector/gateway.ts'
import { keyValues, post, span, traces } from './collector/otlp.ts'
import type { Broker } from './kafka/broker.ts'
import { createBroker } from './kafka/broker.ts'

// Kafka between the gateway and ClickHouse, as docs/scale.md sets it up: what a gateway acknowledged is stored,
// whatever of the three is killed under load, and what comes twice changes nothing in the report.

const checkout = defineJourney('checkout', { version: '1', steps: ['cart', 'paid'], converts: 'paid' })
const PATIENCE = { timeout: 120_000, interval: 500 }

/** The collector of builder.yaml with Kafka's modules, in the newest version that is to be had. */
const CONTRIB = 'github.com/open-telemetry/opentelemetry-collector-contrib'
const WITH_KAFKA = MANIFEST.replace(
  'receivers:\n',
  `receivers:\n  - gomod: ${CONTRIB}/receiver/kafkareceiver v0.160.0\n`,
).replace('exporters:\n', `exporters:\n  - gomod: ${CONTRIB}/exporter/kafkaexporter v0.160.0\n`)

const folder = mkdtempSync(join(tmpdir(), 'throughline-kafka-'))
let collector: string
let broker: Broker
let bridge: Service
let engine: Engine
let front: Gateway
let back: Gateway

function blocks(): string[] {
  const page = readFileSync(new URL('../docs/scale.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('## Kafka in between'))
  return [...section.matchAll(/```yaml\n([^`]*)```/g)].map(([, yaml]) => yaml!)
}
const file = (name: string) => join(folder, name)

const startFront = () =>
  startGateway(collector, file('front'), 'http://127.0.0.1:9', { KAFKA_BROKER: broker.address }, [
    file('out.yaml'),
  ])
/** Reads for a group; each has a queue of its own. */
const startBack = (group: string) =>
  startGateway(collector, file(group), bridge.url, { KAFKA_BROKER: broker.address, KAFKA_GROUP: group }, [
    file('in.yaml'),
  ])

beforeAll(async () => {
  const built = await buildCollector(WITH_KAFKA)
  if (!built) throw new Error(NO_GO)
  collector = built
  const [out, back_] = blocks()
  writeFileSync(file('out.yaml'), out!)
  writeFileSync(file('in.yaml'), back_!)
  broker = await createBroker(file('kafka'))
  await broker.start()
  bridge = await startBridge(file('clickhouse'))
  await createSchema(bridge)
  engine = await openEngine({ url: tablesOf(bridge) })
  front = await startFront()
  back = await startBack('throughline')
})

afterAll(async () => {
  await front?.stop()
  await back?.stop()
  await engine?.close()
  await bridge?.stop()
  await broker?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let made = 0
/** A run that came to both steps, in a request of its own; every second one converts. */
function visit() {
  const number = made++
  const time = Date.now()
  const digits = time.toString(16).padStart(12, '0')
  const run = `${digits.slice(0, 8)}-${digits.slice(8)}-7abc-8def-${number.toString(16).padStart(12, '0')}`
  const steps = number % 2 ? ['cart'] : ['cart', 'paid']
  const body = traces(
    'kafka',
    steps.map((step, index) =>
      span({
        name: 'throughline.step.enter',
        attributes: keyValues({
          'throughline.journey.name': 'checkout',
          'throughline.journey.version': '1',
          'throughline.run.id': run,
          'throughline.step.name': step,
          'throughline.step.index': index,
          'throughline.step.attempt': 1,
          'throughline.visit.index': index + 1,
          'throughline.visit.id': `${index}${run.replaceAll('-', '').slice(1)}`,
          'throughline.event.id': `${index}${run.replaceAll('-', '').slice(1)}`,
          'throughline.event.source': 'browser',
        }),
      }),
    ),
  )
  return { run, body }
}

const taken = new Set<string>()
let isSending = true
/** Sends one run after the other, as a client does that gives up on what is refused. */
async function send() {
  while (isSending) {
    const { run, body } = visit()
    const status = await post(`${front.publicUrl}/v1/traces`, body).catch(() => 0)
    if (status === 200) taken.add(run)
    // Nobody is there: a gateway that is killed stays away for a moment.
    else await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const acknowledged = (more: number) => {
  const until = taken.size + more
  return expect.poll(() => taken.size, PATIENCE).toBeGreaterThanOrEqual(until)
}
const stored = async () =>
  new Set(
    (
      await engine.query<{ run: string }>(
        "SELECT DISTINCT SpanAttributes['throughline.run.id'] AS run FROM otel_traces WHERE ServiceName = 'kafka'",
      )
    ).map(({ run }) => run),
  )
const missing = async () => {
  const here = await stored()
  return [...taken].filter((run) => !here.has(run))
}
const spans = async () => {
  const [row] = await engine.query<{ spans: number; different: number }>(
    "SELECT count() AS spans, uniqExact(SpanId) AS different FROM otel_traces WHERE ServiceName = 'kafka'",
  )
  return row!
}
const report = async () => {
  const { journeys } = await analyse(
    engine,
    { journeys: [checkout], hypotheses: [] },
    { until: new Date(Date.now() + 3 * checkout.within) },
  )
  const [{ runs, conversions, steps, rate }] = journeys as [(typeof journeys)[number]]
  return { runs, conversions, rate, reached: steps.map((step) => step.reached) }
}

it('stores all that was acknowledged, though gateway, broker and reader are killed under load', async () => {
  const senders = Array.from({ length: 4 }, send)
  await acknowledged(200)
  await expect.poll(async () => (await stored()).size, PATIENCE).toBeGreaterThan(0)

  await back.kill()
  await acknowledged(200)
  back = await startBack('throughline')

  await front.kill()
  front = await startFront()
  await acknowledged(200)

  await broker.kill()
  // The gateway's queue holds what Kafka does not take.
  await acknowledged(200)
  await broker.start()
  await acknowledged(200)

  isSending = false
  await Promise.all(senders)
  await expect.poll(missing, PATIENCE).toEqual([])
})

it('stores all of it twice for a second reader, and reports the same', async () => {
  const before = await spans()
  const once = await report()
  expect(once.runs).toBe((await stored()).size)
  expect(once.reached[0]).toBe(once.runs)

  const second = await startBack('again')
  try {
    await expect
      .poll(async () => (await spans()).spans, PATIENCE)
      .toBeGreaterThanOrEqual(before.spans + before.different)
  } finally {
    await second.stop()
  }
  expect((await spans()).different).toBe(before.different)
  expect(await report()).toEqual(once)
})
