import { act, cleanup, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { Component, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { JourneyErrorBoundary, ThroughlineProvider } from './index'
import { checkout, recordingTracker, signup } from './testing'
import { At, road, within } from './testing-page'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
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
        <At name={step} />
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
        <At name="payment" />
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
  })
})

describe('an error boundary', () => {
  const caught = (thrown: unknown, recording = recordingTracker()) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    function Bomb(): ReactNode {
      throw thrown
    }
    recording.tracker.enter(checkout, 'payment')
    const { container } = render(
      within(
        recording,
        <JourneyErrorBoundary fallback="sorry">
          <Bomb />
        </JourneyErrorBoundary>,
      ),
    )
    return { text: container.textContent, exception: recording.events.at(-1)! }
  }

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a symbol', Symbol('boom')],
    ['an object without a prototype', Object.create(null)],
    [
      'an error that cannot be read',
      Object.defineProperty(new Error(), 'message', {
        get() {
          throw new Error('no')
        },
      }),
    ],
  ])('holds when %s is thrown', (_, thrown) => {
    const { text, exception } = caught(thrown)
    expect(text).toBe('sorry')
    expect(exception.name).toBe('exception')
    expect(exception.attributes['throughline.step.name']).toBe('payment')
  })

  it.each([
    [
      "Next's redirect()",
      Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;push;/login;307;' }),
    ],
    ["Next's notFound()", Object.assign(new Error(), { digest: 'NEXT_HTTP_ERROR_FALLBACK;404' })],
    ['a Response', new Response('gone', { status: 410 })],
  ])('lets %s through to the framework around it, and records nothing', (_, thrown) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const recording = recordingTracker()
    const caughtBy: string[] = []
    class Framework extends Component<{ children: ReactNode }> {
      override state = { steered: undefined as unknown }
      static getDerivedStateFromError = (steered: unknown) => ({ steered })
      override componentDidCatch = () => void caughtBy.push('framework')
      override render() {
        return this.state.steered === thrown ? 'elsewhere' : this.props.children
      }
    }
    function Page(): ReactNode {
      throw thrown
    }
    recording.tracker.enter(checkout, 'payment')
    const onError = () => caughtBy.push('ours')
    const { container } = render(
      within(
        recording,
        <Framework>
          <JourneyErrorBoundary fails={checkout} fallback="sorry" onError={onError}>
            <Page />
          </JourneyErrorBoundary>
        </Framework>,
      ),
    )
    expect(container.textContent).toBe('elsewhere')
    expect(caughtBy).toEqual(['framework'])
    expect(road(recording)).toEqual(['enter payment'])
  })

  it('sends no query or fragment of a URL, and no endless text', () => {
    const error = new Error(`GET https://shop.example/me?email=a@b.example failed ${'x'.repeat(5000)}`)
    const { attributes } = caught(error).exception
    const all = JSON.stringify(attributes)
    expect(all).toContain('https://shop.example/me')
    expect(all).not.toContain('a@b.example')
    expect(`${attributes['exception.message']}`.length).toBeLessThanOrEqual(1000)
    expect(`${attributes['exception.stacktrace']}`.length).toBeLessThanOrEqual(8000)
  })

  it('is recorded on the step of the journey that it fails, and trying again is the next attempt', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const recording = recordingTracker()
    const { tracker, events } = recording
    tracker.enter(checkout, 'payment')
    tracker.enter(signup, 'form')
    let isBroken = true
    function Form() {
      if (isBroken) throw new Error('declined')
      return 'form'
    }
    const fallback = (_: Error, retry: () => void) => (
      <button type="button" onClick={retry}>
        again
      </button>
    )
    const { getByText, container } = render(
      within(
        recording,
        <JourneyErrorBoundary fails={checkout} fallback={fallback}>
          <Form />
        </JourneyErrorBoundary>,
      ),
    )
    isBroken = false
    act(() => getByText('again').click())
    expect(container.textContent).toBe('form')
    expect(road(recording).slice(2)).toEqual(['exception payment', 'leave payment', 'enter payment'])
    expect(events.at(-1)!.attributes['throughline.step.attempt']).toBe(2)
  })

  it('names the component that broke, however long the stack is', () => {
    const error = new Error('deep')
    error.stack = `Error: deep\n${'    at somewhere (https://shop.example/a.js:1:1)\n'.repeat(500)}`
    expect(caught(error).exception.attributes['exception.stacktrace']).toMatch(/Bomb/)
  })
})
