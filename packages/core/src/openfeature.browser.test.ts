import { GrowthbookClientProvider } from '@openfeature/growthbook-client-provider'
import { LaunchDarklyClientProvider } from '@openfeature/launchdarkly-client-provider'
import type { JsonValue, Provider } from '@openfeature/web-sdk'
import { InMemoryProvider, OpenFeature } from '@openfeature/web-sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { journeyFeatureHook } from './openfeature'
import { onePage, trackerAt } from './testing'

afterEach(async () => {
  OpenFeature.clearHooks()
  await OpenFeature.clearProviders()
})

/** What evaluating the flag with a real provider answers, and assigns. */
async function evaluate(provider: Provider, fallback: string | boolean = 'control') {
  const { tracker } = trackerAt(Date.now())
  OpenFeature.addHooks(journeyFeatureHook(tracker))
  await OpenFeature.setContext({ targetingKey: 'person-1', id: 'person-1' })
  await OpenFeature.setProviderAndWait(provider)
  const client = OpenFeature.getClient()
  const { value, variant, reason } =
    typeof fallback === 'string'
      ? client.getStringDetails(onePage.flag, fallback)
      : client.getBooleanDetails(onePage.flag, fallback)
  return { value, variant, reason, assigned: tracker.variant(onePage) }
}

/** LaunchDarkly's client with flags that a server has evaluated: nothing is asked over the network. */
const launchDarkly = (value: string | boolean, variation: number, kind?: string) =>
  new LaunchDarklyClientProvider('client-side-id', {
    bootstrap: {
      [onePage.flag]: value,
      $flagsState: { [onePage.flag]: { variation, version: 1, ...(kind && { reason: { kind } }) } },
      $valid: true,
    },
    ...{
      evaluationReasons: true,
      streaming: false,
      sendEvents: false,
      fetchGoals: false,
      diagnosticOptOut: true,
    },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  }) as unknown as Provider

const growthBook = (defaultValue: JsonValue, rule?: object) =>
  new GrowthbookClientProvider(
    {},
    { payload: { features: { [onePage.flag]: { defaultValue, rules: rule ? [rule] : [] } } } as never },
  ) as unknown as Provider

/** Everybody who has an id takes part, and meets the second variation. */
const experiment = (...variations: JsonValue[]) => ({
  variations,
  weights: [0, 1],
  hashAttribute: 'id',
  key: 'experiment',
})

const inMemory = (variants: Record<string, string | boolean>, defaultVariant: string, disabled = false) =>
  new InMemoryProvider({ [onePage.flag]: { variants, defaultVariant, disabled } as never })

describe('LaunchDarkly', () => {
  it.each(['RULE_MATCH', 'FALLTHROUGH', 'TARGET_MATCH', undefined])(
    'names the variant by its index, and the value is the arm (%s)',
    async (kind) => {
      const answer = await evaluate(launchDarkly('one-page', 1, kind))
      expect(answer).toMatchObject({ value: 'one-page', variant: '1', assigned: 'one-page' })
    },
  )

  it.each(['OFF', 'PREREQUISITE_FAILED'])(
    'answers %s with a variant: nobody is in an arm',
    async (reason) => {
      const answer = await evaluate(launchDarkly('control', 0, reason))
      expect(answer).toEqual({ value: 'control', variant: '0', reason, assigned: undefined })
    },
  )

  it('without the flag answers the default: nobody is in an arm', async () => {
    const provider = new LaunchDarklyClientProvider('id', {
      bootstrap: { $flagsState: {}, $valid: true },
      ...{ streaming: false, sendEvents: false, fetchGoals: false, diagnosticOptOut: true },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    })
    expect(await evaluate(provider as unknown as Provider)).toMatchObject({
      value: 'control',
      assigned: undefined,
    })
  })

  it.each([
    [false, 'control'],
    [true, 'one-page'],
  ])('a boolean flag that is %s', async (value, assigned) => {
    const answer = await evaluate(launchDarkly(value, Number(value), 'RULE_MATCH'), !value)
    expect(answer).toMatchObject({ value, assigned })
  })
})

describe('GrowthBook', () => {
  it('names the variant by its index, and the value is the arm', async () => {
    const answer = await evaluate(growthBook('control', experiment('control', 'one-page')))
    expect(answer).toEqual({ value: 'one-page', variant: '1', reason: 'experiment', assigned: 'one-page' })
  })

  it('names it by a key where the experiment has keys', async () => {
    const meta = [{ key: 'control' }, { key: 'one-page' }]
    const answer = await evaluate(growthBook('a', { ...experiment('a', 'b'), meta }))
    expect(answer).toMatchObject({ value: 'b', variant: 'one-page', assigned: 'one-page' })
  })

  it('answers who is outside of the experiment with its default: nobody is in an arm', async () => {
    const nobody = { ...experiment('control', 'one-page'), coverage: 0 }
    const answer = await evaluate(growthBook('control', nobody))
    expect(answer).toMatchObject({ value: 'control', reason: 'defaultValue', assigned: undefined })
  })

  it.each([true, false])('a boolean flag in an experiment: %s', async (value) => {
    const answer = await evaluate(growthBook(!value, experiment(!value, value)), !value)
    expect(answer).toMatchObject({ value, assigned: value ? 'one-page' : 'control' })
  })
})

describe('the in-memory provider', () => {
  it('a boolean flag whose variants are on and off', async () => {
    const answer = await evaluate(inMemory({ on: true, off: false }, 'on'), false)
    expect(answer).toMatchObject({ value: true, variant: 'on', assigned: 'one-page' })
  })

  it('a variant of ours', async () => {
    const answer = await evaluate(inMemory({ control: 'two', 'one-page': 'one' }, 'one-page'))
    expect(answer).toMatchObject({ value: 'one', variant: 'one-page', assigned: 'one-page' })
  })

  it('a flag that is disabled: nobody', async () => {
    expect(await evaluate(inMemory({ on: true }, 'on', true), false)).toMatchObject({ assigned: undefined })
  })
})
