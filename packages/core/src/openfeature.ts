import { diag } from '@opentelemetry/api'
import type { Hypothesis } from './hypothesis'
import type { Tracker } from './tracker-types'

/** An OpenFeature hook, by structure: the same for the web and the server SDK. */
export interface JourneyFeatureHook {
  after(
    hookContext: { readonly flagKey: string; readonly defaultValue?: unknown },
    details: FlagDetails,
  ): void
}

/** What a provider answers. */
interface FlagDetails {
  readonly value: unknown
  readonly variant?: string
  readonly reason?: string
  readonly errorCode?: string
}

/**
 * Reasons that put nobody into an arm: the flag is off, or its default is the answer. OpenFeature names some
 * (`DISABLED`, `DEFAULT`, `ERROR`), providers pass on their vendor's: `OFF`, `PREREQUISITE_FAILED` (LaunchDarkly),
 * `defaultValue`, `unknownFeature` (GrowthBook), `FALLBACK` (flagd), `no_condition_match`, `out_of_rollout_bound`
 * (PostHog). Letters alone are compared.
 */
const NOBODY =
  /^(disabled|off|inactive|archived|default.*|fallback|error.*|unknown.+|.*notfound|notready|.*prerequisite.*|no(condition)?match|outofrolloutbound)$/

const isNobody = ({ reason, errorCode }: FlagDetails) =>
  !!errorCode || NOBODY.test(`${reason ?? ''}`.toLowerCase().replace(/[^a-z]/g, ''))

/**
 * The arm that an answer puts the subject in: the variant, if it is declared, else the value, since many providers
 * name variants by number. A boolean is `true` and `false` or `on` and `off` if those are declared; else false is the
 * control of two variants.
 */
function armOf({ variants }: Hypothesis, { variant, value }: FlagDetails): string {
  const names = [variant, value]
  if (typeof value === 'boolean')
    names.push(
      ...(value ? ['true', 'on'] : ['false', 'off']),
      ...(variants.length === 2 ? [variants[Number(value)]] : []),
    )
  return (names.find((name) => variants.includes(name as string)) ?? `${variant ?? value}`) as string
}

/**
 * An OpenFeature hook: evaluating a declared hypothesis's flag assigns its variant to the current run.
 * A disabled flag, or one whose answer is a default, assigns nobody. Pass a default that is no variant where a
 * provider does not say so. Exposure is separate: it comes from what is
 * rendered (`useHypothesis`), or from `tracker.expose`.
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
        for (const hypothesis of tracker.hypotheses) {
          if (hypothesis.flag !== hookContext.flagKey) continue
          const arm = armOf(hypothesis, details)
          const isArm = hypothesis.variants.includes(arm)
          const isNone = !isArm && details.variant === undefined && details.value === hookContext.defaultValue
          if (!isNone && !isNobody(details))
            // Says so if it is no arm.
            tracker.assign(hypothesis, arm, /^stale$/i.test(`${details.reason}`) ? 'stale' : undefined)
          // What was assigned before holds no longer: a flag that was switched off shows its default.
          if (!isArm || isNobody(details)) tracker.assign(hypothesis, undefined)
        }
      } catch (error) {
        // An evaluation whose hook throws answers with the default: a flag would be off because of us.
        diag.debug('throughline:', error)
      }
    },
  }
}
