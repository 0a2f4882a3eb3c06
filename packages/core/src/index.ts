export { Name as attributes, SCHEMA_VERSION } from './attributes'
export { baggageOf } from './baggage'
export { epochOf } from './clock'
export type { Confirms, RouteAnswer, RouteAt } from './confirms'
export { readRoute } from './confirms'
export type { JourneySource } from './context'
export { getVisit, setVisit } from './context'
export type { Duration } from './define'
export { milliseconds } from './define'
export type { JourneyEvent, Visit, VisitSpan } from './event'
export { EVENT_SPANS, isEventOnly } from './event-spans'
export { fingerprint } from './fingerprint'
export { handoverToken, joinJourney } from './handover'
export type { Expectation, Guardrail, GuardrailMetric, Hypothesis, HypothesisOptions } from './hypothesis'
export { defineHypothesis } from './hypothesis'
export { uuidv7, uuidv7Time } from './ids'
export type { Journey, JourneyOptions, Step, StepInput, StepName } from './journey'
export { defineJourney } from './journey'
export { isEventId, isName, isRunId, isTimely, isVersion, LONGEST_WITHIN } from './limits'
export type { JourneyFeatureHook } from './openfeature'
export { journeyFeatureHook } from './openfeature'
export type { ConversionSink } from './openfeature-tracking'
export { journeyTrackingProvider } from './openfeature-tracking'
export type { JourneySampler, JourneySamplerOptions, SamplingAnswer } from './sampler'
export { isEventName, journeySampler } from './sampler'
export type { StampingLogProcessor, StampingSpanProcessor } from './span-processor'
export { journeyLogProcessor, journeySpanProcessor } from './span-processor'
export type { Run } from './state'
export { definitionOf, stamp as contextAttributes, stepIndex } from './state'
export { isSteering } from './steering'
export type { Address, At } from './steps-by-address'
export { addressesOf, addressMatcher, stepAt } from './steps-by-address'
export { createTracker } from './tracker'
export type {
  Conversion,
  Ending,
  NavigationKind,
  ReadySource,
  StateStorage,
  Tracker,
  TrackerOptions,
} from './tracker-types'
export type { Worth } from './worth'
export { readWorth } from './worth'
