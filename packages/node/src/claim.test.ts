import { diag, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import { defineJourney, isName, isVersion } from '@throughline/core'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { counts } from './counts'
import { journeyProcessors } from './processors'
import { createRegistry } from './registry'
import { checkout, definitions, header, members, membersOf1, runId, stampOf, VISIT } from './testing'

const DAY = 864e5
const propagator = new W3CBaggagePropagator()
const getter = { get: (carrier: { baggage: string }) => carrier.baggage, keys: () => ['baggage'] }
const received = (baggage: string) => propagator.extract(ROOT_CONTEXT, { baggage }, getter)

/** What a span of a request with this header is stamped with, and what was counted. */
function stamped(baggage: string, using = definitions) {
  const before = counts()
  const setAttributes = vi.fn()
  journeyProcessors(using).spanProcessor.onStart({ setAttributes }, received(baggage))
  const after = counts()
  const refused = Object.fromEntries(
    Object.entries(after)
      .map(([reason, count]) => [reason, count - before[reason as keyof typeof before]] as const)
      .filter(([, count]) => count > 0),
  )
  return { attributes: setAttributes.mock.calls[0]?.[0], refused }
}

afterEach(() => diag.disable())

describe('baggage', () => {
  it('that fits the definitions is believed, in types and all', () => {
    const run = runId()
    expect(stamped(header(members(run)))).toEqual({ attributes: stampOf(run), refused: {} })
  })

  it('of a browser that sends version 1 is believed, and stamps no visit', () => {
    const run = runId()
    const { 'throughline.visit.id': _id, 'throughline.visit.index': _index, ...rest } = stampOf(run)
    expect(stamped(header(membersOf1(run)))).toEqual({ attributes: rest, refused: {} })
  })

  it.each<[string, Record<string, string>, Record<string, string | number>]>([
    ['of a server that entered a step', { id: VISIT, after: '0' }, { id: VISIT, after: 0 }],
    ['of a server that entered a step under a version 1 browser', { id: VISIT }, { id: VISIT }],
    ['of a run that was restored from version 1', { index: '9999' }, { index: 9999 }],
  ])('%s is believed', (_, given, expected) => {
    const named = (visit: object) =>
      Object.fromEntries(Object.entries(visit).map(([key, value]) => [`throughline.visit.${key}`, value]))
    const { attributes, refused } = stamped(header({ ...membersOf1(runId()), ...named(given) }))
    const visit = Object.entries(attributes).filter(([key]) => key.startsWith('throughline.visit.'))
    expect(Object.fromEntries(visit)).toEqual(named(expected))
    expect(refused).toEqual({})
  })

  it('of others is left alone', () =>
    expect(stamped('tenant.id=acme,throughlines=1')).toEqual({ attributes: undefined, refused: {} }))

  it.each<[string, Record<string, string>, string]>([
    ['an unknown journey', { 'throughline.journey.name': 'chekout' }, 'journey'],
    ['a journey of the language', { 'throughline.journey.name': '__proto__' }, 'journey'],
    ['no version', { 'throughline.journey.version': 'one two' }, 'version'],
    ['a long version', { 'throughline.journey.version': '1'.repeat(33) }, 'version'],
    ['an unknown step', { 'throughline.step.name': 'paymnet' }, 'step'],
    ['no place', { 'throughline.step.index': '3e0' }, 'step'],
    ['no attempt', { 'throughline.step.attempt': '0' }, 'attempt'],
    ['a broken attempt', { 'throughline.step.attempt': '1.5' }, 'attempt'],
    ['a huge attempt', { 'throughline.step.attempt': '1001' }, 'attempt'],
    ['no run id', { 'throughline.run.id': 'a run' }, 'run'],
    ['a UUIDv4', { 'throughline.run.id': 'b1f6a1f0-5a3e-4d0c-9c1e-0d9c6a2f3b4c' }, 'run'],
    ['an upper-case run id', { 'throughline.run.id': runId().toUpperCase() }, 'run'],
    ['a run over 400 days old', { 'throughline.run.id': runId(Date.now() - 400 * DAY - 60_000) }, 'run'],
    ['a run three days ahead', { 'throughline.run.id': runId(Date.now() + 3 * DAY + 60_000) }, 'run'],
    ['a short visit id', { 'throughline.visit.id': VISIT.slice(1) }, 'visit'],
    ['an upper-case visit id', { 'throughline.visit.id': VISIT.toUpperCase() }, 'visit'],
    ['a visit before the first', { 'throughline.visit.index': '0' }, 'visit'],
    ['a visit that nobody counts', { 'throughline.visit.index': '1e1' }, 'visit'],
    ['a far visit', { 'throughline.visit.index': '10000' }, 'visit'],
    ['a visit that is also after another', { 'throughline.visit.after': '3' }, 'visit'],
  ])('with %s is refused as a whole', (_, change, reason) => {
    const { attributes, refused } = stamped(header(members(runId(), change)))
    expect(attributes).toBeUndefined()
    expect(refused).toMatchObject({ [reason]: 1 })
  })

  it.each([-400 * DAY + 60_000, 3 * DAY - 60_000])('with a run that is %d ms away is believed', (away) =>
    expect(stamped(header(members(runId(Date.now() + away)))).attributes).toBeDefined(),
  )

  it.each(Object.keys(stampOf('')).slice(0, 6))('without %s is refused', (key) => {
    const { [key]: _, ...rest } = members(runId())
    expect(stamped(header(rest))).toMatchObject({ attributes: undefined, refused: { incomplete: 1 } })
  })

  it('with a visit and no run is refused', () =>
    expect(stamped(header({ 'throughline.visit.id': VISIT }))).toMatchObject({ refused: { incomplete: 1 } }))

  it('with another place of the step is believed, in the declared place', () => {
    const run = runId()
    const sent = members(run, { 'throughline.step.index': '2' })
    expect(stamped(header(sent))).toEqual({ attributes: stampOf(run), refused: {} })
  })

  it('with an unknown variant, hypothesis or member is believed in the rest', () => {
    const run = runId()
    const change = {
      'throughline.hypothesis.one-page-payment': 'two-pages',
      'throughline.hypothesis.other': 'control',
      'throughline.subject.id': 'eve',
      'throughline.active.unknown': run,
      'throughline.active.signup': 'no run id',
    }
    const { 'throughline.hypothesis.one-page-payment': _, ...rest } = stampOf(run)
    expect(stamped(header(members(run, change)))).toEqual({
      attributes: rest,
      refused: { variant: 2, unknown: 1, journey: 1, run: 1 },
    })
  })

  it('that is too much is refused', () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`throughline.hypothesis.${i}`, 'a']),
    )
    const long = { 'throughline.hypothesis.one-page-payment': 'x'.repeat(2048) }
    for (const change of [many, long])
      expect(stamped(header(members(runId(), change)))).toEqual({
        attributes: undefined,
        refused: { oversized: 1 },
      })
  })

  it('is read, and counted, once for a request', () => {
    const context = received(header(members(runId(), { 'throughline.run.id': 'x' })))
    const before = counts().run
    const [one, two] = [definitions, definitions].map((it) => createRegistry(it))
    for (const registry of [one!, one!, two!]) registry.active(context)
    expect(counts().run).toBe(before + 1)
    const getAllEntries = vi.fn(() => [])
    const baggage = propagation.setBaggage(ROOT_CONTEXT, { getAllEntries } as never)
    for (let i = 0; i < 3; i++) one!.active(baggage)
    expect(getAllEntries).toHaveBeenCalledTimes(1)
  })

  it('that is refused is reported once for each reason, without raw text in the log', async () => {
    vi.resetModules()
    delete (globalThis as Record<symbol, unknown>)[Symbol.for('throughline.node.counts')]
    const fresh = await import('./counts')
    const warn = vi.fn()
    diag.setLogger(
      { warn, error: warn, info: warn, debug: warn, verbose: warn },
      { suppressOverrideMessage: true },
    )
    warn.mockClear()
    for (let i = 0; i < 3; i++) fresh.count('journey', `x\n[fake] log line ${'y'.repeat(500)}`)
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]![0]).not.toContain('\n')
    expect(warn.mock.calls[0]![0].length).toBeLessThan(250)
    expect(fresh.counts().journey).toBe(3)
  })
})

describe('versions', () => {
  const shop = (version: string, steps: string[], name = 'shop') =>
    defineJourney(name, { version, steps, converts: steps.at(-1)! })
  const two = {
    hypotheses: [],
    journeys: [shop('1', ['cart', 'pay', 'done']), shop('2', ['cart', 'address', 'pay', 'done'])],
  }
  const on = (journey: string, version: string, step: string, index: number | string, run = runId()) =>
    header({
      ...members(run, { 'throughline.journey.name': journey, 'throughline.journey.version': version }),
      ...{ 'throughline.step.name': step, 'throughline.step.index': `${index}` },
    })
  const place = (attributes: Record<string, unknown> | undefined) => [
    attributes?.['throughline.journey.version'],
    attributes?.['throughline.step.name'],
    attributes?.['throughline.step.index'],
  ]

  it.each([
    ['1', 'pay', 1, 1],
    ['2', 'pay', 2, 2],
    // The bundle of version 2, in a run that began under version 1.
    ['1', 'address', 1, 1],
    ['1', 'pay', 2, 1],
  ])('side by side have their own steps: %s, %s at %i', (version, step, claimed, index) => {
    const { attributes, refused } = stamped(on('shop', version, step, claimed), two)
    expect(place(attributes)).toEqual([version, step, index])
    expect(refused).toMatchObject({ variant: 1 })
  })

  it('that are declared have no steps that no declared version has', () =>
    expect(stamped(on('shop', '1', 'gift', 1), two)).toMatchObject({
      attributes: undefined,
      refused: { step: 1 },
    }))

  it('that are not declared are accepted, eight of each journey, and counted', () => {
    const using = {
      hypotheses: [],
      journeys: [shop('1', ['a', 'b'], 'nine'), shop('1', ['a', 'b'], 'other-nine')],
    }
    for (const version of ['2', '3', '4', '5', '6', '7', '8', '9', '2', '9']) {
      const { attributes, refused } = stamped(on('nine', version, 'gift', 99), using)
      expect(place(attributes)).toEqual([version, 'gift', 99])
      expect(refused).toMatchObject({ undeclared: 1 })
    }
    expect(stamped(on('nine', '10', 'gift', 2), using)).toEqual({
      attributes: undefined,
      refused: { version: 1, variant: 1 },
    })
    expect(place(stamped(on('other-nine', '10', 'gift', 2), using).attributes)).toEqual(['10', 'gift', 2])
    expect(place(stamped(on('nine', '1', 'b', 1), using).attributes)).toEqual(['1', 'b', 1])
  })

  it('that a hostile client sends do not keep out those that browsers send', () => {
    const using = { hypotheses: [], journeys: [shop('1', ['a', 'b'], 'attacked')] }
    const takes = (version: string) =>
      stamped(on('attacked', version, 'a', 0), using).attributes !== undefined
    for (let wave = 0; wave < 50; wave++) for (let bad = 0; bad < 8; bad++) takes(`bad-${bad}`)
    expect(takes('deployed')).toBe(false)
    // Browsers send the version, and the client goes on with versions that it makes up.
    let made = 0
    const taken = Array.from({ length: 500 }, (_, at) => {
      expect(takes(`made-up-${at}`)).toBe(false)
      made++
      return takes('deployed')
    })
    expect(made).toBe(500)
    expect(taken.slice(-400).every(Boolean)).toBe(true)
  })

  it('that are made up once each are taken in less than one request of a hundred', () => {
    const using = { hypotheses: [], journeys: [shop('1', ['a', 'b'], 'flooded')] }
    const taken = Array.from(
      { length: 10_000 },
      (_, at) => stamped(on('flooded', `made-up-${at}`, 'a', 0), using).attributes,
    ).filter((attributes) => attributes !== undefined)
    expect(taken.length).toBeGreaterThanOrEqual(8)
    expect(taken.length).toBeLessThan(100)
  })

  it('that no browser sends any more make room for those of the next deploy', () => {
    const using = { hypotheses: [], journeys: [shop('1', ['a', 'b'], 'aged')] }
    const takes = (version: string) => stamped(on('aged', version, 'a', 0), using).attributes !== undefined
    for (let i = 0; i < 8000; i++) takes(`old-${i % 8}`)
    let requests = 1
    while (!takes('new')) requests++
    // 1,000 of each came before, which is halved every 1,024 requests.
    expect(requests).toBeLessThan(1000)
  })

  it.each([
    ['a step that is no name', 'Gift!', 2, 'step'],
    ['a place beyond 99', 'gift', 100, 'step'],
    ['no place', 'gift', 'x', 'step'],
  ])('that are not declared are refused with %s, and use up no place', (_, step, index, reason) => {
    const using = { hypotheses: [], journeys: [shop('1', ['a', 'b'], `full-${reason}`)] }
    for (let version = 2; version < 20; version++)
      expect(stamped(on(`full-${reason}`, `${version}`, step, index), using)).toMatchObject({
        attributes: undefined,
        refused: { [reason]: 1 },
      })
    expect(stamped(on(`full-${reason}`, '20', 'gift', 2), using).attributes).toBeDefined()
  })

  it('of other active runs come along', () => {
    const using = { journeys: [checkout, ...two.journeys] }
    const others = (value: string) => {
      const baggage = header(members(runId(), { 'throughline.active.shop': value }))
      return createRegistry({ ...using, hypotheses: [] }).claim(received(baggage)).others
    }
    const run = runId()
    const about = (version: string) => [
      {
        run,
        step: '',
        attributes: {
          'throughline.journey.name': 'shop',
          'throughline.journey.version': version,
          'throughline.run.id': run,
        },
      },
    ]
    expect(others(`${run}/1`)).toMatchObject(about('1'))
    expect(others(`${run}/undeclared`)).toMatchObject(about('undeclared'))
    // The first release sent the run id alone.
    expect(others(run)).toMatchObject(about('2'))
    for (const wrong of [`${run}/`, `${run}/1/2`, `${run}/a b`, `x/1`, '/', ''])
      expect(others(wrong)).toEqual([])
  })
})

describe('hostile baggage', () => {
  const names = [
    ...Object.keys(members('')),
    'throughline.visit.after',
    'throughline.active.signup',
    'throughline.hypothesis.x',
    'tenant',
  ]
  const genuine = members(runId())
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '',
      '0',
      '-1',
      '3',
      '1e3',
      'NaN',
      '__proto__',
      'constructor',
      'checkout',
      'payment',
      '\u0000',
    ),
    fc.constantFrom(...Object.values(genuine)),
  )
  const key = fc.oneof(
    fc.constantFrom(...names),
    fc.string({ maxLength: 20 }).map((end) => `throughline.${end}`),
    fc.constantFrom('__proto__', 'throughline.hypothesis.__proto__', 'throughline.active.constructor'),
  )

  it('never becomes an attribute that the definitions do not know', () => {
    const { spanProcessor } = journeyProcessors(definitions)
    const allowed: Record<string, (value: unknown) => boolean> = {
      'throughline.journey.name': (it) => it === 'checkout',
      'throughline.journey.version': isVersion,
      'throughline.run.id': (it) => it === genuine['throughline.run.id'],
      'throughline.step.name': isName,
      'throughline.step.index': (it) => isInt(it, 0, 99),
      'throughline.step.attempt': (it) => isInt(it, 1, 1000),
      'throughline.visit.id': (it) => it === VISIT,
      'throughline.visit.index': (it) => isInt(it, 1, 9999),
      'throughline.visit.after': (it) => isInt(it, 0, 9999),
      'throughline.hypothesis.one-page-payment': (it) => it === 'control' || it === 'one-page',
    }
    const isInt = (it: unknown, least: number, most: number) =>
      Number.isInteger(it) && (it as number) >= least && (it as number) <= most
    let believed = 0
    const versions = new Set<string>()
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 12 }), fc.boolean(), (changes, direct) => {
        const entries = { ...genuine, ...Object.fromEntries(changes) }
        const baggage = propagation.createBaggage(
          Object.fromEntries(Object.entries(entries).map(([name, it]) => [name, { value: it }])),
        )
        const context = direct ? propagation.setBaggage(ROOT_CONTEXT, baggage) : received(encoded(entries))
        spanProcessor.onStart(
          {
            setAttributes(attributes) {
              believed++
              for (const [name, it] of Object.entries(attributes)) expect(allowed[name]?.(it)).toBe(true)
              const { 'throughline.journey.version': version, 'throughline.step.name': step } = attributes
              versions.add(`${version}`)
              if (version === '1') expect(checkout.steps.map(({ name }) => name)).toContain(step)
              const isOrdered = 'throughline.visit.index' in attributes
              expect(isOrdered && 'throughline.visit.after' in attributes).toBe(false)
            },
          },
          context,
        )
      }),
      { numRuns: 5000 },
    )
    expect(believed).toBeGreaterThan(100)
    expect(versions.size).toBeGreaterThan(1)
  })

  it('of any bytes throws nothing', () => {
    const { spanProcessor } = journeyProcessors(definitions)
    const setAttributes = vi.fn()
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 9000 }), (text) =>
        spanProcessor.onStart({ setAttributes }, received(text)),
      ),
      { numRuns: 2000 },
    )
    expect(setAttributes).not.toHaveBeenCalled()
  })
})

/** As `header`; what no header can carry, halves of surrogate pairs, is left out. */
const encoded = (all: Record<string, string>) =>
  header(Object.fromEntries(Object.entries(all).filter((pair) => !/\p{Surrogate}/u.test(pair.join()))))
