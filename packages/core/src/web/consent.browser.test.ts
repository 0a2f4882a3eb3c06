import { diag } from '@opentelemetry/api'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { handoverToken } from '../handover'
import { checkout } from '../testing'
import type { Answer } from './endpoint'
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

const fill = () =>
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })

describe('storage that fills up', () => {
  it('keeps nothing that is out of date: the next page leaves no step a second time', async () => {
    const tracker = start({ endpoint: createSink().endpoint })
    tracker.enter(checkout, 'cart')
    expect(sessionStorage.getItem('throughline')).toContain('"step":"cart"')
    fill()
    tracker.enter(checkout, 'payment')
    // State is written once a task.
    await vi.waitFor(() => expect(sessionStorage.getItem('throughline')).toBeNull())
  })
})

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

  it('that is required on every page keeps the run that was stored with it, and clears nothing', async () => {
    const sink = createSink()
    const first = start({ endpoint: sink.endpoint, consent: 'required' })
    first.consent('granted')
    first.enter(checkout, 'cart')
    const { run } = first.current()!
    await first.stop()
    const next = start({ endpoint: sink.endpoint, consent: 'required' })
    next.enter(checkout, 'payment')
    expect(sessionStorage.getItem('throughline')).toContain('"step":"cart"')
    next.consent('granted')
    expect(next.current()).toMatchObject({ run, step: 'payment' })
    expect(sessionStorage.getItem('throughline')).toContain('"step":"payment"')
  })

  it('that is granted where nothing more can be stored lets events leave all the same', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, consent: 'required' })
    tracker.enter(checkout, 'cart')
    fill()
    const warn = vi.spyOn(diag, 'warn')
    tracker.consent('granted')
    tracker.enter(checkout, 'payment')
    await tracker.flush()
    expect(await sink.spans('throughline.step.enter')).toHaveLength(2)
    expect(warn.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining('storage fails')])
  })

  it.each(['pending', false, null])('of %s is none', async (state) => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, consent: 'required' })
    tracker.enter(checkout, 'cart')
    tracker.consent(state as never)
    await tracker.flush()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(stored()).toEqual([])
    tracker.consent('granted')
    await tracker.flush()
    expect(await sink.bodies()).toEqual([])
  })

  it('that is denied from the start leaves what was stored alone for good', async () => {
    const sink = createSink()
    const before = start({ endpoint: sink.endpoint })
    before.enter(checkout, 'cart')
    const { run } = before.current()!
    await before.stop()
    const tracker = start({ endpoint: sink.endpoint, consent: 'denied' })
    expect(stored()).toEqual([])
    tracker.consent('granted')
    tracker.enter(checkout, 'cart')
    expect(tracker.current()!.run).not.toBe(run)
  })

  it('that is given after stop() is none', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, consent: 'required' })
    tracker.enter(checkout, 'cart')
    await tracker.stop()
    tracker.consent('granted')
    await tracker.flush()
    expect(stored()).toEqual([])
    expect(await sink.bodies()).toEqual([])
  })

  it('that is denied after stop() clears what is stored, unless the page is another one by then', async () => {
    const tracker = start({ endpoint: { url: '', send: async () => ({ status: 'later' }) } })
    tracker.enter(checkout, 'cart')
    await tracker.stop()
    expect(stored().join()).toContain('throughline.out.')
    const next = start({ endpoint: createSink().endpoint })
    tracker.consent('denied')
    expect(sessionStorage.getItem('throughline')).toContain(next.current()!.run)
    await next.stop()
    tracker.consent('denied')
    expect(stored()).toEqual([])
    tracker.enter(checkout, 'payment')
    expect(stored()).toEqual([])
  })

  it('what happens while it is denied never leaves, nor what was on its way and failed', async () => {
    const requests: string[] = []
    let answer = (_: Answer) => {}
    const send = (request: string) => {
      requests.push(request)
      return new Promise<Answer>((resolve) => {
        answer = resolve
      })
    }
    const tracker = start({ endpoint: { url: '', send } })
    tracker.enter(checkout, 'cart')
    const flushed = tracker.flush()
    tracker.consent('denied')
    answer({ status: 'later' })
    await flushed
    tracker.enter(checkout, 'payment')
    tracker.consent('granted')
    dispatchEvent(new Event('online'))
    void tracker.flush()
    expect(requests.splice(0).join()).toContain('"cart"')
    tracker.enter(checkout, 'confirmation')
    void tracker.flush()
    expect(requests).toHaveLength(1)
    const entered = JSON.parse(requests[0]!).resourceSpans[0].scopeSpans[0].spans.filter(
      ({ name }: { name: string }) => name === 'throughline.step.enter',
    )
    expect(entered).toHaveLength(1)
    answer({ status: 'taken' })
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

  it('is needed for a handover token, which is stored as well', () => {
    const tracker = start({ endpoint: createSink().endpoint, consent: 'required' })
    tracker.enter(checkout, 'cart')
    expect(handoverToken(tracker, checkout)).toBeUndefined()
    expect(stored()).toEqual([])
    tracker.consent('granted')
    const token = handoverToken(tracker, checkout)
    expect(stored()).toContain(`throughline.handover.${token}`)
    tracker.consent('denied')
    expect(handoverToken(tracker, checkout)).toBeUndefined()
    expect(stored()).toEqual([])
  })

  it('denying leaves what the host keeps under a similar name', () => {
    for (const storage of [localStorage, sessionStorage])
      storage.setItem('throughline-cookie-banner', 'denied')
    start({ endpoint: createSink().endpoint }).consent('denied')
    expect(stored()).toEqual(['throughline-cookie-banner', 'throughline-cookie-banner'])
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
