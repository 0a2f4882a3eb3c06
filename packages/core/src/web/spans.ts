import type { Attributes, HrTime, TracerProvider } from '@opentelemetry/api'
import { isSpanContextValid, ROOT_CONTEXT } from '@opentelemetry/api'
import { Name, SCHEMA_VERSION } from '../attributes'
import { setVisit } from '../context'
import type { Visit } from '../event'
import { hex, platformBytes } from '../ids'
import type { Tracker } from '../tracker-types'
import { installedParts } from './parts'

/** An event outside of any run: the explicit empty visit keeps the ambient one off its span. */
const NOWHERE = { attributes: {} } as Visit

/**
 * A number below `performance.timeOrigin` would be taken for an offset, and a visit may have begun on the page
 * before.
 */
const hrTime = (ms: number): HrTime => [Math.trunc(ms / 1000), Math.round((ms % 1000) * 1e6)]

/**
 * Turns a tracker's events into spans of a provider. A visit's enter span is the root of its trace, linked to the visit
 * before; everything else about the visit hangs under it.
 *
 * @param saysVersion whether the provider's resource carries `throughline.schema.version`; else each event does
 * @returns stops it
 */
export function recordJourney(tracker: Tracker, provider: TracerProvider, saysVersion = false): () => void {
  const tracer = provider.getTracer('throughline')
  const page = installedParts(tracker)?.delivery?.page ?? hex(platformBytes(16))
  let seq = 0
  return tracker.subscribe(({ name, time, end, visit = NOWHERE, previous, attributes: own }) => {
    // An account may be of a page that is gone.
    const attributes: Attributes = { [Name.PAGE_ID]: page, ...own }
    // An account of what was sent is not part of it.
    if (name !== Name.DELIVERY) attributes[Name.EVENT_SEQ] = ++seq
    if (!saysVersion) attributes[Name.SCHEMA_VERSION] = SCHEMA_VERSION
    // Anyone on the origin can write to storage, where a visit's span may come from; of parents, the SDK sees to it.
    const links = previous?.span && isSpanContextValid(previous.span) ? [{ context: previous.span }] : []
    const span = tracer.startSpan(
      name,
      { startTime: hrTime(time), attributes, links },
      setVisit(ROOT_CONTEXT, visit),
    )
    if (visit.id === attributes['throughline.event.id']) {
      const { traceId, spanId, traceFlags } = span.spanContext()
      // The enter span is always kept; what hangs under it need not be.
      const isKept = installedParts(tracker)?.keeps(visit) ?? traceFlags & 1
      visit.span = { traceId, spanId, traceFlags: isKept ? 1 : 0 }
    }
    span.end(hrTime(end))
  })
}
