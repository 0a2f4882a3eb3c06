import { diag } from '@opentelemetry/api'
import { describe, expect, it, vi } from 'vitest'
import { journeyFeatureHook } from './openfeature'
import { checkout, onePage, signup, trackerAt } from './testing'

const T = Date.UTC(2026, 5, 1)

describe('hypotheses', () => {
  it('an assignment stamps, an exposure is recorded once, also when it comes before the enter', () => {
    const { tracker, events } = trackerAt(T, { subject: 'person-1' })
    tracker.expose(onePage, 'one-page')
    expect(events).toEqual([])
    tracker.enter(checkout, 'payment')
    tracker.expose(onePage, 'one-page')
    const exposures = events.filter(({ name }) => name.endsWith('exposure'))
    expect(exposures).toHaveLength(1)
    expect(exposures[0]!.attributes).toMatchObject({
      'throughline.exposure.hypothesis': 'one-page-payment',
      'throughline.exposure.variant': 'one-page',
      'feature_flag.key': 'one-page-payment',
      'throughline.subject.id': 'person-1',
      'throughline.hypothesis.one-page-payment': 'one-page',
    })
  })

  it('an exposure before the enter that ends a long pause belongs to the run that the enter starts', () => {
    const { tracker, events, clock } = trackerAt(T)
    tracker.enter(checkout, 'payment')
    tracker.expose(onePage, 'one-page')
    clock.now += 31 * 60_000
    tracker.expose(onePage, 'one-page')
    tracker.enter(checkout, 'payment')
    const exposures = events.filter(({ name }) => name.endsWith('exposure'))
    const [first, second] = exposures.map(({ attributes }) => attributes['throughline.run.id'])
    expect(exposures).toHaveLength(2)
    expect(second).toBe(tracker.current(checkout)!.run)
    expect(second).not.toBe(first)
  })

  it('an exposure on the confirmation page is of the run that it confirms, not of the next', () => {
    const { tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'confirmation')
    tracker.expose(onePage, 'one-page')
    tracker.enter(checkout, 'product')
    const exposures = events.filter(({ name }) => name.endsWith('exposure'))
    expect(exposures.map(({ visit }) => visit!.step)).toEqual(['confirmation'])
  })

  it('an exposure waits for an enter of its own journey', () => {
    const { tracker, names } = trackerAt(T)
    tracker.expose(onePage, 'one-page')
    tracker.enter(signup, 'form')
    expect(names()).toEqual(['step.enter'])
    tracker.enter(checkout, 'payment')
    expect(names().slice(1)).toEqual(['step.enter', 'exposure'])
  })

  it('a variant that changes in mid-run is recorded and reported, not overwritten silently', () => {
    const warn = vi.spyOn(diag, 'warn')
    const { tracker, events } = trackerAt(T)
    tracker.enter(checkout, 'payment')
    tracker.expose(onePage, 'control')
    tracker.expose(onePage, 'one-page')
    expect(warn.mock.calls).toEqual([
      ['throughline: "one-page-payment" changed from "control" to "one-page"'],
    ])
    warn.mockRestore()
    const met = events.map(({ attributes }) => attributes['throughline.exposure.variant']).filter(Boolean)
    expect(met).toEqual(['control', 'one-page'])
  })

  it('the OpenFeature hook assigns without exposing, and leaves other flags alone', () => {
    const { tracker, names } = trackerAt(T)
    const hook = journeyFeatureHook(tracker)
    tracker.enter(checkout, 'cart')
    hook.after({ flagKey: 'one-page-payment' }, { variant: 'one-page', value: true })
    hook.after({ flagKey: 'other' }, { variant: 'x', value: true })
    hook.after({ flagKey: 'one-page-payment' }, { variant: 'undeclared', value: true })
    expect(tracker.variant(onePage)).toBe('one-page')
    expect(names()).toEqual(['step.enter'])
  })
})
