import { trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout } from '../testing'
import { PREFIX } from './outbox'
import { createSink, start, stopAll } from './testing'

afterEach(async () => {
  await stopAll()
  vi.restoreAllMocks()
})

// The page's own vitals may be among what is stored and sent any time.
const stored = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
/** What the browser says when the network is back: everything put off is tried at once. */
const online = () => dispatchEvent(new Event('online'))

describe('delivery', () => {
  it('sends journey events first, in batches that fit the keepalive budget in bytes', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    const tracer = trace.getTracer('host')
    // Three bytes for each of these characters.
    for (let i = 0; i < 40; i++) tracer.startSpan('work', { attributes: { text: '語'.repeat(1500) } }).end()
    tracker.enter(checkout, 'cart')
    await tracker.flush()
    const bodies = await sink.bodies()
    const spans = await sink.spans()
    // Requests overtake each other on the way; within its own, the event that came last is first.
    const own = bodies.find(({ body }) => body.includes('throughline.step.enter'))!.body
    expect(own.match(/"name":"(throughline\.step\.enter|work)"/)![1]).toBe('throughline.step.enter')
    expect(spans.filter(({ name }) => name === 'work')).toHaveLength(40)
    for (const { body } of bodies) {
      expect(new TextEncoder().encode(body).length).toBeLessThanOrEqual(60 * 1024)
    }
  })

  it('writes events once the host is done, before they are sent, and removes them when they arrived', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    expect(stored()).toEqual([])
    const key = `${PREFIX}${tracker.current()!.id}`
    await vi.waitFor(() => expect(stored()).toContain(key))
    expect(await sink.spans('throughline.step.enter')).toEqual([])
    await tracker.flush()
    expect(stored()).not.toContain(key)
    expect(await sink.spans('throughline.step.enter')).toHaveLength(1)
  })

  it('waits as long as Retry-After says, then sends the same spans', async () => {
    const sink = createSink()
    await sink.answer(503, '3600')
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const key = `${PREFIX}${tracker.current()!.id}`
    const enters = () => sink.spans('throughline.step.enter')
    await tracker.flush()
    await tracker.flush()
    await tracker.flush()
    expect(await enters()).toHaveLength(1)
    expect(stored()).toContain(key)
    await sink.answer(200)
    online()
    await vi.waitFor(async () => expect(await enters()).toHaveLength(2))
    const [first, second] = await enters()
    expect(second).toEqual(first)
    await vi.waitFor(() => expect(stored()).not.toContain(key))
  })

  it('gives up on what is refused alone', async () => {
    const sink = createSink()
    await sink.answer(400)
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const key = `${PREFIX}${tracker.current()!.id}`
    await tracker.flush()
    expect(stored()).toContain(key)
    await vi.waitFor(() => {
      online()
      expect(stored()).not.toContain(key)
    })
    expect(await sink.spans('throughline.step.enter')).toHaveLength(2)
    await sink.answer(200)
    online()
    tracker.enter(checkout, 'payment')
    await tracker.flush()
    const [, , payment] = await sink.spans('throughline.step.enter')
    expect(payment!.attributes['throughline.step.name']).toBe('payment')
  })

  it('stays quiet while the browser is offline', async () => {
    const sink = createSink()
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    await tracker.flush()
    expect(await sink.bodies()).toEqual([])
    onLine.mockReturnValue(true)
    online()
    await vi.waitFor(async () => expect(await sink.spans('throughline.step.enter')).toHaveLength(1))
  })

  it('sends though another script holds all that may outlive the page, while the page is visible', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    const holding = new AbortController()
    const body = 'x'.repeat(64_000)
    fetch('/sink/hold', { method: 'POST', body, keepalive: true, signal: holding.signal }).catch(() => {})
    try {
      tracker.enter(checkout, 'cart')
      const key = `${PREFIX}${tracker.current()!.id}`
      await tracker.flush()
      const [enter, ...more] = await sink.spans('throughline.step.enter')
      expect(more).toEqual([])
      // It never left before: this is no second copy.
      expect(enter!.attributes).not.toHaveProperty('throughline.event.resent')
      expect(stored()).not.toContain(key)
    } finally {
      holding.abort()
    }
  })

  it('compresses what it sends in time, and not what leaves with the page', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    const encodings = async (name: string) =>
      (await sink.bodies())
        .filter(({ body }) => body.includes(`"${name}"`))
        .map(({ headers }) => headers['content-encoding'])
    tracker.enter(checkout, 'cart')
    await vi.waitFor(async () => expect(await encodings('cart')).toEqual(['gzip']), { timeout: 15_000 })
    tracker.enter(checkout, 'payment')
    dispatchEvent(new Event('pagehide'))
    await vi.waitFor(async () => expect(await encodings('payment')).toEqual([undefined]))
  })

  it('sends what is being compressed as it is when the page goes away', async () => {
    const sink = createSink()
    // One that never ends.
    vi.stubGlobal(
      'CompressionStream',
      class extends TransformStream {
        constructor() {
          super({ flush: () => new Promise(() => {}) })
        }
      },
    )
    try {
      const tracker = start({ endpoint: sink.endpoint })
      const begun = vi.spyOn(WritableStreamDefaultWriter.prototype, 'close')
      tracker.enter(checkout, 'cart')
      await vi.waitFor(() => expect(begun).toHaveBeenCalled(), { timeout: 15_000 })
      expect(await sink.bodies()).toEqual([])
      dispatchEvent(new Event('pagehide'))
      await vi.waitFor(async () => expect(await sink.spans('throughline.step.enter')).toHaveLength(1))
      expect((await sink.bodies()).map(({ headers }) => headers['content-encoding'])).not.toContain('gzip')
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('sends as it is what an endpoint takes no compressed', async () => {
    const sink = createSink()
    await sink.answer(200, '', 'gzip=415')
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const key = `${PREFIX}${tracker.current()!.id}`
    await vi.waitFor(() => expect(stored()).toContain(key))
    await vi.waitFor(() => expect(stored()).not.toContain(key), { timeout: 15_000 })
    const encodings = (await sink.bodies()).map(({ headers }) => headers['content-encoding'])
    expect(encodings).toEqual(['gzip', undefined])
  })

  it('counts what the endpoint refuses of a request as refused, with the reason', async () => {
    const sink = createSink()
    await sink.answer(200, '', 'rejected=100')
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const key = `${PREFIX}${tracker.current()!.id}`
    await tracker.flush()
    expect(stored()).not.toContain(key)
    await sink.answer(200)
    await tracker.stop()
    const [report] = (await sink.spans('throughline.delivery')).slice(-1)
    const { emitted, delivered, refused, refused_for } = Object.fromEntries(
      Object.entries(report!.attributes).map(([name, value]) => [
        name.replace('throughline.delivery.', ''),
        value,
      ]),
    )
    expect(refused).toBeGreaterThan(0)
    expect(Number(delivered) + Number(refused)).toBeLessThanOrEqual(Number(emitted))
    expect(JSON.parse(`${refused_for}`)).toEqual({ 'refused: n older than n days': refused })
  })

  it('marks what it is about to send, and says so when it has to send it again', async () => {
    const sink = createSink()
    await sink.answer(0)
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const { id } = tracker.current()!
    const marks = () =>
      Object.entries(localStorage)
        .filter(([key]) => key.startsWith('throughline.tried.'))
        .flatMap(([, ids]) => `${ids}`.split(' '))
    await tracker.flush()
    expect(marks()).toContain(id)
    await sink.answer(200)
    online()
    await vi.waitFor(() => expect(marks()).not.toContain(id))
    const enters = await sink.spans('throughline.step.enter')
    // Browsers themselves try again what breaks on a connection that was used before.
    expect(enters[0]!.attributes).not.toHaveProperty('throughline.event.resent')
    expect(enters.at(-1)!.attributes).toHaveProperty('throughline.event.resent', true)
    expect(new Set(enters.map(({ spanId }) => spanId)).size).toBe(1)
  })

  it('waits for a Retry-After longer than timers can without asking again and again', async () => {
    const sink = createSink()
    await sink.answer(503, '2500000')
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const timers = vi.spyOn(globalThis, 'setTimeout')
    await tracker.flush()
    await vi.waitFor(() => expect(timers.mock.calls.map(([, delay]) => delay)).toContain(60_000), {
      timeout: 15_000,
    })
    expect(Math.max(...timers.mock.calls.map(([, delay]) => Number(delay ?? 0)))).toBeLessThan(2 ** 31)
  })

  it('takes it out of events, links, lists, paths and messages as well', async () => {
    const sink = createSink()
    const redact = (key: string, value: unknown) => (key === 'user.email' ? undefined : value)
    const tracker = start({ endpoint: sink.endpoint, redact })
    tracker.enter(checkout, 'cart')
    const link = { context: tracker.current()!.span!, attributes: { 'user.email': 'secret' } }
    const span = trace.getTracer('host').startSpan('work', { links: [link] })
    span.addEvent('sent', { 'user.email': 'secret', 'url.full': 'https://a.example/?token=secret' })
    span.recordException(new Error('no answer from https://a.example/?token=secret'))
    span.setStatus({ code: 2, message: 'https://a.example/?token=secret' })
    span.setAttributes({
      'http.target': '/p?token=secret',
      urls: ['https://a.example/?token=secret', 'data:,secret'],
    })
    span.end()
    await tracker.flush()
    const body = (await sink.bodies()).map(({ body }) => body).join()
    expect(body).not.toContain('secret')
    expect(body).toContain('no answer from https://a.example/')
    expect(body).toContain('"stringValue":"/p"')
  })

  it('keeps memory bounded while an endpoint is dead', async () => {
    const tracker = start({ endpoint: 'http://127.0.0.1:9' })
    for (let i = 0; i < 2000; i++) tracker.rate(1, 5)
    expect(stored().length).toBeLessThanOrEqual(600)
    await tracker.flush()
    expect(stored().length).toBeLessThanOrEqual(600)
    expect(stored().length).toBeGreaterThan(500)
  })

  it('takes out of attributes what must not leave', async () => {
    const sink = createSink()
    const tracker = start({
      endpoint: sink.endpoint,
      // One may be given by itself; it is no pattern.
      allowUrlParams: 'page' as never,
      redact(key, value) {
        if (key === 'thrown') throw new Error('in redact')
        return key === 'secret' ? undefined : key === 'email' ? '…@…' : value
      },
    })
    const attributes = {
      'url.full': 'https://user:pass@shop.example/a?page=2&p=1&token=x#y',
      'url.query': 'token=x',
      referrer: 'https://shop.example/?q=name',
      secret: 's',
      email: 'a@b.c',
      thrown: 1,
      plain: 'a?b#c',
      spaced: 'https://shop.example/p?name=Jane Doe&token=x',
      path: '/search?q=jane doe&token=x',
      line: '/search?token=x\n',
      long: `https://shop.example/${'語'.repeat(9000)}?`,
      template: 'https://shop.example/users/{id}',
    }
    trace.getTracer('host').startSpan('work', { attributes }).end()
    await tracker.flush()
    const [span] = await sink.spans('work')
    expect(span!.attributes).toEqual({
      'url.full': 'https://shop.example/a?page=2',
      referrer: 'https://shop.example/',
      email: '…@…',
      plain: 'a?b#c',
      spaced: 'https://shop.example/p',
      path: '/search',
      line: '/search\n',
      long: expect.stringMatching(/^.{9000}$/),
      template: 'https://shop.example/users/{id}',
    })
  })
})

describe('recovery', () => {
  /** Makes what is stored look as old as after a visit to another page. */
  function age(ms: number) {
    for (const key of stored()) {
      const [at, ...rest] = localStorage.getItem(key)!.split('\n')
      localStorage.setItem(key, [Number(at) - ms, ...rest].join('\n'))
    }
  }

  it('sends what a page that is gone left behind, as the same spans of the same resource', async () => {
    const sink = createSink()
    await sink.answer(503)
    const before = start({ endpoint: sink.endpoint, resource: { 'service.version': 'old' } })
    before.enter(checkout, 'cart')
    before.ready()
    await before.stop()
    const steps = async () => (await sink.spans()).filter(({ name }) => name.startsWith('throughline.step'))
    const [enter, ready] = await steps()
    const left = stored()
    // The page's account is sent like them, but is none of them.
    const events = left.filter((key) => !localStorage.getItem(key)!.includes('"name":"throughline.delivery"'))
    age(12_000)
    await sink.answer(200)
    localStorage.setItem(`${PREFIX}garbage`, 'not ours')
    localStorage.setItem(`${PREFIX}forged`, `${Date.now() - 12_000}\np\n"resource":{}\n{`)
    const after = start({ endpoint: sink.endpoint, resource: { 'service.version': 'new' } })
    const gone = [...left, `${PREFIX}garbage`, `${PREFIX}forged`]
    await vi.waitFor(() => expect(stored().filter((key) => gone.includes(key))).toEqual([]), {
      timeout: 15_000,
    })
    const arrived = (await steps()).slice(2)
    expect(arrived.map(({ resource }) => resource['service.version'])).toEqual(['old', 'old'])
    expect(arrived).toEqual(expect.arrayContaining([enter, ready]))
    after.enter(checkout, 'payment')
    await after.stop()
    const [report] = (await sink.spans('throughline.delivery')).slice(-1)
    expect(report!.attributes['throughline.delivery.recovered']).toBe(events.length)
  })

  it('gives the account of a page that was killed, when events that it left behind are refused', async () => {
    const sink = createSink()
    await sink.answer(503)
    const before = start({ endpoint: sink.endpoint })
    before.enter(checkout, 'cart')
    before.enter(checkout, 'payment')
    await before.stop()
    const sent = (await sink.spans()).filter(({ attributes }) => attributes['throughline.event.seq'])
    const page = sent[0]!.attributes['throughline.page.id']
    // As if it had been killed before it gave one.
    for (const key of stored())
      if (localStorage.getItem(key)!.includes('throughline.delivery')) localStorage.removeItem(key)
    const left = sent.filter(({ attributes }) =>
      stored().includes(`${PREFIX}${attributes['throughline.event.id']}`),
    )
    age(12_000)
    await sink.answer(200, '', 'rejected=1')
    const earlier = (await sink.spans('throughline.delivery')).length
    start({ endpoint: sink.endpoint })
    const account = async () =>
      (await sink.spans('throughline.delivery'))
        .slice(earlier)
        .findLast(({ attributes }) => attributes['throughline.page.id'] === page)?.attributes
    await expect.poll(account, { timeout: 15_000 }).toMatchObject({
      'throughline.delivery.emitted': Math.max(
        ...left.map(({ attributes }) => Number(attributes['throughline.event.seq'])),
      ),
      'throughline.delivery.refused': 1,
      'throughline.delivery.refused_for': JSON.stringify({ 'refused: n older than n days': 1 }),
    })
    expect(left.length).toBeGreaterThan(1)
  })

  it('removes what is too old', async () => {
    const sink = createSink()
    await sink.answer(503)
    const before = start({ endpoint: sink.endpoint })
    before.enter(checkout, 'cart')
    const key = `${PREFIX}${before.current()!.id}`
    await before.stop()
    expect(stored()).toContain(key)
    age(8 * 864e5)
    await sink.answer(200)
    start({ endpoint: sink.endpoint })
    await vi.waitFor(() => expect(stored()).not.toContain(key), { timeout: 10_000 })
    expect(await sink.spans('throughline.step.enter')).toHaveLength(1)
  })
})
