import type { Attributes } from '@opentelemetry/api'
import type { Instrumentation } from './options'

interface Spoken {
  setAttributes(attributes: Attributes): unknown
}

type Apply = (span: Spoken, request: unknown, result: unknown) => void

/** The official fetch instrumentation, by structure. */
interface FetchInstrumentation {
  readonly instrumentationName?: string
  getConfig(): { applyCustomAttributesOnSpan?: Apply }
  setConfig(config: { applyCustomAttributesOnSpan?: Apply }): void
}

/**
 * Has the fetch instrumentation say what a request without an answer failed with: its spans do not tell a failed one
 * from one that was aborted. The hook that the host may have set goes first. Loads after the page, with `later.ts`.
 */
export function nameFetchErrors(instrumentations: readonly Instrumentation[], signal: AbortSignal): void {
  for (const instrumentation of instrumentations as readonly unknown[] as FetchInstrumentation[]) {
    if (!instrumentation.instrumentationName?.endsWith('/instrumentation-fetch')) continue
    const config = instrumentation.getConfig()
    instrumentation.setConfig({
      ...config,
      applyCustomAttributesOnSpan(span, request, result) {
        config.applyCustomAttributesOnSpan?.(span, request, result)
        if (result instanceof Error) span.setAttributes({ 'error.type': result.name })
      },
    })
    signal.addEventListener('abort', () => {
      try {
        instrumentation.setConfig(config)
      } catch {
        // The host's: an event listener of ours must not make it an error of the page.
      }
    })
  }
}
