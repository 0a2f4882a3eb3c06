// Which spans are events, and what is believed on those alone. Receivers use this; a browser does not load it.
import { Name } from './attributes'

/** The names of all event spans. */
export const EVENT_SPANS: readonly string[] = [
  Name.STEP_ENTER,
  Name.STEP_READY,
  Name.STEP_LEAVE,
  Name.RUN_END,
  Name.EXPOSURE,
  Name.WEB_VITAL,
  Name.EXCEPTION,
  Name.FIRST_INTERACTION,
  Name.SATISFACTION,
  Name.DELIVERY,
  Name.ALIAS,
  Name.MARK,
]

const PREFIXES = /^throughline\.(event|conversion)\./
const KEYS: readonly string[] = [Name.RUN_OUTCOME, Name.RUN_OUTCOME_AT, Name.RUN_END_REASON]

/**
 * Whether an attribute is believed on event spans alone: an event's identity and a run's outcome. Anyone can send
 * baggage, and a service whose span processor stamps all of it would otherwise turn its requests into reports of
 * conversions.
 *
 * @param key the attribute's name
 */
export const isEventOnly = (key: string): boolean => PREFIXES.test(key) || KEYS.includes(key)
