import { act, cleanup, render } from '@testing-library/react'
import fc from 'fast-check'
import type { ReactNode } from 'react'
import { Activity, StrictMode, Suspense, startTransition, useEffect, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Step } from './index'
import { checkout, form, recordingTracker, signup } from './testing'
import type { Recording } from './testing-page'
import { At, appear, frames, parcel, road, within } from './testing-page'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  Reflect.deleteProperty(document, 'visibilityState')
})

type Layers = readonly { name: 'one' | 'two' | 'three' | 'four'; isHidden: boolean }[]

describe('a modal over a page', () => {
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

  it('the page below was hidden on its first visit: that of the next one is ready all the same', async () => {
    const recording = recordingTracker()
    const app = (isOpen: boolean) => within(recording, <At name="cart">{isOpen && <At name="payment" />}</At>)
    appear('hidden')
    const { rerender } = render(app(false))
    appear('visible')
    await frames()
    expect(recording.names()).toEqual(['step.enter'])
    await act(async () => rerender(app(true)))
    await act(async () => rerender(app(false)))
    await vi.waitFor(() => expect(recording.names().at(-1)).toBe('step.ready'))
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

  it('and the one below it close together: the page is entered, not what was between', async () => {
    const recording = recordingTracker()
    const app = (depth: number) =>
      within(
        recording,
        <Step journey={form} name="one">
          {depth > 0 && (
            <Step journey={form} name="two">
              {depth > 1 && <Step journey={form} name="three" />}
            </Step>
          )}
        </Step>,
      )
    const { rerender } = render(app(0))
    for (const depth of [1, 2, 0]) await act(async () => rerender(app(depth)))
    expect(road(recording).slice(-2)).toEqual(['leave three', 'enter one'])
    expect(road(recording).filter((line) => line.startsWith('enter'))).toHaveLength(4)
  })

  it('closes by a transition: the page below is entered when that has been committed', async () => {
    const recording = recordingTracker()
    let close = () => {}
    function Page() {
      const [isOpen, setOpen] = useState(true)
      close = () => startTransition(() => setOpen(false))
      return <At name="cart">{isOpen && <At name="payment" />}</At>
    }
    render(within(recording, <Page />))
    await act(async () => close())
    expect(road(recording)).toEqual(['enter payment', 'leave payment', 'enter cart'])
  })

  it('whatever is opened, closed, hidden or replaced, and how: what is on top is entered, once a change', async () => {
    const NAMES = ['one', 'two', 'three', 'four'] as const
    const layer = fc.record({ name: fc.constantFrom(...NAMES), isHidden: fc.boolean() })
    const stack = fc.array(layer, { minLength: 1, maxLength: 4 })
    const change = fc.record({ layers: stack, isTransition: fc.boolean() })
    const nested = (layers: Layers): ReactNode => {
      const [first, ...rest] = layers
      return (
        first && (
          <Activity mode={first.isHidden ? 'hidden' : 'visible'}>
            <Step key={first.name} journey={form} name={first.name}>
              {nested(rest)}
            </Step>
          </Activity>
        )
      )
    }
    const check = async (
      isStrict: boolean,
      first: Layers,
      changes: { layers: Layers; isTransition: boolean }[],
    ) => {
      const recording = recordingTracker()
      let show = (_: Layers) => {}
      function Page() {
        const [layers, setLayers] = useState(first)
        show = setLayers
        return nested(layers)
      }
      const { unmount } = render(
        isStrict ? <StrictMode>{within(recording, <Page />)}</StrictMode> : within(recording, <Page />),
      )
      const entered = () => recording.names().filter((name) => name === 'step.enter').length
      let before = 0
      let top: string | undefined
      for (const { layers, isTransition } of [{ layers: first, isTransition: false }, ...changes]) {
        await act(async () => (isTransition ? startTransition(() => show(layers)) : show(layers)))
        const hidden = layers.findIndex(({ isHidden }) => isHidden)
        const shown = hidden < 0 ? layers : layers.slice(0, hidden)
        // Where nothing is shown any longer, the next page may still be loading.
        top = shown.at(-1)?.name ?? top
        expect(recording.tracker.current(form)?.step).toBe(top)
        expect(entered() - before).toBeLessThanOrEqual(1)
        before = entered()
      }
      await act(async () => unmount())
    }
    await fc.assert(fc.asyncProperty(fc.boolean(), stack, fc.array(change, { maxLength: 6 }), check), {
      numRuns: 100,
    })
  })
})
