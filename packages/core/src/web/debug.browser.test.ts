import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout } from '../testing'
import { start, stopAll } from './testing'

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

  it.each([
    ['is the wrong address', '/sink-that-is-not-there', /answers 404: endpoint is the address without/],
    [
      'refuses this origin',
      `${location.origin.replace('localhost', '127.0.0.1')}/sink/closed`,
      /refuses this origin: let it answer with Access-Control-Allow-Origin: http/,
    ],
    ['does not answer', 'http://127.0.0.1:9/otlp', /does not answer: is the collector running/],
  ])('says in one message that the endpoint %s, and what to do', async (_, endpoint, expected) => {
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
