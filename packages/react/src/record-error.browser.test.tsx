import { act, cleanup, render } from '@testing-library/react'
import type { JourneyEvent } from '@throughline/core'
import type { Throughline } from '@throughline/core/web'
import { startThroughline } from '@throughline/core/web'
import type { ReactNode } from 'react'
import { StrictMode, useState } from 'react'
import type { RootOptions } from 'react-dom/client'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { JourneyErrorBoundary, Step, ThroughlineProvider, useCaptureError } from './index'
import { checkout, onePage, recordingTracker } from './testing'

let tracker: Throughline
let events: JourneyEvent[]

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  tracker = startThroughline({
    serviceName: 'test-web',
    endpoint: '/sink/nowhere',
    journeys: [checkout],
    hypotheses: [onePage],
    consoleErrors: true,
  })
  events = []
  tracker.subscribe((event) => events.push(event))
})

afterEach(async () => {
  cleanup()
  await tracker.stop()
  vi.restoreAllMocks()
  sessionStorage.clear()
})

/** What was recorded of errors, once those that wait for their step are on it. */
async function exceptions() {
  await vi.waitFor(() => expect(events.map(({ name }) => name)).toContain('exception'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  return events
    .filter(({ name }) => name === 'exception')
    .map(({ attributes }) =>
      ['exception.message', 'throughline.error.handled', 'throughline.step.name'].map(
        (key) => attributes[key],
      ),
    )
}

function Form() {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) throw new RangeError('no such card')
  return (
    <button type="button" onClick={() => setBroken(true)}>
      pay
    </button>
  )
}

const page = (children: ReactNode) => (
  <ThroughlineProvider tracker={tracker}>
    <Step journey={checkout} name="payment" />
    {children}
  </ThroughlineProvider>
)

/** An application as it is made: with a root of its own. */
async function mount(tree: ReactNode, options: RootOptions = {}) {
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container, options)
  await act(async () => root.render(tree))
  // Not in `act`, which takes what nothing catches for itself.
  container.querySelector('button')!.click()
  return async () => {
    await act(async () => root.unmount())
    container.remove()
  }
}

describe('an error that React catches', () => {
  it('is recorded once with a boundary, onCaughtError and console errors', async () => {
    const unmount = await mount(
      page(
        <JourneyErrorBoundary fails={checkout} fallback="sorry">
          <Form />
        </JourneyErrorBoundary>,
      ),
      {
        onCaughtError: (error, { componentStack }) => {
          console.error(error)
          tracker.captureError(error, { handled: true, componentStack })
        },
      },
    )
    expect(await exceptions()).toEqual([['no such card', true, 'payment']])
    expect(events.find(({ name }) => name === 'exception')!.attributes['exception.stacktrace']).toContain(
      'Form',
    )
    await unmount()
  })

  it('is recorded by onUncaughtError where nothing catches it', async () => {
    const unmount = await mount(page(<Form />), {
      onUncaughtError: (error, { componentStack }) =>
        tracker.captureError(error, { handled: false, componentStack }),
    })
    expect(await exceptions()).toEqual([['no such card', false, 'payment']])
    await unmount()
  })

  it('is recorded by the error page that shows it, once, on the step where it happened', async () => {
    function ErrorPage({ error }: { error: unknown }) {
      useCaptureError(error)
      return 'sorry'
    }
    const error = new Error('no such order')
    tracker.enter(checkout, 'payment')
    const tree = (shown: unknown) => (
      <StrictMode>
        <ThroughlineProvider tracker={tracker}>
          <ErrorPage error={shown} />
          <ErrorPage error={shown} />
        </ThroughlineProvider>
      </StrictMode>
    )
    const { rerender } = render(tree(undefined))
    rerender(tree(new Response('', { status: 404 })))
    rerender(tree(error))
    rerender(tree(error))
    expect(await exceptions()).toEqual([['no such order', true, 'payment']])
  })
})

it('a bare tracker records what an error page shows as well', () => {
  const recording = recordingTracker()
  recording.tracker.enter(checkout, 'payment')
  function ErrorPage() {
    useCaptureError('declined')
    return null
  }
  render(
    <ThroughlineProvider tracker={recording.tracker}>
      <ErrorPage />
    </ThroughlineProvider>,
  )
  expect(recording.events.at(-1)!.attributes).toMatchObject({
    'exception.message': 'declined',
    'throughline.error.handled': true,
    'throughline.step.name': 'payment',
  })
})
