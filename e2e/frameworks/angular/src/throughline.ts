import { type ErrorHandler, Injectable, inject } from '@angular/core'
import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'

export const journey = defineJourney('shop', {
  version: '1',
  steps: ['cart', 'payment', 'done'],
  converts: 'done',
})

/** Started in Angular's zone, as a service that is injected somewhere is. `?without` leaves it out, to compare. */
@Injectable({ providedIn: 'root' })
export class Telemetry {
  readonly tracker = location.search.includes('without')
    ? undefined
    : startThroughline({ serviceName: 'angular', endpoint: '/otlp', journeys: [journey] })
}

@Injectable()
export class RecordingErrorHandler implements ErrorHandler {
  private readonly tracker = inject(Telemetry).tracker

  handleError(error: unknown): void {
    this.tracker?.captureError(error, { handled: false })
  }
}
