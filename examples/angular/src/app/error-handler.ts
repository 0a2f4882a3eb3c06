import { ErrorHandler, Injectable } from '@angular/core'
import { tracker } from '../throughline'

/** Angular hands errors of handlers and templates to this alone. */
@Injectable()
export class RecordingErrorHandler extends ErrorHandler {
  override handleError(error: unknown): void {
    tracker.captureError(error, { handled: false })
    super.handleError(error)
  }
}
