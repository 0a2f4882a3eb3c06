import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout } from '../testing'
import { createSink, start, stopAll } from './testing'

afterEach(async () => {
  await stopAll()
  vi.restoreAllMocks()
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
})

const stored = () =>
  [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) =>
    key.startsWith('throughline'),
  )

describe('consent', () => {
  it('until it is granted nothing is stored, sent or put in a header; granting keeps the run', async () => {
    const sink = createSink()
    const instrumentations = [new FetchInstrumentation()]
    const tracker = start({ endpoint: sink.endpoint, consent: 'required', instrumentations })
    tracker.enter(checkout, 'cart')
    const run = tracker.current()!.run
    await tracker.flush()
    const silent = await (await fetch(`${sink.endpoint}/api`)).json()
    expect(silent.traceparent).toBeUndefined()
    expect(silent.baggage).toBeUndefined()
    expect(stored()).toEqual([])
    expect(await sink.bodies()).toEqual([])

    tracker.consent('granted')
    await tracker.flush()
    const [enter] = await sink.spans('throughline.step.enter')
    expect(enter!.attributes['throughline.run.id']).toBe(run)
    const allowed = await (await fetch(`${sink.endpoint}/api`)).json()
    expect(allowed.baggage).toContain(run)
    expect(sessionStorage.getItem('throughline')).toContain(run)
  })

  it('denying drops what waits and clears what was stored', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    expect(stored()).not.toEqual([])
    tracker.consent('denied')
    tracker.enter(checkout, 'payment')
    await tracker.flush()
    expect(stored()).toEqual([])
    expect(await sink.bodies()).toEqual([])
  })

  it('Global Privacy Control counts as denied, unless the user granted', async () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true })
    const sink = createSink()
    const silent = start({ endpoint: sink.endpoint })
    silent.enter(checkout, 'cart')
    await silent.stop()
    expect(await sink.bodies()).toEqual([])
    expect(stored()).toEqual([])
    const granted = start({ endpoint: sink.endpoint, consent: 'granted' })
    granted.enter(checkout, 'cart')
    await granted.flush()
    expect(await sink.spans('throughline.step.enter')).toHaveLength(1)
  })
})
