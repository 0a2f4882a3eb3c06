import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout, onePage, signup } from '../testing'
import { tracing } from './index'
import { createSink, start, stopAll } from './testing'

afterEach(async () => {
  await stopAll()
  vi.restoreAllMocks()
})

const silence = () => ({
  info: vi.spyOn(console, 'info').mockReturnValue(),
  warn: vi.spyOn(console, 'warn').mockReturnValue(),
})
const said = (mock: { mock: { calls: unknown[][] } }) => mock.mock.calls.map(String).join('\n')

describe('debug', () => {
  it('writes each event as one line, and why it was ignored', async () => {
    const { info, warn } = silence()
    const tracker = start({ endpoint: '/sink-that-is-not-there', debug: true })
    await vi.waitFor(() => {
      tracker.enter(checkout, 'cart')
      tracker.enter(checkout, 'payment')
      expect(info).toHaveBeenCalled()
    })
    tracker.enter(checkout, 'nowhere' as never)
    expect(said(info)).toContain('throughline: checkout › ')
    expect(said(warn)).toContain('ignored undeclared step "nowhere"')
  })

  it('writes what was said and done before its code had loaded, and nothing that is not so', async () => {
    const { info, warn } = silence()
    const sink = createSink()
    start({ endpoint: sink.endpoint })
    const tracker = start({ endpoint: sink.endpoint, debug: true })
    tracker.enter(checkout, 'nowhere' as never)
    tracker.enter(checkout, 'cart')
    await vi.waitFor(() => expect(said(info)).toContain('checkout › cart · step.enter'), { timeout: 10_000 })
    tracker.enter(checkout, 'payment')
    tracker.enter(checkout, 'cart')
    expect(said(info)).toContain('checkout › cart (2) · step.enter')
    tracker.record('exception', { 'exception.stacktrace': 'Error: x\n    at pay' })
    expect(info.mock.calls.at(-1)![0]).not.toContain('\n')
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining('started twice'),
      expect.stringContaining('ignored undeclared step "nowhere"'),
    ])
  })

  it('says nothing of parts on a page where nothing happens', async () => {
    const { warn } = silence()
    start({ endpoint: createSink().endpoint, debug: true })
    await new Promise((resolve) => setTimeout(resolve, 2000))
    expect(warn).not.toHaveBeenCalled()
  })

  it('names what a listed origin lacks that got a request without headers, once', async () => {
    const { warn } = silence()
    const elsewhere = location.origin.replace('localhost', '127.0.0.1')
    const { endpoint } = createSink()
    const instrumentations = [new FetchInstrumentation()]
    const tracker = start({ endpoint, instrumentations, propagateTo: [elsewhere], debug: true })
    tracker.enter(checkout, 'cart')
    await vi.waitFor(
      async () => {
        await fetch(`${elsewhere}${endpoint}/api`)
        expect(said(warn)).toContain(
          `requests to ${elsewhere} carry no trace headers, though propagateTo lists it: give the instrumentation the same list, instrumentations: [new FetchInstrumentation(tracing({ propagateTo }))]`,
        )
      },
      { timeout: 10_000, interval: 200 },
    )
    await fetch(`${elsewhere}${endpoint}/api?again`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(said(warn).match(/carry no trace headers/g)).toHaveLength(1)
  })

  it('names the instrumentation that is not there', async () => {
    const { warn } = silence()
    const elsewhere = location.origin.replace('localhost', '127.0.0.1')
    const { endpoint } = createSink()
    start({ endpoint, propagateTo: [elsewhere], debug: true })
    await vi.waitFor(
      () => {
        const request = new XMLHttpRequest()
        request.open('GET', `${elsewhere}${endpoint}/api`)
        request.send()
        expect(said(warn)).toContain(
          'instrumentations: [new XMLHttpRequestInstrumentation(tracing({ propagateTo }))]',
        )
      },
      { timeout: 10_000, interval: 200 },
    )
  })

  it('says nothing of listed origins whose requests have headers, nor of others', async () => {
    const { info, warn } = silence()
    const elsewhere = location.origin.replace('localhost', '127.0.0.1')
    const propagateTo = [elsewhere]
    const { endpoint } = createSink()
    const instrumentations = [new FetchInstrumentation(tracing({ propagateTo }))]
    const tracker = start({ endpoint, instrumentations, propagateTo, debug: true })
    tracker.enter(checkout, 'cart')
    await vi.waitFor(() => expect(said(info)).toContain('step.enter'), { timeout: 10_000 })
    await fetch(`${elsewhere}${endpoint}/api#fragment`)
    await fetch(`${endpoint}/api`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(warn).not.toHaveBeenCalled()
  })

  it('says at the first exposure that nobody is counted without a subject', async () => {
    const { info, warn } = silence()
    const tracker = start({ endpoint: createSink().endpoint, debug: true })
    tracker.enter(checkout, 'cart')
    tracker.expose(onePage, 'one-page')
    tracker.expose(onePage, 'control')
    await vi.waitFor(() => expect(said(info)).toContain('exposure'), { timeout: 10_000 })
    const missing = said(warn).match(/verdict counts subjects: give .*startThroughline\({ subject: /g)
    expect(missing).toHaveLength(1)
  })

  it('says nothing of subjects where there is one', async () => {
    const { info, warn } = silence()
    const tracker = start({ endpoint: createSink().endpoint, subject: 'person-1', debug: true })
    tracker.enter(checkout, 'cart')
    tracker.expose(onePage, 'one-page')
    await vi.waitFor(() => expect(said(info)).toContain('exposure'), { timeout: 10_000 })
    expect(warn).not.toHaveBeenCalled()
  })

  it('says that a hypothesis was not passed, with the line to add', async () => {
    const { warn } = silence()
    const { endpoint } = createSink()
    const tracker = start({ endpoint, hypotheses: [], debug: true })
    tracker.expose(onePage, 'one-page')
    await vi.waitFor(
      () =>
        expect(said(warn)).toContain(
          'undeclared hypothesis "one-page-payment"; pass it to startThroughline({ hypotheses: […] })',
        ),
      { timeout: 10_000 },
    )
  })

  it('says that the journey of a hypothesis was not passed', async () => {
    const { warn } = silence()
    start({ endpoint: createSink().endpoint, journeys: [signup], debug: true })
    await vi.waitFor(
      () =>
        expect(said(warn)).toContain(
          '"one-page-payment" is about the journey "checkout", which is not tracked',
        ),
      { timeout: 10_000 },
    )
  })

  const refusing = createSink()
  it.each([
    ['asks who we are', refusing.endpoint, /answers 401: and asks who we are: are the headers right/],
    ['is the wrong address', '/sink-that-is-not-there', /answers 404: endpoint is the address without/],
    [
      'refuses this origin',
      `${location.origin.replace('localhost', '127.0.0.1')}/sink/closed`,
      /refuses this origin: let it answer with Access-Control-Allow-Origin: http/,
    ],
    ['does not answer', 'http://127.0.0.1:9/otlp', /does not answer: is the collector running/],
  ])('says in one message that the endpoint %s, and what to do', async (_, endpoint, expected) => {
    await refusing.answer(401)
    const { warn } = silence()
    const tracker = start({ endpoint, debug: true })
    // What says so loads after the start.
    await vi.waitFor(
      async () => {
        dispatchEvent(new Event('online'))
        tracker.enter(checkout, 'cart')
        tracker.leave(checkout)
        await tracker.flush()
        expect(said(warn)).toMatch(expected)
      },
      { timeout: 10_000, interval: 200 },
    )
    expect(said(warn).match(new RegExp(expected, 'g'))).toHaveLength(1)
  })
})
