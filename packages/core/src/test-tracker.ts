// `@throughline/core/testing`: for tests of applications. Nothing of it is in a page's bundle.
import { Name } from './attributes'
import type { JourneyEvent } from './event'
import { isSteering } from './steering'
import { createTracker } from './tracker'
import type { TrackerOptions } from './tracker-types'
import type { Throughline } from './web/options'

/** A tracker that sends nothing: what it would have sent is in `events`. */
export interface TestTracker extends Throughline {
  /** What was recorded so far, in order. */
  readonly events: JourneyEvent[]
  /** The same as one line each, for assertions: `step.enter checkout/cart`, `exception checkout/cart TypeError: no`. */
  lines(): string[]
}

/**
 * What `startThroughline` returns, for tests: it records into an array, and touches neither the page, nor the
 * network, nor a storage.
 *
 * @param options as of `createTracker`; `now` makes time stand still
 * @example
 * const tracker = createTestTracker({ journeys: [checkout] })
 * tracker.enter(checkout, 'cart')
 * expect(tracker.lines()).toEqual(['step.enter checkout/cart'])
 */
export function createTestTracker(options: TrackerOptions): TestTracker {
  const tracker = createTracker(options)
  const events: JourneyEvent[] = []
  tracker.subscribe((event) => events.push(event))
  const line = ({ name, visit, attributes }: JourneyEvent) => {
    const { [Name.EXCEPTION_TYPE]: type, [Name.EXCEPTION_MESSAGE]: message } = attributes
    const where = visit ? ` ${visit.journey}/${visit.step}` : ''
    return `${name.replace('throughline.', '')}${where}${type ? ` ${type}: ${message}` : ''}`
  }
  return {
    ...tracker,
    events,
    lines: () => events.map(line),
    captureError(error, options) {
      if (isSteering(error)) return
      const { name, message } = (error ?? {}) as Partial<Error>
      tracker.record(
        Name.EXCEPTION,
        {
          [Name.EXCEPTION_TYPE]: `${name ?? typeof error}`,
          [Name.EXCEPTION_MESSAGE]: `${message ?? error}`,
          [Name.ERROR_HANDLED]: options?.handled ?? true,
        },
        { visit: options?.journey && tracker.current(options.journey) },
      )
    },
    flush: async () => {},
    consent() {},
    stop: async () => {},
  }
}
