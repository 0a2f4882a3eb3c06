import { act, cleanup, render } from '@testing-library/react'
import { startThroughline } from '@throughline/core/web'
import { StrictMode, Suspense } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Step, ThroughlineProvider, useHypothesis } from './index'
import { checkout, onePage, Page, recordingTracker, SERVED, Variant } from './testing'
import type { Recording } from './testing-page'
import { At, exposures, parcel, road, within } from './testing-page'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('useHypothesis', () => {
  it('shows the control and records nothing until a variant is assigned, then meets it once', () => {
    const { tracker, names } = recordingTracker()
    const { container } = render(
      <StrictMode>
        <ThroughlineProvider tracker={tracker}>
          <At name="payment" />
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
    const { unwrap, arrive } = parcel()
    function Slow() {
      const variant = useHypothesis(onePage)
      unwrap()
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
    await arrive()
    expect(container.textContent).toBe('one-page')
    expect(names()).toEqual(['step.enter', 'exposure'])
  })
})

describe('exposure', () => {
  const page = (recording: Recording) => within(recording, <Page />)

  it('an assigned control counts, also when it is assigned late and nothing changes on the screen', () => {
    const recording = recordingTracker()
    const { container } = render(page(recording))
    expect(exposures(recording)).toEqual([])
    act(() => recording.tracker.assign(onePage, 'control'))
    expect(container.textContent).toBe('control')
    expect(exposures(recording)).toEqual(['control'])
  })

  it('who begins another run while the variant is on the page meets it in that run too', () => {
    const recording = recordingTracker()
    const { tracker, events } = recording
    tracker.assign(onePage, 'one-page')
    render(page(recording))
    act(() => tracker.enter(checkout, 'confirmation'))
    act(() => tracker.enter(checkout, 'cart'))
    const runs = events
      .filter(({ name }) => name === 'throughline.exposure')
      .map(({ attributes }) => attributes['throughline.run.id'])
    expect(runs).toHaveLength(2)
    expect(new Set(runs).size).toBe(2)
  })

  it('on the confirmation page belongs to the run that converted, and once to the next one', () => {
    const recording = recordingTracker()
    const { tracker, events } = recording
    tracker.assign(onePage, 'one-page')
    const app = (name: 'cart' | 'payment' | 'confirmation', isMet: boolean) =>
      within(
        recording,
        <Step journey={checkout} name={name}>
          {isMet && <Variant />}
        </Step>,
      )
    const { rerender } = render(app('payment', false))
    rerender(app('confirmation', true))
    rerender(app('cart', true))
    rerender(app('payment', true))
    expect(road(recording)).toEqual([
      'enter payment',
      'leave payment',
      'enter confirmation',
      'end confirmation',
      'exposure confirmation',
      'enter cart',
      'exposure cart',
      'leave cart',
      'enter payment',
    ])
    const runs = events
      .filter(({ name }) => /(enter|exposure)$/.test(name))
      .map(({ attributes }) => attributes['throughline.run.id'])
    const [one, two] = new Set(runs)
    expect(runs).toEqual([one, one, one, two, two, two])
  })

  it('a variant that was never declared shows the control and is not recorded', () => {
    const recording = recordingTracker()
    function FromFlag() {
      return <p>{useHypothesis(onePage, { variant: 'on' as never })}</p>
    }
    const { container } = render(
      within(
        recording,
        <Step journey={checkout} name="payment">
          <FromFlag />
        </Step>,
      ),
    )
    expect(container.textContent).toBe('control')
    expect(exposures(recording)).toEqual([])
  })

  it('hydration matches the server, then shows what is assigned; only that was met', () => {
    const recording = recordingTracker()
    recording.tracker.assign(onePage, 'one-page')
    const container = document.body.appendChild(document.createElement('div'))
    container.innerHTML = SERVED
    const complaints = vi.spyOn(console, 'error')
    const onRecoverableError = vi.fn()
    const served = container.firstChild
    render(page(recording), { container, hydrate: true, onRecoverableError })
    expect(container.firstChild).toBe(served)
    expect(container.textContent).toBe('one-page')
    expect(onRecoverableError).not.toHaveBeenCalled()
    expect(complaints).not.toHaveBeenCalled()
    expect(exposures(recording)).toEqual(['one-page'])
  })

  it('is not carried into a run that begins after the variant has left the page', () => {
    const recording = recordingTracker()
    const { tracker } = recording
    tracker.assign(onePage, 'one-page')
    const { unmount } = render(page(recording))
    act(() => tracker.fail(checkout))
    unmount()
    tracker.enter(checkout, 'cart')
    expect(exposures(recording)).toEqual(['one-page'])
  })
})

describe('with debug, the console says at the first exposure why no verdict will count anybody', () => {
  async function warnings(hypotheses: (typeof onePage)[], subject: string | undefined) {
    vi.spyOn(console, 'info').mockReturnValue()
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const tracker = startThroughline({
      serviceName: 'test-web',
      endpoint: '/sink/hypotheses',
      journeys: [checkout],
      hypotheses,
      subject,
      debug: true,
    })
    const Given = () => useHypothesis(onePage, { variant: 'one-page' })
    render(
      <StrictMode>
        <ThroughlineProvider tracker={tracker}>
          <At name="payment" />
          <Given />
        </ThroughlineProvider>
      </StrictMode>,
    )
    try {
      // By then what it has to say has been said: the lines of events come in order.
      tracker.rate(5, 5)
      await vi.waitFor(() =>
        expect(JSON.stringify(vi.mocked(console.info).mock.calls)).toContain('satisfaction'),
      )
      return warn.mock.calls.map(String)
    } finally {
      await tracker.stop()
      sessionStorage.clear()
    }
  }

  it('there is no subject', async () => {
    expect(await warnings([onePage], undefined)).toEqual([
      expect.stringContaining("startThroughline({ subject: 'anonymous-7f' })"),
    ])
  })

  it('the hypothesis was not passed', async () => {
    expect(await warnings([], 'visitor-1')).toEqual([
      expect.stringContaining(
        'undeclared hypothesis "one-page"; pass it to startThroughline({ hypotheses: […] })',
      ),
    ])
  })

  it('neither is so: nothing', async () => {
    expect(await warnings([onePage], 'visitor-1')).toEqual([])
  })
})
