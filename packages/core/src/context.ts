import type { Attributes, Context } from '@opentelemetry/api'
import { createContextKey, trace } from '@opentelemetry/api'
import type { Visit } from './event'

/** Says which journey a span or log record belongs to: a tracker in the browser, a registry on the server. */
export interface JourneySource {
  active(context: Context): { readonly attributes: Attributes } | undefined
}

const VISIT = createContextKey('throughline.visit')

/** The visit that a context was explicitly given. */
export const getVisit = (context: Context): Visit | undefined => context.getValue(VISIT) as Visit | undefined

/** A context in which work belongs to a visit, as children of its enter span. */
export function setVisit(context: Context, visit: Visit): Context {
  const withVisit = context.setValue(VISIT, visit)
  return visit.span ? trace.setSpan(withVisit, trace.wrapSpanContext(visit.span)) : withVisit
}
