import { ErrorHandler, provideZoneChangeDetection } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import { Shop } from './shop'
import { RecordingErrorHandler } from './throughline'

bootstrapApplication(Shop, {
  providers: [provideZoneChangeDetection(), { provide: ErrorHandler, useClass: RecordingErrorHandler }],
})
