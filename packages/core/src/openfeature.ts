import { diag } from '@opentelemetry/api'
import type { Tracker } from './tracker-types'

/** An OpenFeature hook, by structure: the same for the web and the server SDK. */
export interface JourneyFeatureHook {
  after(
    hookContext: { readonly flagKey: string },
    details: { readonly variant?: string; readonly value: unknown; readonly reason?: string },
  ): void
}

/** Reasons why the caller's own default is the answer: that puts nobody into an arm. */
const NOBODY = /^(disabled|default|error)$/i

/**
 * An OpenFeature hook: evaluating a declared hypothesis's flag assigns its variant to the current run.
 * Exposure is separate: it comes from what is rendered (`useHypothesis`), or from `tracker.expose`.
 *
 * @example
 * ```ts
 * import { OpenFeature } from '@openfeature/web-sdk'
 * import { createTracker, journeyFeatureHook } from '@throughline/core'
 * import { checkout, onePagePayment } from './journeys'
 *
 * const tracker = createTracker({ journeys: [checkout], hypotheses: [onePagePayment] })
 * OpenFeature.addHooks(journeyFeatureHook(tracker))
 * OpenFeature.getClient().getStringValue('one-page-payment', 'control') // assigns what it returns
 * ```
 */
export function journeyFeatureHook(tracker: Pick<Tracker, 'assign' | 'hypotheses'>): JourneyFeatureHook {
  return {
    after(hookContext, details) {
      try {
        const { variant, value, reason } = details
        if (!variant && NOBODY.test(`${reason}`)) return
        for (const hypothesis of tracker.hypotheses)
          if (hypothesis.flag === hookContext.flagKey) tracker.assign(hypothesis, variant ?? `${value}`)
      } catch (error) {
        // An evaluation whose hook throws answers with the default: a flag would be off because of us.
        diag.debug('throughline:', error)
      }
    },
  }
}
