import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout } from '../testing'
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
