import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { checkout, signup } from '../testing'
import { createTracker } from '../tracker'
import { observeStepVitals } from './step-vitals'
import { createSink, start, stopAll } from './testing'
import { tools } from './tools'
import type { Measured } from './vitals'

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  Reflect.deleteProperty(document, 'prerendering')
  await stopAll()
})

describe('a prerendered page', () => {
  it('enters nothing before it is seen, then joins the run that has gone on meanwhile', async () => {
    const sink = createSink()
    const shop = createTracker({ journeys: [checkout, signup], storage: sessionStorage })
    shop.enter(checkout, 'product')
    Object.defineProperty(document, 'prerendering', { value: true, configurable: true })
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'payment')
    tracker.ready(checkout)
    await tracker.flush()
    expect(await sink.bodies()).toEqual([])
    shop.enter(checkout, 'cart')
    const { run } = shop.current()!

    Reflect.deleteProperty(document, 'prerendering')
    document.dispatchEvent(new Event('prerenderingchange'))
    await tracker.flush()
    const names = (await sink.spans()).map(({ name, attributes }) => [
      name.replace('throughline.step.', ''),
      attributes['throughline.step.name'],
      attributes['throughline.run.id'],
    ])
    expect(names.filter(([name]) => /^[a-z]+$/.test(`${name}`))).toEqual([
      ['leave', 'cart', run],
      ['enter', 'payment', run],
      ['ready', 'payment', run],
    ])
    tracker.enter(checkout, 'confirmation')
    expect(tracker.current()!.step).toBe('confirmation')
  })
})

describe('a page that is stopped while it is prerendered', () => {
  it('holds nothing back once it is shown', async () => {
    Object.defineProperty(document, 'prerendering', { value: true, configurable: true })
    const tracker = start({ endpoint: createSink().endpoint })
    tracker.enter(checkout, 'cart')
    await tracker.stop()
    Reflect.deleteProperty(document, 'prerendering')
    document.dispatchEvent(new Event('prerenderingchange'))
    tracker.enter(checkout, 'payment')
    expect(tracker.current()!.step).toBe('payment')
  })
})

describe('a tab that is a copy', () => {
  // Tests run in a frame, and frames claim nothing.
  beforeEach(() => vi.stubGlobal('parent', window))

  const loadedBy = (type: string) =>
    vi
      .spyOn(performance, 'getEntriesByType')
      .mockReturnValue([{ type, startTime: 0, activationStart: 0 } as never])

  it('starts a run of its own while the owner is there, and keeps its own when it comes back', async () => {
    const sink = createSink()
    createTracker({ journeys: [checkout], storage: sessionStorage }).enter(checkout, 'cart')
    const copied = sessionStorage.getItem('throughline')!
    loadedBy('back_forward')
    const copy = start({ endpoint: sink.endpoint })
    expect(copy.current()).toBeUndefined()
    copy.enter(checkout, 'cart')
    expect(copied).not.toContain(copy.current()!.run)
    const { run } = copy.current()!
    await copy.stop()
    expect(start({ endpoint: sink.endpoint }).current()!.run).toBe(run)
  })

  it('is not one that the system ended while it was hidden, but one whose owner was hidden by being copied', async () => {
    const sink = createSink()
    loadedBy('back_forward')
    for (const [hiddenBefore, step] of [
      [60_000, 'cart'],
      [0, undefined],
    ] as const) {
      createTracker({ journeys: [checkout], storage: sessionStorage }).enter(checkout, 'cart')
      sessionStorage.setItem('throughline.here', 'owner')
      sessionStorage.setItem('throughline.away', `owner ${performance.timeOrigin - hiddenBefore}`)
      const tracker = start({ endpoint: sink.endpoint })
      expect(tracker.current()?.step).toBe(step)
      await tracker.stop()
    }
  })

  it('is not a reload, nor a plain navigation', () => {
    const sink = createSink()
    createTracker({ journeys: [checkout], storage: sessionStorage }).enter(checkout, 'cart')
    for (const type of ['reload', 'navigate']) {
      loadedBy(type)
      expect(start({ endpoint: sink.endpoint }).current()?.step).toBe('cart')
    }
  })
})

describe('a page that comes back', () => {
  it('from the back/forward cache reads what others stored and enters its step again', () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const { run } = tracker.current()!
    const next = createTracker({ journeys: [checkout, signup], storage: sessionStorage })
    next.enter(checkout, 'payment')
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    expect(tracker.current()).toMatchObject({ run, step: 'cart', attempt: 2 })
  })
})

describe('another document of the tab', () => {
  const wrote = () =>
    dispatchEvent(new StorageEvent('storage', { key: 'throughline', storageArea: sessionStorage }))

  it('shares its runs; one that declares other journeys neither loses its own by it nor takes ours', async () => {
    const tracker = start({ endpoint: createSink().endpoint, journeys: [checkout] })
    const other = createTracker({ journeys: [signup], storage: sessionStorage })
    other.enter(signup, 'form')
    wrote()
    expect(sessionStorage.getItem('throughline')).toContain(other.current()!.run)
    tracker.enter(checkout, 'cart')
    const { run } = tracker.current()!
    other.leave(signup)
    wrote()
    expect(tracker.current()).toMatchObject({ run, step: 'cart' })
    await tracker.stop()
    sessionStorage.removeItem('throughline')
    createTracker({ journeys: [checkout], storage: sessionStorage }).enter(checkout, 'payment')
    wrote()
    expect(tracker.current()!.run).toBe(run)
  })
})

/** A page that measures interactions, with a button. */
async function pageWithButton(text: string) {
  const sink = createSink()
  const listening = vi.spyOn(window, 'addEventListener')
  const tracker = start({ endpoint: sink.endpoint })
  // What observes them loads after the page, and listens beside what observes navigations.
  const clicks = () => listening.mock.calls.filter(([type]) => type === 'click')
  await vi.waitFor(() => expect(clicks()).toHaveLength(2), { timeout: 10_000 })
  const button = document.createElement('button')
  button.id = text.toLowerCase()
  button.textContent = text
  document.body.append(button)
  return { sink, tracker, button }
}

/** Blocks the page, in ms. */
function work(ms: number) {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('the first interaction', () => {
  it('of each visit is measured, slow or too fast for Event Timing, and no later one', async () => {
    const { sink, tracker, button } = await pageWithButton('Pay')
    let blocked = 150
    const clicks: number[] = []
    button.addEventListener('click', ({ timeStamp }) => {
      clicks.push(tools.epochOf(timeStamp))
      work(blocked)
    })
    tracker.enter(checkout, 'cart')
    const cart = tracker.current()!.id
    await userEvent.click(button)
    blocked = 300
    await userEvent.click(button)
    blocked = 0
    tracker.enter(checkout, 'payment')
    const payment = tracker.current()!.id
    await userEvent.click(button)
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)))
    tracker.enter(checkout, 'confirmation')
    await vi.waitFor(
      async () => {
        await tracker.flush()
        const firsts = await sink.spans('throughline.first_interaction')
        expect(firsts.map(({ attributes }) => attributes['throughline.visit.id'])).toEqual([cart, payment])
        const [slow, fast] = firsts.map(({ attributes }) => attributes)
        expect(slow).toMatchObject({
          'throughline.step.name': 'cart',
          'throughline.web_vital.target': 'button#pay',
          'browser.web_vital.navigation_type': 'navigate',
        })
        expect(slow!['throughline.first_interaction.duration_ms']).toBeGreaterThanOrEqual(144)
        // The longer one that followed is another.
        expect(Number(firsts[0]!.startTimeUnixNano) / 1e6).toBeLessThanOrEqual(clicks[0]! + 1)
        expect(fast).toMatchObject({
          'throughline.step.name': 'payment',
          'browser.web_vital.navigation_type': 'soft-navigation',
        })
        expect(Number(fast!['throughline.first_interaction.duration_ms'])).toBeGreaterThan(0)
      },
      { timeout: 10_000, interval: 200 },
    )
    button.remove()
  })

  it('is timed to its end when the next step is entered before the work is done', async () => {
    const { sink, tracker, button } = await pageWithButton('Next')
    button.addEventListener('click', () => {
      tracker.enter(checkout, 'payment')
      work(400)
    })
    // The step before has all that happened on this page so far.
    tracker.enter(checkout, 'product')
    tracker.enter(checkout, 'cart')
    const cart = tracker.current()!.id
    await userEvent.click(button)
    await vi.waitFor(
      async () => {
        await tracker.flush()
        const onCart = (await sink.spans())
          .map(({ attributes }) => attributes)
          .filter((attributes) => attributes['throughline.visit.id'] === cart)
        const inp = onCart.filter((of) => of['browser.web_vital.name'] === 'inp')
        // Without a navigation of its own, each step still has its INP.
        expect(new Set(inp.map((of) => of['browser.web_vital.id'])).size).toBe(1)
        const first = onCart.filter((of) => 'throughline.first_interaction.duration_ms' in of)
        expect(first).toHaveLength(1)
        expect(Number(inp[0]!['browser.web_vital.value'])).toBeGreaterThanOrEqual(392)
        expect(Number(first[0]!['throughline.first_interaction.duration_ms'])).toBeGreaterThanOrEqual(392)
      },
      { timeout: 10_000, interval: 200 },
    )
    button.remove()
  })
})

describe('on a busy machine, where Event Timing tells late', () => {
  it('a first interaction is as long as it took, and not as short as is known of its beginning', async () => {
    let send: (entry: object) => void = () => {}
    class Observer {
      static supportedEntryTypes = ['event']
      constructor(private readonly callback: (list: { getEntries(): object[] }) => void) {}
      observe() {
        send = (entry) => this.callback({ getEntries: () => [entry] })
      }
      takeRecords = () => []
      disconnect() {}
    }
    vi.stubGlobal('PerformanceObserver', Observer)
    const stopping = new AbortController()
    const tracker = createTracker({ journeys: [checkout] })
    const measured: Measured[] = []
    observeStepVitals(tracker, (one) => measured.push(one), true, tools, stopping.signal)
    const button = document.createElement('button')
    button.textContent = 'Order'
    document.body.append(button)
    button.addEventListener('pointerdown', ({ timeStamp: startTime }) =>
      send({ startTime, duration: 24, interactionId: 1 }),
    )
    button.addEventListener('click', () => work(150))
    try {
      tracker.enter(checkout, 'cart')
      await userEvent.click(button)
      await new Promise((resolve) => requestAnimationFrame(resolve))
      tracker.enter(checkout, 'payment')
      const firsts = () => measured.filter(({ name }) => name === 'first-interaction')
      await vi.waitFor(() => expect(firsts()).toHaveLength(1))
      expect(firsts()[0]!.value).toBeGreaterThanOrEqual(144)
    } finally {
      stopping.abort()
      button.remove()
    }
  })
})

describe('without soft navigations', () => {
  it('interactions and shifts are measured for each visit', async () => {
    const observers: { type: string; send(entries: object[]): void }[] = []
    class Observer {
      static supportedEntryTypes = ['event', 'layout-shift']
      constructor(private readonly callback: (list: { getEntries(): object[] }) => void) {}
      observe({ type }: { type: string }) {
        observers.push({ type, send: (entries) => this.callback({ getEntries: () => entries }) })
      }
      takeRecords = () => []
      disconnect() {}
    }
    vi.stubGlobal('PerformanceObserver', Observer)
    const stopping = new AbortController()
    const tracker = createTracker({ journeys: [checkout] })
    const measured: Measured[] = []
    observeStepVitals(tracker, (one) => measured.push(one), false, tools, stopping.signal)
    const send = (type: string, ...entries: object[]) =>
      observers.find((observer) => observer.type === type)!.send(entries)

    tracker.enter(checkout, 'cart')
    const cart = tracker.current()!.id
    await new Promise((resolve) => setTimeout(resolve, 2))
    const now = performance.now()
    send(
      'event',
      { startTime: now, duration: 48, interactionId: 1 },
      { startTime: now, duration: 240, interactionId: 2 },
      { startTime: now, duration: 90, interactionId: 2 },
      { startTime: now, duration: 900, interactionId: 0 },
    )
    const shift = (at: number, value: number) => ({ startTime: now + at, value, hadRecentInput: false })
    send('layout-shift', shift(0, 0.1), shift(500, 0.05), shift(3000, 0.12), {
      ...shift(3001, 0.9),
      hadRecentInput: true,
    })
    await new Promise((resolve) => setTimeout(resolve, 2))
    tracker.enter(checkout, 'payment')
    await vi.waitFor(() => expect(measured).toHaveLength(2))
    expect(measured).toMatchObject([
      { name: 'INP', value: 240, rating: 'needs-improvement' },
      { name: 'CLS', rating: 'needs-improvement' },
    ])
    expect(tracker.at(performance.timeOrigin + measured[0]!.entries[0]!.startTime)!.id).toBe(cart)
    expect(measured[1]!.value).toBeCloseTo(0.15)
    stopping.abort()
  })
})
