import { act, cleanup, render } from '@testing-library/react'
import type { Journey } from '@throughline/core'
import type { ReactNode } from 'react'
import { Activity, Component, StrictMode, Suspense, startTransition, useEffect, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { JourneyErrorBoundary, Step, ThroughlineProvider, useHypothesis, useStep } from './index'
import { checkout, onePage, Page, recordingTracker, SERVED, signup, Variant } from './testing'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

type Recording = ReturnType<typeof recordingTracker>

/** What happened, with the step it happened on, but for `ready`, which waits for frames. */
const road = ({ events }: Recording) =>
  events
    .filter(({ name }) => !name.endsWith('ready'))
    .map(({ name, attributes }) => `${name.replace(/.*\./, '')} ${attributes['throughline.step.name']}`)

const exposures = ({ events }: Recording) =>
  events
    .filter(({ name }) => name === 'throughline.exposure')
    .map(({ attributes }) => attributes['throughline.exposure.variant'])

const within = ({ tracker }: Recording, children: ReactNode) => (
  <ThroughlineProvider tracker={tracker}>{children}</ThroughlineProvider>
)

/** Something that suspends until `arrive` is called. */
function parcel() {
  let arrive = () => {}
  let isHere = false
  const promise = new Promise<void>((resolve) => {
    arrive = () => {
      isHere = true
      resolve()
    }
  })
  const unwrap = () => {
    if (!isHere) throw promise
  }
  return { unwrap, arrive: () => act(async () => arrive()) }
}

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

describe('a modal over a page', () => {
  type Name = 'cart' | 'payment' | 'confirmation'
  const At = ({ name, children }: { name: Name; children?: ReactNode }) => {
    useStep(checkout, name)
    return <div>{children ?? name}</div>
  }
  const OPENED = ['enter cart', 'leave cart', 'enter payment']
  const attempts = ({ events }: Recording) =>
    events
      .filter(({ name }) => name.endsWith('enter'))
      .map(({ attributes }) => attributes['throughline.step.attempt'])
  const inStrictMode = (children: ReactNode) => <StrictMode>{children}</StrictMode>

  it.each([
    ['beside it', (isOpen: boolean) => [<At key="1" name="cart" />, isOpen && <At key="2" name="payment" />]],
    ['within it', (isOpen: boolean) => <At name="cart">{isOpen && <At name="payment" />}</At>],
    [
      'as nested steps',
      (isOpen: boolean) => (
        <Step journey={checkout} name="cart">
          {isOpen && <Step journey={checkout} name="payment" />}
        </Step>
      ),
    ],
    [
      'hidden by an Activity',
      (isOpen: boolean) => [
        <At key="1" name="cart" />,
        <Activity key="2" mode={isOpen ? 'visible' : 'hidden'}>
          <At name="payment" />
        </Activity>,
      ],
    ],
  ])(
    'closes: the page below (%s) is the next attempt of its step, and errors land there',
    async (_, content) => {
      for (const wrap of [(children: ReactNode) => children, inStrictMode]) {
        const recording = recordingTracker()
        const app = (isOpen: boolean) => wrap(within(recording, content(isOpen)))
        const { rerender, unmount } = render(app(false))
        await act(async () => rerender(app(true)))
        expect(road(recording)).toEqual(OPENED)
        await act(async () => rerender(app(false)))
        recording.tracker.record('exception', {})
        expect(road(recording).slice(3)).toEqual(['leave payment', 'enter cart', 'exception cart'])
        expect(attempts(recording)).toEqual([1, 1, 2])
        await act(async () => rerender(app(true)))
        await act(async () => rerender(app(false)))
        expect(attempts(recording)).toEqual([1, 1, 2, 2, 3])
        await act(async () => unmount())
        expect(recording.tracker.current()!.step).toBe('cart')
      }
    },
  )

  it('the page below is ready again, by its component', async () => {
    const recording = recordingTracker()
    const app = (isOpen: boolean) => within(recording, <At name="cart">{isOpen && <At name="payment" />}</At>)
    const { rerender } = render(app(false))
    await act(async () => rerender(app(true)))
    await act(async () => rerender(app(false)))
    await vi.waitFor(() => expect(recording.names().at(-1)).toBe('step.ready'))
    expect(recording.events.at(-1)!.attributes).toMatchObject({
      'throughline.step.name': 'cart',
      'throughline.step.attempt': 2,
      'throughline.step.ready_source': 'component',
    })
  })

  it('that is open from the start covers the page: its step alone is entered, until it closes', async () => {
    for (const wrap of [(children: ReactNode) => children, inStrictMode]) {
      const recording = recordingTracker()
      const app = (isOpen: boolean) =>
        wrap(within(recording, <At name="cart">{isOpen && <At name="payment" />}</At>))
      const { rerender } = render(app(true))
      await act(async () => {})
      expect(road(recording)).toEqual(['enter payment'])
      await act(async () => rerender(app(false)))
      expect(road(recording)).toEqual(['enter payment', 'leave payment', 'enter cart'])
    }
  })

  it.each(['by a hook', 'in an effect'])(
    'closes as the next step appears, entered %s: no step between',
    async (how) => {
      const recording = recordingTracker()
      function Entered() {
        useEffect(() => recording.tracker.enter(checkout, 'confirmation'), [])
        return null
      }
      const app = (isDone: boolean) =>
        within(recording, [
          <At key="1" name="cart" />,
          !isDone && <At key="2" name="payment" />,
          isDone && (how === 'by a hook' ? <At key="3" name="confirmation" /> : <Entered key="3" />),
        ])
      const { rerender } = render(app(false))
      await act(async () => rerender(app(true)))
      expect(road(recording)).toEqual([
        ...OPENED,
        ...['leave payment', 'enter confirmation', 'end confirmation'],
      ])
    },
  )

  it('closes as another journey begins: that is what is shown', async () => {
    const recording = recordingTracker()
    const app = (isDone: boolean) =>
      within(recording, [
        <At key="1" name="cart" />,
        isDone ? <Step key="2" journey={signup} name="form" /> : <At key="3" name="payment" />,
      ])
    const { rerender } = render(app(false))
    await act(async () => rerender(app(true)))
    expect(road(recording)).toEqual([...OPENED, 'enter form'])
  })

  it('and its page go while the next one loads, by a transition or behind a fallback: no step between', async () => {
    for (const isTransition of [true, false]) {
      const recording = recordingTracker()
      const { unwrap, arrive } = parcel()
      let go = () => {}
      function Confirmation() {
        unwrap()
        return <At name="confirmation" />
      }
      function Shop() {
        const [isDone, setDone] = useState(false)
        go = () => (isTransition ? startTransition(() => setDone(true)) : setDone(true))
        return isDone ? (
          <Suspense fallback="waiting">
            <Confirmation />
          </Suspense>
        ) : (
          <At name="cart">
            <At name="payment" />
          </At>
        )
      }
      render(within(recording, <Suspense fallback="waiting">{<Shop />}</Suspense>))
      await act(async () => go())
      expect(road(recording)).toEqual(['enter payment'])
      await arrive()
      expect(road(recording)).toEqual([
        'enter payment',
        'leave payment',
        'enter confirmation',
        'end confirmation',
      ])
    }
  })

  it('that Suspense hides has not closed', async () => {
    const recording = recordingTracker()
    const { unwrap, arrive } = parcel()
    function Content({ isWaiting }: { isWaiting: boolean }) {
      if (isWaiting) unwrap()
      return null
    }
    const app = (isWaiting: boolean) =>
      within(
        recording,
        <At name="cart">
          <Suspense fallback="waiting">
            <At name="payment">
              <Content isWaiting={isWaiting} />
            </At>
          </Suspense>
        </At>,
      )
    const { rerender } = render(app(false))
    await act(async () => rerender(app(true)))
    await arrive()
    expect(road(recording)).toEqual(['enter payment'])
  })

  it('closes while its page loads again: the step is entered when the page is back', async () => {
    const recording = recordingTracker()
    const { unwrap, arrive } = parcel()
    function Content({ isWaiting }: { isWaiting: boolean }) {
      if (isWaiting) unwrap()
      return null
    }
    const app = (isOpen: boolean) =>
      within(recording, [
        <Suspense key="1" fallback="waiting">
          <At name="cart">
            <Content isWaiting={!isOpen} />
          </At>
        </Suspense>,
        isOpen && <At key="2" name="payment" />,
      ])
    const { rerender } = render(app(true))
    await act(async () => rerender(app(false)))
    expect(road(recording)).toEqual(OPENED)
    await arrive()
    expect(road(recording)).toEqual([...OPENED, 'leave payment', 'enter cart'])
  })

  it.each([
    ['has failed', ({ tracker }: Recording) => tracker.fail(checkout)],
    ['was abandoned', ({ tracker }: Recording) => tracker.abandon(checkout)],
    ['has converted', ({ tracker }: Recording) => tracker.convert(checkout)],
    ['has left the step', ({ tracker }: Recording) => tracker.leave(checkout)],
    ['is elsewhere', ({ tracker }: Recording) => tracker.enter(checkout, 'confirmation')],
  ])('closes on a run that %s: nothing is entered', async (_, happen) => {
    const recording = recordingTracker()
    const app = (isOpen: boolean) => within(recording, <At name="cart">{isOpen && <At name="payment" />}</At>)
    const { rerender } = render(app(false))
    await act(async () => rerender(app(true)))
    act(() => happen(recording))
    const before = road(recording)
    await act(async () => rerender(app(false)))
    expect(road(recording)).toEqual(before)
  })

  it('closes over a page without a step: it stays', async () => {
    const recording = recordingTracker()
    const app = (isOpen: boolean) => within(recording, isOpen && <At name="payment" />)
    const { rerender } = render(app(true))
    await act(async () => rerender(app(false)))
    expect(road(recording)).toEqual(['enter payment'])
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
