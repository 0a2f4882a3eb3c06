import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, Suspense, useEffect, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { JourneyErrorBoundary, Step, ThroughlineProvider, useHypothesis, useJourney, useStep } from './index'
import { checkout, onePage, recordingTracker } from './testing'

afterEach(cleanup)

const frames = () =>
  act(async () => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
  })

function Payment({ step = 'payment' as 'cart' | 'payment' }) {
  useStep(checkout, step)
  return <p>{step}</p>
}

describe('useStep', () => {
  it('enters once and is ready once, in StrictMode, over renders and remounts', async () => {
    const { tracker, names } = recordingTracker()
    const App = ({ isShown = true }) => (
      <StrictMode>
        <ThroughlineProvider tracker={tracker}>{isShown && <Payment />}</ThroughlineProvider>
      </StrictMode>
    )
    const { rerender } = render(<App />)
    rerender(<App />)
    rerender(<App isShown={false} />)
    rerender(<App />)
    await frames()
    expect(names()).toEqual(['step.enter', 'step.ready'])
  })

  it('another step leaves the one before', async () => {
    const { tracker, names } = recordingTracker()
    const App = ({ step }: { step: 'cart' | 'payment' }) => (
      <ThroughlineProvider tracker={tracker}>
        <Payment step={step} />
      </ThroughlineProvider>
    )
    const { rerender } = render(<App step="cart" />)
    rerender(<App step="payment" />)
    await frames()
    expect(names()).toEqual(['step.enter', 'step.leave', 'step.enter', 'step.ready'])
  })

  it('is entered before the effects of its children run', () => {
    const { tracker } = recordingTracker()
    const seen: (string | undefined)[] = []
    function Child() {
      useEffect(() => void seen.push(tracker.current()?.step))
      return null
    }
    render(
      <ThroughlineProvider tracker={tracker}>
        <Step journey={checkout} name="payment">
          <Child />
        </Step>
      </ThroughlineProvider>,
    )
    expect(seen).toEqual(['payment'])
  })

  it('waits for ready when told to', async () => {
    const { tracker, names } = recordingTracker()
    const App = ({ ready }: { ready: boolean }) => (
      <ThroughlineProvider tracker={tracker}>
        <Step journey={checkout} name="payment" ready={ready} />
      </ThroughlineProvider>
    )
    const { rerender } = render(<App ready={false} />)
    await frames()
    expect(names()).toEqual(['step.enter'])
    rerender(<App ready />)
    await frames()
    expect(names()).toEqual(['step.enter', 'step.ready'])
  })

  const appear = (state: 'hidden' | 'visible') => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }
  it.each([
    ['when it was entered', () => appear('hidden'), () => appear('visible')],
    [
      'meanwhile',
      () => {},
      () => {
        appear('hidden')
        appear('visible')
      },
    ],
    [
      'before anybody listened',
      () =>
        vi
          .spyOn(performance, 'getEntriesByType')
          .mockReturnValue([{ name: 'hidden', startTime: 1e9 } as never]),
      () => {},
    ],
    [
      'after the laptop had slept, before anybody listened',
      () => {
        const { now } = Date
        vi.spyOn(Date, 'now').mockImplementation(() => now() + 8 * 36e5)
        vi.spyOn(performance, 'getEntriesByType').mockReturnValue([
          { name: 'hidden', startTime: performance.now() + 1000 } as never,
        ])
      },
      () => {},
    ],
  ])('is not ready on a page that was hidden %s', async (_, before, meanwhile) => {
    const { tracker, names } = recordingTracker()
    const app = (ready: boolean) => (
      <ThroughlineProvider tracker={tracker}>
        <Step journey={checkout} name="payment" ready={ready} />
      </ThroughlineProvider>
    )
    before()
    try {
      const { rerender } = render(app(false))
      meanwhile()
      rerender(app(true))
      await frames()
      expect(names()).toEqual(['step.enter'])
    } finally {
      Reflect.deleteProperty(document, 'visibilityState')
      vi.restoreAllMocks()
    }
  })

  it('is ready again when the back/forward cache brings it back', async () => {
    const { tracker, events, names } = recordingTracker()
    render(
      <ThroughlineProvider tracker={tracker}>
        <Payment />
      </ThroughlineProvider>,
    )
    await frames()
    appear('hidden')
    tracker.enter(checkout, 'cart')
    // As the browser set-up does it.
    tracker.enter(checkout, 'payment')
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    Reflect.deleteProperty(document, 'visibilityState')
    await frames()
    expect(names().filter((name) => name === 'step.ready')).toHaveLength(2)
    expect(events.at(-1)!.attributes).toMatchObject({
      'throughline.step.name': 'payment',
      'throughline.step.attempt': 2,
    })
  })

  it('without a provider the page works, and the console says so once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { getByText } = render(
      <>
        <Payment />
        <Payment step="cart" />
      </>,
    )
    expect(getByText('payment')).toBeTruthy()
    expect(warn.mock.calls.filter(([text]) => `${text}`.includes('ThroughlineProvider'))).toHaveLength(1)
    warn.mockRestore()
  })
})

describe('useJourney', () => {
  it('follows the journey with functions that stay the same', () => {
    const { tracker } = recordingTracker()
    const seen: ReturnType<typeof useJourney<'cart' | 'payment' | 'confirmation'>>[] = []
    function Where() {
      const journey = useJourney(checkout)
      seen.push(journey)
      return <p>{journey.visit?.step ?? 'nowhere'}</p>
    }
    const { container } = render(
      <ThroughlineProvider tracker={tracker}>
        <Where />
      </ThroughlineProvider>,
    )
    expect(container.textContent).toBe('nowhere')
    act(() => seen[0]!.enter('cart'))
    expect(container.textContent).toBe('cart')
    act(() => seen[0]!.enter('confirmation'))
    expect(container.textContent).toBe('confirmation')
    expect(seen.at(-1)!.enter).toBe(seen[0]!.enter)
  })
})

describe('useHypothesis', () => {
  function Variant() {
    return <p>{useHypothesis(onePage)}</p>
  }

  it('shows the control and records nothing until a variant is assigned, then meets it once', () => {
    const { tracker, names } = recordingTracker()
    const { container } = render(
      <StrictMode>
        <ThroughlineProvider tracker={tracker}>
          <Payment />
          <Variant />
        </ThroughlineProvider>
      </StrictMode>,
    )
    expect(container.textContent).toContain('control')
    expect(names()).toEqual(['step.enter'])
    act(() => tracker.assign(onePage, 'one-page'))
    expect(container.textContent).toContain('one-page')
    expect(names()).toEqual(['step.enter', 'exposure'])
  })

  it('an exposure before the step is entered (a child of the step) is not lost', () => {
    const { tracker, names } = recordingTracker()
    tracker.assign(onePage, 'one-page')
    render(
      <ThroughlineProvider tracker={tracker}>
        <Step journey={checkout} name="payment">
          <Variant />
        </Step>
      </ThroughlineProvider>,
    )
    expect(names()).toEqual(['step.enter', 'exposure'])
  })

  it('a render that Suspense throws away meets nobody', async () => {
    const { tracker, names } = recordingTracker()
    tracker.enter(checkout, 'payment')
    tracker.assign(onePage, 'one-page')
    let resolve = () => {}
    let isReady = false
    const loaded = new Promise<void>((done) => {
      resolve = () => {
        isReady = true
        done()
      }
    })
    function Slow() {
      const variant = useHypothesis(onePage)
      if (!isReady) throw loaded
      return <p>{variant}</p>
    }
    const { container } = render(
      <ThroughlineProvider tracker={tracker}>
        <Suspense fallback="loading">
          <Slow />
        </Suspense>
      </ThroughlineProvider>,
    )
    expect(container.textContent).toBe('loading')
    expect(names()).toEqual(['step.enter'])
    await act(async () => resolve())
    expect(container.textContent).toBe('one-page')
    expect(names()).toEqual(['step.enter', 'exposure'])
  })
})

describe('JourneyErrorBoundary', () => {
  it('records a few of many that fail alike, for each visit', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { tracker, names } = recordingTracker()
    function Row({ of }: { of: string }): never {
      throw new RangeError(`no price for ${of}`)
    }
    const products = Array.from({ length: 30 }, (_, i) => `product-${i}`)
    const rows = (step: string) =>
      products.map((product) => (
        <JourneyErrorBoundary key={`${step} ${product}`} fallback="none">
          <Row of={product} />
        </JourneyErrorBoundary>
      ))
    const App = ({ step }: { step: 'cart' | 'payment' }) => (
      <ThroughlineProvider tracker={tracker}>
        <Payment step={step} />
        {rows(step)}
      </ThroughlineProvider>
    )
    const count = () => names().filter((name) => name === 'exception').length
    const { rerender } = render(<App step="cart" />)
    expect(count()).toBe(5)
    rerender(<App step="payment" />)
    expect(count()).toBe(10)
  })

  it('records what its children throw on the step, shows the fallback, and tries again', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { tracker, events, names } = recordingTracker()
    function Form() {
      const [isBroken, setBroken] = useState(false)
      if (isBroken) throw new RangeError('no such card')
      return (
        <button type="button" onClick={() => setBroken(true)}>
          pay
        </button>
      )
    }
    const { getByText } = render(
      <ThroughlineProvider tracker={tracker}>
        <Payment />
        <JourneyErrorBoundary
          fails={checkout}
          fallback={(error, retry) => (
            <button type="button" onClick={retry}>
              {error.message}
            </button>
          )}
        >
          <Form />
        </JourneyErrorBoundary>
      </ThroughlineProvider>,
    )
    act(() => getByText('pay').click())
    expect(names()).toEqual(['step.enter', 'exception', 'step.leave'])
    expect(events[1]!.attributes).toMatchObject({
      'exception.type': 'RangeError',
      'exception.message': 'no such card',
      'throughline.error.handled': true,
      'throughline.step.name': 'payment',
    })
    expect(events[1]!.attributes['throughline.error.fingerprint']).toMatch(/^[\da-f]{16}$/)
    expect(events[2]!.attributes['throughline.step.outcome']).toBe('failed')
    act(() => getByText('no such card').click())
    expect(getByText('pay')).toBeTruthy()
    vi.restoreAllMocks()
  })
})
