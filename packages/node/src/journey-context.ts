import type { Context } from '@opentelemetry/api'
import { propagation } from '@opentelemetry/api'
import type { Visit } from '@throughline/core'
import { baggageOf } from '@throughline/core'
import { liveBaggage } from './baggage'
import type { RequestJourney } from './journey-handle'
import { setHolder } from './registry'
import { safely } from './safely'

/** Carries the other runs while none is ambient. */
const NOWHERE: Visit = {
  ...{ id: '', journey: '', run: '', step: '', index: -1, attempt: 0, start: 0 },
  attributes: {},
}

/** A context in which a request's journeys are in force, and from which they travel on to other services. */
export function journeyContext(base: Context, journey: RequestJourney): Context {
  const members = () => safely(() => baggageOf(journey.visit() ?? NOWHERE, journey.others())) ?? {}
  return propagation.setBaggage(setHolder(base, journey), liveBaggage(propagation.getBaggage(base), members))
}
