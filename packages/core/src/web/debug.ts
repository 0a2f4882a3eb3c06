import { DiagLogLevel, diag } from '@opentelemetry/api'
import type { Tracker } from '../tracker'

/** Writes each journey event as one line: where, what happened, and what is worth knowing about it. */
export function debugJourney(tracker: Tracker, signal: AbortSignal): void {
  const quiet = () => {}
  diag.setLogger(
    { error: console.error, warn: console.warn, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const stop = tracker.subscribe(({ name, time, end, visit, attributes }) => {
    const own = Object.entries(attributes).filter(
      ([key]) => !(visit && key in visit.attributes) && !key.startsWith('throughline.event.'),
    )
    const details = own
      .map(([key, value]) => `${key.split('.').slice(-1)}=${`${value}`.slice(0, 80)}`)
      .join(' ')
    const where = visit
      ? `${visit.journey} › ${visit.step}${visit.attempt > 1 ? ` (${visit.attempt})` : ''}`
      : '(no journey)'
    const took = end > time ? ` ${Math.round(end - time)} ms` : ''
    console.info(`throughline: ${where} · ${name.replace('throughline.', '')}${took} ${details}`)
  })
  signal.addEventListener('abort', () => {
    stop()
    diag.disable()
  })
}
