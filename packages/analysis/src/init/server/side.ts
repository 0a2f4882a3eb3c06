/** What a project needs on its server. */
export interface ServerSide {
  readonly made: readonly { readonly file: string; readonly added: string }[]
  /** Lines that go ahead of a file's own. */
  readonly ahead: readonly { readonly file: string; readonly added: string }[]
  readonly packages: readonly string[]
  readonly next: readonly string[]
}

/** What the server has to know of the definitions. */
export interface Definitions {
  readonly constant: string
  /** The file that has them. */
  readonly journeys: string
  /** Whether the file is loaded as it is by pages, and calls nothing. */
  readonly isPlain: boolean
  readonly hasPages: boolean
}

/** The instrumentation that makes the spans of requests. */
export const HTTP = { HttpInstrumentation: '@opentelemetry/instrumentation-http' }
export const HTTP_PACKAGE = '@opentelemetry/instrumentation-http@~0.223'

/** What confirms a conversion. */
export const confirmed = (constant: string, at: string) =>
  `A conversion that the server confirms: confirms: { at: '${at}' } in the journey, with your own route; or, with its worth, getJourney()?.convert(${constant}, { value: 40, currency: 'EUR', key: order.id }) of @throughline/node in the handler.`

/** What to add to a file that exists. */
export const present = (file: string, lines: string) => `${file} is there: add to it\n\n${lines}`

/** The part of a set-up of OpenTelemetry that is ours. */
export const processors = (
  constant: string,
) => `const { sampler, spanProcessor } = journeyProcessors({ journeys: [${constant}] }) // of @throughline/node
// new NodeSDK({ sampler, spanProcessors: [spanProcessor, …yours] })`
