import type {
  JourneySampler,
  JourneySamplerOptions,
  StampingLogProcessor,
  StampingSpanProcessor,
} from '@throughline/core'
import { journeyLogProcessor, journeySampler, journeySpanProcessor } from '@throughline/core'
import type { Definitions } from './definitions'
import { checkDefinitions } from './definitions'
import { registryOf } from './registry'
import { rememberingTargets } from './target'

/** What `journeyProcessors` takes: the definitions, and the sampler's options. */
export interface ProcessorOptions extends Definitions, JourneySamplerOptions {}

/** The parts that go into an OpenTelemetry SDK. */
export interface JourneyProcessors {
  readonly spanProcessor: StampingSpanProcessor
  readonly logRecordProcessor: StampingLogProcessor
  /** Keeps all event spans, and decides once for each run, as the browser does. */
  readonly sampler: JourneySampler
}

/**
 * The parts that stamp a server's spans and log records with journey, step and variants: those of the request's
 * baggage, as far as the definitions know them. Put them in front of the processors that export.
 *
 * @throws TypeError when the definitions are not usable
 */
export function journeyProcessors(options: ProcessorOptions): JourneyProcessors {
  const registry = registryOf(checkDefinitions('journeyProcessors', options))
  return {
    spanProcessor: journeySpanProcessor(registry),
    logRecordProcessor: journeyLogProcessor(registry),
    sampler: rememberingTargets(journeySampler(registry, options)),
  }
}
