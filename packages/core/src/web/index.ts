import type { StartOptions, Throughline } from './options'
import { readyMade } from './ready-made'
import { startPage } from './start'

export type { AddressOf } from './by-address'
export type { Answer, Endpoint } from './endpoint'
export type { AnySpanExporter } from './exporter'
export { viaExporter } from './exporter'
export { keepRuns } from './kept-storage'
export type {
  Consent,
  Instrumentation,
  OwnProviderOptions,
  ReadyMadeOptions,
  StartOptions,
  Throughline,
} from './options'
export type { PropagateTo } from './origins'
export { tracing } from './origins'
export type { PartsOptions, ThroughlineParts } from './parts'
export { throughlineParts } from './parts'
export type { GatedStorage } from './persistence'
export { gatedStorage, tabStorage } from './persistence'
export { recordJourney } from './spans'

/**
 * Wires a page: tracks the journeys, stamps every span, records web vitals and errors on the step where they happened,
 * and sends it all as OTLP. With `{ tracker, provider }` it does so on a provider of the host's own.
 *
 * @throws TypeError that says what to change, when the set-up cannot work
 */
export const startThroughline = (options: StartOptions): Throughline => startPage(options, readyMade)
