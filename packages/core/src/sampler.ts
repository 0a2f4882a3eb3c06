import type { Attributes, Context, Link, SpanKind, TraceState } from '@opentelemetry/api'
import { trace } from '@opentelemetry/api'
import { Name } from './attributes'
import type { JourneySource } from './context'
import { getVisit } from './context'

/** `SamplingDecision` and `SamplingResult` of the SDK, by structure. */
export interface SamplingAnswer {
  decision: 0 | 1 | 2
  attributes?: Readonly<Attributes>
  traceState?: TraceState
}

/** What both living lines of OpenTelemetry JS accept as a Sampler. */
export interface JourneySampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingAnswer
  toString(): string
}

export interface JourneySamplerOptions {
  /** Share of runs whose spans are kept, 0 to 1; 1 if left out. Event spans are kept always. */
  readonly ratio?: number | undefined
  /** Keep every span of a run from the moment a variant is assigned in it, as is done if left out. */
  readonly keepHypotheses?: boolean | undefined
  /** Decides about spans outside of any run; they are all kept if left out. */
  readonly root?: JourneySampler | undefined
}

/** True for the spans that funnels are made of. A host may name its own spans by anything. */
export const isEventName = (name: string): boolean =>
  typeof name === 'string' &&
  (name.startsWith('throughline.') || name === Name.WEB_VITAL || name === Name.EXCEPTION)

const DIGITS = 14

/**
 * The rejection threshold of a sampling probability: 56 bits as 14 hex digits.
 * OpenTelemetry, "Consistent probability sampling" (tracestate `ot=th`): a span is kept when its randomness is at
 * least it.
 */
export const threshold = (ratio: number): string =>
  Math.min((1 - ratio) * 2 ** 56, 2 ** 56 - 8)
    .toString(16)
    .split('.')[0]!
    .padStart(DIGITS, '0')

/**
 * A W3C tracestate; what was set last goes first. The API's own reads and checks headers too: half a kilobyte for
 * every page.
 */
const traceState = (members: Readonly<Record<string, string>> = {}): TraceState => {
  const without = (name: string) => Object.entries(members).filter(([key]) => key !== name)
  return {
    get: (key) => members[key],
    set: (key, value) => traceState(Object.fromEntries([[key, value], ...without(key)])),
    unset: (key) => traceState(Object.fromEntries(without(key))),
    serialize: () =>
      without('')
        .map((member) => member.join('='))
        .join(),
  }
}

/**
 * The whole sampler (not a root of ParentBased): event spans always, else one decision for each run, drawn from the
 * run id, so that browser and server decide alike without talking; spans outside of runs as `root` says.
 */
export function journeySampler(source: JourneySource, options: JourneySamplerOptions = {}): JourneySampler {
  const { ratio = 1, keepHypotheses = true, root } = options
  const limit = threshold(ratio)
  /** What is decided about a run, by its stamp: the same object for all spans of a request. */
  const decided = new WeakMap<Attributes, string>()
  /** The `ot` of the trace state; empty when spans are dropped. */
  function decide(stamp: Attributes | undefined, isEvent: boolean): string {
    const randomness = stamp ? `${stamp[Name.RUN_ID]}`.replaceAll('-', '').slice(-DIGITS) : ''
    const certain =
      isEvent ||
      !stamp ||
      (keepHypotheses && Object.keys(stamp).some((key) => key.startsWith(Name.HYPOTHESIS)))
    if (!certain && (ratio <= 0 || randomness < limit)) return ''
    const th = certain ? '0' : limit.replace(/0+$/, '') || '0'
    return `th:${th}${randomness && `;rv:${randomness}`}`
  }
  return {
    shouldSample(context, traceId, spanName, spanKind, attributes, links) {
      const stamp = (getVisit(context) ?? source.active(context))?.attributes
      const isEvent = isEventName(spanName)
      if (!stamp && !isEvent && root)
        return root.shouldSample(context, traceId, spanName, spanKind, attributes, links)
      let ot = stamp && !isEvent ? decided.get(stamp) : undefined
      if (ot === undefined) {
        ot = decide(stamp, isEvent)
        if (stamp && !isEvent) decided.set(stamp, ot)
      }
      if (!ot) return { decision: 0 }
      const state = trace.getSpanContext(context)?.traceState ?? traceState()
      return { decision: 2, traceState: state.get('ot') === ot ? state : state.set('ot', ot) }
    },
    toString: () => `JourneySampler{${ratio}}`,
  }
}
