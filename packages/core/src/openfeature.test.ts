import type { Provider } from '@openfeature/web-sdk'
import { InMemoryProvider, OpenFeature } from '@openfeature/web-sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { journeyFeatureHook } from './openfeature'
import { onePage, trackerAt } from './testing'

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

const resolves = (value: string, reason: string): Provider => ({
  metadata: { name: 'without variants' },
  resolveBooleanEvaluation: () => expect.fail(),
  resolveNumberEvaluation: () => expect.fail(),
  resolveObjectEvaluation: () => expect.fail(),
  resolveStringEvaluation: () => ({ value, reason }),
})

describe('the OpenFeature hook', () => {
  it('assigns the variant, by its name', async () => {
    expect(await assignedBy(inMemory(false))).toEqual({ answer: 'yes', assigned: 'one-page' })
  })

  it('assigns the value where a provider has no variants', async () => {
    expect(await assignedBy(resolves('one-page', 'TARGETING_MATCH'))).toMatchObject({ assigned: 'one-page' })
    expect(await assignedBy(resolves('one-page', 'SPLIT'))).toMatchObject({ assigned: 'one-page' })
  })

  it.each([
    ['its flag is disabled', inMemory(true)],
    ['it has no such flag', new InMemoryProvider({})],
    ['there is no rule', resolves('control', 'default')],
    ['it failed', resolves('control', 'ERROR')],
    ['there is no provider', undefined],
  ])('puts nobody into an arm when %s', async (_, provider) => {
    expect(await assignedBy(provider)).toEqual({ answer: 'control', assigned: undefined })
  })
})
