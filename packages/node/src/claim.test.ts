import { diag, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { counts } from './counts'
import { journeyProcessors } from './processors'
import { createRegistry } from './registry'
import { definitions, header, members, runId, signup, stampOf } from './testing'

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

  it('of others is left alone', () =>
    expect(stamped('tenant.id=acme,throughlines=1')).toEqual({ attributes: undefined, refused: {} }))

  it.each<[string, Record<string, string>, string]>([
    ['an unknown journey', { 'throughline.journey.name': 'chekout' }, 'journey'],
    ['a journey of the language', { 'throughline.journey.name': '__proto__' }, 'journey'],
    ['another version', { 'throughline.journey.version': '2' }, 'version'],
    ['an unknown step', { 'throughline.step.name': 'paymnet' }, 'step'],
    ['another place of the step', { 'throughline.step.index': '2' }, 'step'],
    ['no place', { 'throughline.step.index': '3e0' }, 'step'],
    ['no attempt', { 'throughline.step.attempt': '0' }, 'attempt'],
    ['a broken attempt', { 'throughline.step.attempt': '1.5' }, 'attempt'],
    ['a huge attempt', { 'throughline.step.attempt': '1001' }, 'attempt'],
    ['no run id', { 'throughline.run.id': 'a run' }, 'run'],
    ['a UUIDv4', { 'throughline.run.id': 'b1f6a1f0-5a3e-4d0c-9c1e-0d9c6a2f3b4c' }, 'run'],
    ['an upper-case run id', { 'throughline.run.id': runId().toUpperCase() }, 'run'],
    ['a run over 31 days old', { 'throughline.run.id': runId(Date.now() - 31 * DAY - 60_000) }, 'run'],
    ['a run from after tomorrow', { 'throughline.run.id': runId(Date.now() + DAY + 60_000) }, 'run'],
  ])('with %s is refused as a whole', (_, change, reason) => {
    const { attributes, refused } = stamped(header(members(runId(), change)))
    expect(attributes).toBeUndefined()
    expect(refused).toMatchObject({ [reason]: 1 })
  })

  it.each([-31 * DAY + 60_000, DAY - 60_000])('with a run that is %d ms away is believed', (away) =>
    expect(stamped(header(members(runId(Date.now() + away)))).attributes).toBeDefined(),
  )

  it.each(Object.keys(stampOf('')).slice(0, 6))('without %s is refused', (key) => {
    const { [key]: _, ...rest } = members(runId())
    expect(stamped(header(rest))).toMatchObject({ attributes: undefined, refused: { incomplete: 1 } })
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

  it('knows every version of a journey that is declared', () => {
    const older = { ...signup, name: 'checkout', version: '0' }
    const change = {
      'throughline.journey.version': '0',
      'throughline.step.name': 'form',
      'throughline.step.index': '0',
    }
    const using = { ...definitions, journeys: [...definitions.journeys, older] }
    expect(stamped(header(members(runId(), change)), using).attributes).toMatchObject({
      'throughline.journey.version': '0',
      'throughline.step.name': 'form',
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

describe('hostile baggage', () => {
  const names = [
    ...Object.keys(members('')),
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
      'throughline.journey.version': (it) => it === '1',
      'throughline.run.id': (it) => it === genuine['throughline.run.id'],
      'throughline.step.name': (it) => definitions.journeys[0]!.steps.some(({ name }) => name === it),
      'throughline.step.index': (it) => Number.isInteger(it),
      'throughline.step.attempt': (it) =>
        Number.isInteger(it) && (it as number) >= 1 && (it as number) <= 1000,
      'throughline.hypothesis.one-page-payment': (it) => it === 'control' || it === 'one-page',
    }
    let believed = 0
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
            },
          },
          context,
        )
      }),
      { numRuns: 5000 },
    )
    expect(believed).toBeGreaterThan(100)
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
