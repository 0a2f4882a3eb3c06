import type { HandleClientError } from '@sveltejs/kit'
import { tracker } from './lib/telemetry'

export const handleError: HandleClientError = ({ error }) => tracker.captureError(error, { handled: false })
