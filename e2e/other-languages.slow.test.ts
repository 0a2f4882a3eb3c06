import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { strings } from './collector/spans.ts'
import { buildGo, buildJava, buildJavaWithAgent } from './other-languages/compiled.ts'
import type { Road } from './other-languages/world.ts'
import { browse, figures, HOSTILE, MARKER, openWorld, post, report, stored } from './other-languages/world.ts'

// A browser, a service in Go or Java that is set up as docs/guides/other-languages.md says, our Node server behind it.
// The one in Java confirms the order itself; behind the one in Go, our server does.

const world = openWorld()
afterAll(() => world.stop())

describe.each([
  {
    language: 'Go',
    build: buildGo,
    itsSpans: ['POST', 'POST /orders', 'reserve'],
    onNode: ['POST', 'query', 'throughline.run.end'],
  },
  {
    language: 'Java',
    build: buildJava,
    itsSpans: ['POST', 'POST /orders', 'reserve', 'throughline.run.end'],
    onNode: ['POST', 'query'],
  },
])('a service in $language', ({ language, build, itsSpans, onNode }) => {
  let road: Road
  let url: string

  beforeAll(async () => {
    road = await world.openDev()
    const { command, args } = await build()
    url = await world.start(language, road, { command, args: [...args, await world.startNode(road)] })
  })

  it('is tagged through its baggage, and hands it on', async () => {
    const { events, context, baggage } = browse()
    await report(road, events)
    await post(`${url}/orders`, baggage)
    const tagged = (names: readonly string[]) =>
      names.map((name) => ({ name, attributes: expect.objectContaining(strings(context)) }))
    expect(await stored(road, language, itsSpans.length)).toEqual(tagged(itsSpans))
    expect(await stored(road, 'orders', onNode.length)).toEqual(tagged(onNode))
    expect((await figures(road)).journeys[0]).toMatchObject({
      runs: 1,
      conversions: 1,
      value: [{ currency: 'EUR', amount: 40 }],
    })
  })

  it('changes nothing when it is asked for the same again', async () => {
    const before = await figures(road)
    const { baggage } = browse()
    const [first] = await stored(road, language, itsSpans.length)
    const same = Object.fromEntries(
      Object.keys(baggage).map((key) => [key, first!.attributes[key] ?? baggage[key]!]),
    )
    await post(`${url}/orders`, same)
    await stored(road, language, 2 * itsSpans.length)
    expect(await figures(road)).toEqual(before)
  })

  it('stamps nothing that baggage must not say', async () => {
    const { events, baggage } = browse()
    await report(road, events)
    await post(`${url}/look`, { ...baggage, ...HOSTILE, ...MARKER })
    const its = await stored(road, language, 2 * itsSpans.length + 3)
    expect(its.map(({ name }) => name)).toContain('POST /look')
    for (const { name, attributes } of its)
      if (name === 'POST /look')
        expect(Object.keys(attributes).filter((key) => key in { ...HOSTILE, ...MARKER })).toEqual([])
    expect(its.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain('throughline.marker')
    expect((await figures(road)).journeys[0]).toMatchObject({ runs: 2, conversions: 1 })
  })
})

it('a service in Java with the agent is tagged, and hands the journey on, without a line of code', async () => {
  const road = await world.openDev()
  const { command, args } = await buildJavaWithAgent()
  const url = await world.start('agent', road, { command, args: [...args, await world.startNode(road)] })
  const { events, context, baggage } = browse()
  await report(road, events)
  await post(`${url}/orders`, { ...baggage, ...HOSTILE, ...MARKER })
  const tagged = expect.objectContaining(strings(context))
  const spans = await stored(road, 'agent', 2)
  expect(spans.map(({ attributes }) => attributes)).toEqual([tagged, tagged])
  const names = spans.flatMap(({ attributes }) => Object.keys(attributes))
  expect(names.filter((name) => name in { ...HOSTILE, ...MARKER })).toEqual([])
  expect((await stored(road, 'orders', 3)).map(({ attributes }) => attributes)).toEqual([
    tagged,
    tagged,
    tagged,
  ])
})
