import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, useEffect } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ThroughlineProvider, useJourney } from './index'
import { checkout, recordingTracker } from './testing'
import { At, within } from './testing-page'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
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

  it('a confirmation page, whose step has converted by itself, can give the value once', () => {
    const recording = recordingTracker()
    function Confirmation() {
      const { convert } = useJourney(checkout)
      useEffect(() => convert({ value: 12, currency: 'EUR' }), [convert])
      return <At name="confirmation" />
    }
    render(<StrictMode>{within(recording, <Confirmation />)}</StrictMode>)
    const ends = recording.events.filter(({ name }) => name === 'throughline.run.end')
    expect(ends.map(({ attributes }) => attributes['throughline.conversion.value'])).toEqual([undefined, 12])
    expect(new Set(ends.map(({ attributes }) => attributes['throughline.event.id'])).size).toBe(1)
  })
})
