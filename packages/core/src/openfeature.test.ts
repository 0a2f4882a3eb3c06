import type { Provider } from '@openfeature/web-sdk'
import { InMemoryProvider, OpenFeature } from '@openfeature/web-sdk'
import { diag } from '@opentelemetry/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { journeyFeatureHook } from './openfeature'
import { checkout, onePage, trackerAt } from './testing'

afterEach(async () => {
  OpenFeature.clearHooks()
  await OpenFeature.clearProviders()
})

/** The variant that evaluating the flag assigns, with OpenFeature's own SDK. */
async function assignedBy(provider?: Provider) {
  const { tracker } = trackerAt(Date.now())
  OpenFeature.addHooks(journeyFeatureHook(tracker))
  if (provider) await OpenFeature.setProviderAndWait(provider)
  const answer = OpenFeature.getClient().getStringValue(onePage.flag, 'control')
  return { answer, assigned: tracker.variant(onePage) }
}

const inMemory = (disabled: boolean) =>
  new InMemoryProvider({
    [onePage.flag]: { variants: { 'one-page': 'yes' }, defaultVariant: 'one-page', disabled },
  })

const resolves = (value: string, reason: string, variant?: string): Provider => ({
  metadata: { name: 'as told' },
  resolveBooleanEvaluation: () => expect.fail(),
  resolveNumberEvaluation: () => expect.fail(),
  resolveObjectEvaluation: () => expect.fail(),
  resolveStringEvaluation: () => ({ value, reason, ...(variant && { variant }) }),
})

describe('the OpenFeature hook', () => {
  it('assigns the variant, by its name', async () => {
    expect(await assignedBy(inMemory(false))).toEqual({ answer: 'yes', assigned: 'one-page' })
  })

  it.each(['TARGETING_MATCH', 'SPLIT', 'STATIC', 'CACHED', 'UNKNOWN', 'FALLTHROUGH', 'experiment', ''])(
    'assigns the value where a provider has no variants, for the reason "%s"',
    async (reason) => {
      expect(await assignedBy(resolves('one-page', reason))).toMatchObject({ assigned: 'one-page' })
    },
  )

  it('assigns the value where a provider names variants by number', async () => {
    expect(await assignedBy(resolves('one-page', 'SPLIT', '1'))).toMatchObject({ assigned: 'one-page' })
  })

  it.each([
    ['its flag is disabled', inMemory(true)],
    ['it has no such flag', new InMemoryProvider({})],
    ['there is no provider', undefined],
    ...[
      ...[
        'default',
        'DEFAULT',
        'defaultValue',
        'default-value',
        'ERROR',
        'DISABLED',
        'OFF',
        'off',
        'FALLBACK',
      ],
      ...[
        'PREREQUISITE_FAILED',
        'unknownFeature',
        'cyclicPrerequisite',
        'no_condition_match',
        'out_of_rollout_bound',
      ],
    ].flatMap((reason): [string, Provider][] => [
      [`the reason is ${reason}`, resolves('control', reason)],
      [`the reason is ${reason}, with a variant`, resolves('control', reason, 'control')],
    ]),
  ])('puts nobody into an arm when %s', async (_, provider) => {
    expect(await assignedBy(provider)).toEqual({ answer: 'control', assigned: undefined })
  })

  it.each([
    [['control', 'one-page'], 'control', 'one-page'],
    [['false', 'true'], 'false', 'true'],
    [['true', 'false'], 'false', 'true'],
    [['on', 'off'], 'off', 'on'],
    [['old', 'new', 'newest'], undefined, undefined],
  ])('of a boolean flag and the variants %j, false is %s and true is %s', (variants, no, yes) => {
    const hypothesis = { ...onePage, variants } as unknown as typeof onePage
    const { tracker } = trackerAt(Date.now(), { hypotheses: [hypothesis] })
    const { after } = journeyFeatureHook(tracker)
    for (const [value, arm] of [
      [false, no],
      [true, yes],
    ] as const) {
      after({ flagKey: onePage.flag }, { value, variant: `${Number(value)}`, reason: 'SPLIT' })
      expect(tracker.variant(hypothesis)).toBe(arm)
    }
  })

  it('marks the exposure to what a provider last knew, until it knows better', () => {
    const { tracker, events } = trackerAt(Date.now())
    const { after } = journeyFeatureHook(tracker)
    const meet = (reason: string) => {
      after({ flagKey: onePage.flag }, { value: 'one-page', variant: 'one-page', reason })
      tracker.enter(checkout, 'payment')
      tracker.expose(onePage, tracker.variant(onePage)!)
      tracker.abandon(checkout)
      return events.find(
        ({ name, visit }) => name.endsWith('exposure') && visit!.run === events.at(-1)!.visit!.run,
      )
    }
    expect(meet('STALE')!.attributes['feature_flag.result.reason']).toBe('stale')
    expect(meet('SPLIT')!.attributes['feature_flag.result.reason']).toBeUndefined()
  })

  it('takes a default that is no variant for nobody, whatever the provider says, and says nothing', () => {
    const { tracker } = trackerAt(Date.now())
    const said = vi.fn()
    diag.setLogger({ debug: said, error: said, info: said, verbose: said, warn: said })
    said.mockClear()
    const { after } = journeyFeatureHook(tracker)
    after({ flagKey: onePage.flag, defaultValue: 'none' }, { value: 'one-page' })
    expect(tracker.variant(onePage)).toBe('one-page')
    after({ flagKey: onePage.flag, defaultValue: 'none' }, { value: 'none' })
    expect(tracker.variant(onePage)).toBeUndefined()
    expect(said).not.toHaveBeenCalled()
    after({ flagKey: onePage.flag, defaultValue: 'none' }, { value: 'one-page' })
    after({ flagKey: onePage.flag, defaultValue: 'none' }, { value: 'two-page', variant: '3f2a' })
    expect(tracker.variant(onePage)).toBeUndefined()
    expect(said).toHaveBeenCalledTimes(1)
    diag.disable()
  })

  it('takes an assignment back when the flag is switched off: what is rendered is the default', () => {
    const { tracker } = trackerAt(Date.now())
    const { after } = journeyFeatureHook(tracker)
    tracker.enter(checkout, 'payment')
    after({ flagKey: onePage.flag }, { value: 'one-page', reason: 'SPLIT' })
    expect(tracker.current()!.attributes).toHaveProperty(
      'throughline.hypothesis.one-page-payment',
      'one-page',
    )
    after({ flagKey: onePage.flag }, { value: 'control', reason: 'OFF' })
    expect(tracker.variant(onePage)).toBeUndefined()
    expect(tracker.current()!.attributes).not.toHaveProperty('throughline.hypothesis.one-page-payment')
  })
})
