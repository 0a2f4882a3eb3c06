import { act } from '@testing-library/react'
import type { ReactNode } from 'react'
import { ThroughlineProvider, useStep } from './index'
import type { recordingTracker } from './testing'
import { checkout } from './testing'

export type Recording = ReturnType<typeof recordingTracker>

/** What happened, with the step it happened on, but for `ready`, which waits for frames. */
export const road = ({ events }: Recording): string[] =>
  events
    .filter(({ name }) => !name.endsWith('ready'))
    .map(({ name, attributes }) => `${name.replace(/.*\./, '')} ${attributes['throughline.step.name']}`)

export const exposures = ({ events }: Recording) =>
  events
    .filter(({ name }) => name === 'throughline.exposure')
    .map(({ attributes }) => attributes['throughline.exposure.variant'])

export const within = ({ tracker }: Recording, children: ReactNode) => (
  <ThroughlineProvider tracker={tracker}>{children}</ThroughlineProvider>
)

/** A page, or a modal, that is a step. */
export function At({ name, children }: { name: 'cart' | 'payment' | 'confirmation'; children?: ReactNode }) {
  useStep(checkout, name)
  return <div>{children ?? name}</div>
}

/** The page is hidden, or seen again, for as long as the test lasts. */
export function appear(state: 'hidden' | 'visible'): void {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

/** Lets the browser paint, and so report what is ready. */
export const frames = () =>
  act(async () => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
  })

/** Something that suspends until `arrive` is called. */
export function parcel() {
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
