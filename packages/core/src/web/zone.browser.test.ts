import 'zone.js'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-web'
import { afterEach, expect, it, vi } from 'vitest'
import { checkout } from '../testing'
import { createTracker } from '../tracker'
import { startThroughline } from './index'
import { startThroughline as startOnProvider, throughlineParts } from './own'
import { createSink } from './testing'

interface Task {
  readonly type: string
  readonly source: string
}

interface ZoneType {
  readonly root: ZoneType
  readonly current: ZoneType
  fork(spec: object): ZoneType
  run<T>(fn: () => T): T
}

const { Zone } = globalThis as unknown as { Zone: ZoneType }

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  vi.restoreAllMocks()
})

/** What an application's framework hears of, as Angular does: timers, listeners and requests that begin in its zone. */
function application() {
  const tasks: string[] = []
  const zone = Zone.root.fork({
    name: 'angular',
    onScheduleTask(
      parent: { scheduleTask(...args: unknown[]): unknown },
      _: unknown,
      target: unknown,
      task: Task,
    ) {
      if (task.type !== 'microTask') tasks.push(task.source)
      return parent.scheduleTask(target, task)
    },
  })
  return { tasks, run: <T>(fn: () => T) => zone.run(fn) }
}

function onProvider() {
  const own = createTracker({ journeys: [checkout] })
  const provider = new BasicTracerProvider(throughlineParts({ tracker: own }))
  return startOnProvider({ tracker: own, provider, consoleErrors: true, debug: true })
}
const readyMade = () =>
  startThroughline({
    serviceName: 'test-web',
    endpoint: createSink().endpoint,
    journeys: [checkout],
    consoleErrors: true,
    debug: true,
  })

it.each([
  ["on a provider of the host's own", onProvider],
  ['ready-made, which delivers', readyMade],
])(
  'an application with zone.js has no timers, listeners or requests of ours in its zone, %s',
  async (_, begin) => {
    vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(console, 'info').mockReturnValue()
    const { tasks, run } = application()
    const before = console.error
    const tracker = run(begin)
    stops.push(() => run(tracker.stop))
    await vi.waitFor(() => expect(console.error).not.toBe(before))
    await import('./later')
    run(() => {
      console.error('logged')
      tracker.captureError(new Error('before the first step'))
      tracker.enter(checkout, 'cart')
      dispatchEvent(new ErrorEvent('error', { error: new Error('thrown') }))
    })
    const frames = (count: number): Promise<void> =>
      new Promise((resolve) =>
        requestAnimationFrame(() => resolve(count > 1 ? frames(count - 1) : undefined)),
      )
    await Zone.root.run(() => frames(3))
    run(() => {
      document.body.click()
      tracker.enter(checkout, 'payment')
      tracker.flush()
    })
    await run(tracker.stop)
    expect(tasks).toEqual([])
  },
)
