// `@throughline/core/parts`: for a provider of the host's own, on OpenTelemetry JS 2.x or 3.x. Imports no SDK.
import type { OwnProviderOptions, Throughline } from './options'
import { startPage } from './start'

export { device } from './device'
export type { Answer, Endpoint } from './endpoint'
export type { AnySpanExporter } from './exporter'
export { viaExporter } from './exporter'
export { keepRuns } from './kept-storage'
export type { Consent, Instrumentation, OwnProviderOptions, Throughline } from './options'
export type { PropagateTo } from './origins'
export { tracing } from './origins'
export type { PartsOptions, ThroughlineParts } from './parts'
export { throughlineParts } from './parts'
export type { GatedStorage } from './persistence'
export { gatedStorage, tabStorage } from './persistence'
export { recordJourney } from './spans'

/**
 * Wires a page on a provider that was built with `throughlineParts({ tracker, … })`: records the journeys, web vitals
 * and errors, and flushes when the page goes away.
 *
 * @throws TypeError that says what to change, when the set-up cannot work
 */
export const startThroughline = (options: OwnProviderOptions): Throughline => startPage(options)
