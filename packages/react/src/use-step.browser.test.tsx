import { act, cleanup, render } from '@testing-library/react'
import type { Journey } from '@throughline/core'
import { Activity, StrictMode, Suspense, startTransition, useEffect, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Step, ThroughlineProvider, useHypothesis } from './index'
import { checkout, onePage, Page, recordingTracker, Variant } from './testing'
import { At, appear, frames, parcel, road, within } from './testing-page'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  Reflect.deleteProperty(document, 'visibilityState')
})

describe('useStep', () => {
  it('enters once and is ready once, in StrictMode, over renders and remounts', async () => {
    const { tracker, names } = recordingTracker()
    const App = ({ isShown = true }) => (
      <StrictMode>
        <ThroughlineProvider tracker={tracker}>{isShown && <At name="payment" />}</ThroughlineProvider>
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
        <At name={step} />
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
      vi.restoreAllMocks()
    }
  })

  it('is ready again when the back/forward cache brings it back', async () => {
    const { tracker, events, names } = recordingTracker()
    render(
      <ThroughlineProvider tracker={tracker}>
        <At name="payment" />
      </ThroughlineProvider>,
    )
    await frames()
    appear('hidden')
    tracker.enter(checkout, 'cart')
    // As the browser set-up does it.
    tracker.enter(checkout, 'payment')
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
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
        <At name="payment" />
        <At name="cart" />
      </>,
    )
    expect(getByText('payment')).toBeTruthy()
    expect(warn.mock.calls.filter(([text]) => `${text}`.includes('ThroughlineProvider'))).toHaveLength(1)
    warn.mockRestore()
  })
})

describe('a step and the life of its component', () => {
  it('StrictMode running effects again does not revive a run that an effect has failed', () => {
    const recording = recordingTracker()
    function Declined() {
      useEffect(() => recording.tracker.fail(checkout, { reason: 'declined' }), [])
      return null
    }
    render(
      <StrictMode>
        {within(
          recording,
          <Step journey={checkout} name="payment">
            <Declined />
          </Step>,
        )}
      </StrictMode>,
    )
    expect(road(recording)).toEqual(['enter payment', 'end payment'])
  })

  it('suspending again on a step whose run has ended does not begin another', async () => {
    const recording = recordingTracker()
    const { unwrap, arrive } = parcel()
    function Content({ isWaiting }: { isWaiting: boolean }) {
      if (isWaiting) unwrap()
      return <p>content</p>
    }
    const app = (isWaiting: boolean) =>
      within(
        recording,
        <Suspense fallback="waiting">
          <Step journey={checkout} name="payment">
            <Content isWaiting={isWaiting} />
          </Step>
        </Suspense>,
      )
    const { rerender, container } = render(app(false))
    act(() => recording.tracker.fail(checkout))
    rerender(app(true))
    expect(container.textContent).toContain('waiting')
    await arrive()
    expect(container.textContent).toBe('content')
    expect(road(recording)).toEqual(['enter payment', 'end payment'])
  })

  it('a hidden Activity enters nothing and meets nobody; showing it does, each time', async () => {
    const recording = recordingTracker()
    recording.tracker.assign(onePage, 'one-page')
    const app = (shown: 'cart' | 'payment') =>
      within(
        recording,
        (['cart', 'payment'] as const).map((name) => (
          <Activity key={name} mode={shown === name ? 'visible' : 'hidden'}>
            <Step journey={checkout} name={name}>
              {name === 'payment' && <Variant />}
            </Step>
          </Activity>
        )),
      )
    const { rerender } = render(app('cart'))
    expect(road(recording)).toEqual(['enter cart'])
    await act(async () => rerender(app('payment')))
    await act(async () => rerender(app('cart')))
    expect(road(recording)).toEqual([
      'enter cart',
      'leave cart',
      'enter payment',
      'exposure payment',
      'leave payment',
      'enter cart',
    ])
  })

  it('a transition enters the next step when it is shown, not while it is prepared', async () => {
    const recording = recordingTracker()
    const { unwrap, arrive } = parcel()
    let go = () => {}
    function Payment() {
      unwrap()
      return <Step journey={checkout} name="payment" />
    }
    function App() {
      const [isNext, setNext] = useState(false)
      go = () => startTransition(() => setNext(true))
      return isNext ? <Payment /> : <Step journey={checkout} name="cart" />
    }
    render(within(recording, <Suspense fallback="waiting">{<App />}</Suspense>))
    await act(async () => go())
    expect(road(recording)).toEqual(['enter cart'])
    await arrive()
    expect(road(recording)).toEqual(['enter cart', 'leave cart', 'enter payment'])
  })

  it('belongs to the nearest provider', () => {
    const outer = recordingTracker()
    const inner = recordingTracker()
    render(
      within(
        outer,
        <>
          <Step journey={checkout} name="cart" />
          {within(inner, <Step journey={checkout} name="payment" />)}
        </>,
      ),
    )
    expect(road(outer)).toEqual(['enter cart'])
    expect(road(inner)).toEqual(['enter payment'])
  })

  it('a journey or hypothesis that is undefined (a circular import) does not break the page', () => {
    const recording = recordingTracker()
    const nothing = undefined as unknown as Journey<string, 'payment'>
    function Broken() {
      return <p>still here {useHypothesis(undefined as unknown as typeof onePage)}</p>
    }
    const { container } = render(
      within(
        recording,
        <Step journey={nothing} name="payment">
          <Broken />
        </Step>,
      ),
    )
    expect(container.textContent).toBe('still here ')
    expect(recording.events).toEqual([])
  })
})

describe('a prerendered page', () => {
  it('is hidden until it begins, and its step is ready like any other', async () => {
    Object.defineProperty(document, 'prerendering', { value: true, configurable: true })
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    const recording = recordingTracker()
    render(within(recording, <Page />))
    Reflect.deleteProperty(document, 'prerendering')
    state.mockRestore()
    await vi.waitFor(() => expect(recording.names()).toContain('step.ready'))
  })
})
