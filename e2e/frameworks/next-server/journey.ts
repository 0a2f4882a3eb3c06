import { throughline } from '@throughline/node/next'
import { headers } from 'next/headers'
import { checkout } from './journeys'

export const { route, action } = throughline({ journeys: [checkout], headers })
