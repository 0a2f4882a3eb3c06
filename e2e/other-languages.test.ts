import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Attributes } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { strings } from './collector/spans.ts'
import { buildPython, NoPython } from './other-languages/python.ts'
import type { Road } from './other-languages/world.ts'
import { browse, figures, HOSTILE, MARKER, openWorld, post, report, stored } from './other-languages/world.ts'

// A browser, a Python service with OpenTelemetry's own baggage span processor, our Node server behind it: what is
// stamped, and what hostile baggage cannot do, on both roads into the tables. Go and Java, whose services take longer
// to build, are in `npm run slow`.

const python = await buildPython().catch((error) => {
  if (process.env.CI || !(error instanceof NoPython)) throw error
  console.log(`skipped the service in Python: ${error.message}`)
  return undefined
})
const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const world = openWorld()
afterAll(() => world.stop())

describe.skipIf(!python).each([
  ['throughline dev', world.openDev],
  ['the gateway', () => world.openGateway(collector!)],
] as const)('a service in Python, into %s', (name, open) => {
  const isSkipped = name === 'the gateway' && !collector
  let road: Road
  /** By what they stamp. */
  const urls: Record<string, string> = {}

  beforeAll(async () => {
    if (isSkipped) return
    road = await open()
    const node = await world.startNode(road)
    for (const stamps of ['documented', 'bare']) {
      const args = [at('./other-languages/python/service.py'), node, stamps]
      urls[stamps] = await world.start(stamps, road, { command: python!, args })
    }
  })

  it.skipIf(isSkipped)('is tagged through its baggage, and hands it on', async () => {
    const { events, context, baggage } = browse()
    await report(road, events)
    await post(`${urls.documented}/orders`, baggage)
    expect(context).toMatchObject({
      'throughline.visit.id': expect.stringMatching(/^[\da-f]{32}$/),
      'throughline.visit.index': 2,
      'throughline.step.name': 'payment',
      'throughline.hypothesis.one-page-payment': 'one-page',
    })
    expect(await stored(road, 'documented', 3)).toEqual(
      ['POST', 'POST /orders', 'reserve'].map((name) => ({ name, attributes: strings(context) })),
    )
    const onNode = (await stored(road, 'orders', 3)).map(({ name, attributes }) => ({ name, ...attributes }))
    const expected = strings(context)
    expect(onNode).toEqual(
      ['POST', 'query', 'throughline.run.end'].map((name) => expect.objectContaining({ name, ...expected })),
    )
    expect((await figures(road)).journeys[0]).toMatchObject({
      runs: 1,
      conversions: 1,
      value: [{ currency: 'EUR', amount: 40 }],
    })
  })

  it.skipIf(isSkipped)('is no way into the report for hostile baggage, whatever it stamps', async () => {
    const { events, context, baggage } = browse()
    await report(road, events)
    await stored(road, 'browser', 2 * events.length)
    const before = await figures(road)
    expect(before.journeys[0]).toMatchObject({ runs: 2, conversions: 1 })

    await post(`${urls.documented}/look`, { ...baggage, ...HOSTILE, ...MARKER })
    await post(`${urls.bare}/look`, { ...baggage, ...HOSTILE, ...MARKER })
    await stored(road, 'orders', 3 + 2 * 2)
    const careful = (await stored(road, 'documented', 6)).filter(({ name }) => name !== 'POST /orders')
    const careless = await stored(road, 'bare', 3)
    // It did stamp what it was sent, and would have stamped the rest.
    const of = (attributes: Attributes) => strings({ ...context, ...attributes })
    expect(careless.map(({ attributes }) => attributes)).toEqual([of(MARKER), of(MARKER), of(MARKER)])
    expect(careful.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain('throughline.marker')
    expect(await figures(road)).toEqual(before)
  })
})

it('stamps by the predicate that the documents give', () => {
  const predicate = String.raw`^throughline\.(journey|run\.id|step|visit|hypothesis)`
  for (const file of [
    './other-languages/python/service.py',
    './other-languages/go/main.go',
    '../README.md',
    '../docs/attributes.md',
    '../docs/guides/other-languages.md',
  ])
    expect(readFileSync(at(file), 'utf8'), file).toContain(predicate)
})
