import type { Handle } from '@sveltejs/kit/hooks'
import { withRequestJourney } from '@throughline/node'
import { checkout } from '#lib/journeys'

const definitions = { journeys: [checkout] }

/** Loads, actions and endpoints of all routes have the journey of their request. */
export const handle: Handle = ({ event, resolve }) =>
  withRequestJourney(definitions, event.request, () => resolve(event))
