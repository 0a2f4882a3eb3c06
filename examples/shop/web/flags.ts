import { InMemoryProvider, OpenFeature } from '@openfeature/web-sdk'
import { journeyFeatureHook } from '@throughline/core'
import { onePagePayment } from '../journeys'
import { session } from './session'
import { tracker } from './telemetry'

/**
 * Starts OpenFeature with the variants that the server assigned to this subject. A flag service would be another
 * provider; the hook stays the same: evaluating the flag tells Throughline which variant is in force.
 */
export async function startFlags(): Promise<void> {
  const { flag, variants } = onePagePayment
  OpenFeature.addHooks(journeyFeatureHook(tracker))
  await OpenFeature.setContext({ targetingKey: session.subject })
  await OpenFeature.setProviderAndWait(
    new InMemoryProvider({
      [flag]: {
        variants: Object.fromEntries(variants.map((variant) => [variant, variant])),
        defaultVariant: session.flags[flag] ?? variants[0]!,
        disabled: false,
      },
    }),
  )
  OpenFeature.getClient().getStringValue(flag, variants[0]!)
}
