import { throughline } from '@throughline/node/next'
import { headers } from 'next/headers'
import { definitions } from './journeys'

/** Wrap route handlers, server actions and server components, and `getJourney()` is the journey of their request. */
export const { route, action } = throughline({ ...definitions, headers })
