import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ReactNode } from 'react'
import { createElement } from 'react'
import { renderToPipeableStream, renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { Step, ThroughlineProvider, useHypothesis, useJourney, useStep } from './index'
import { checkout, onePage, Page, recordingTracker, SERVED } from './testing'

function Where() {
  const { visit } = useJourney(checkout)
  return createElement('p', null, `${useHypothesis(onePage)} ${visit?.step ?? 'nowhere'}`)
}

it('renders on a server without recording anything', async () => {
  const { tracker, events } = recordingTracker()
  const tree = createElement(
    ThroughlineProvider,
    { tracker },
    createElement(Step, { journey: checkout, name: 'payment' } as never, createElement(Where)),
  )
  expect(renderToString(tree)).toBe('<p>control nowhere</p>')
  const stream = renderToPipeableStream(tree).pipe(new PassThrough())
  expect(await text(stream)).toContain('control nowhere')
  expect(events).toEqual([])
})

it('renders what the browser tests hydrate, and a variant that it is given', () => {
  const { tracker, events } = recordingTracker()
  tracker.assign(onePage, 'one-page')
  const served = (page: ReactNode) => renderToString(createElement(ThroughlineProvider, { tracker }, page))
  expect(served(createElement(Page))).toBe(SERVED)
  const Given = () => createElement('p', null, useHypothesis(onePage, { variant: 'one-page' }))
  expect(served(createElement(Given))).toBe('<p>one-page</p>')
  expect(events).toEqual([])
})

// Compiled by `npm run check`: what is expected to be an error must be one.
export function TypeTests() {
  // @ts-expect-error: no such step
  useStep(checkout, 'nowhere')
  const variant: 'control' | 'one-page' = useHypothesis(onePage)
  // @ts-expect-error: no such variant
  useHypothesis(onePage, { variant: 'two-page' })
  // @ts-expect-error: no such step
  useJourney(checkout).enter('nowhere')
  // @ts-expect-error: no such step
  const step = <Step journey={checkout} name="nowhere" />
  return [variant, step]
}
