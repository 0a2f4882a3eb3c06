import { diag } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Tracker } from '../tracker-types'
import type { DeliveryOptions } from './delivery'
import { createDelivery } from './delivery'
import type { Answer } from './endpoint'
import { viaExporter } from './exporter'

// The queue against endpoints of any kind. Time is the test's own.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const TAKEN: Answer = { status: 'taken' }
const LATER: Answer = { status: 'later' }
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000)
const idsIn = (request: string) => [...request.matchAll(/"id(\d+)"/g)].map(([, id]) => Number(id))

/** A queue whose spans are numbered, and what is sent of it. */
function queue(answer: (ids: number[]) => unknown, options: Partial<DeliveryOptions> = {}) {
  const sent: { ids: number[]; at: number; bytes: number }[] = []
  const endpoint = {
    url: '',
    send(request: string) {
      const ids = idsIn(request)
      sent.push({ ids, at: performance.now(), bytes: new TextEncoder().encode(request).length })
      return answer(ids) as Promise<Answer>
    },
  }
  const delivery = createDelivery({ endpoint, ...options })
  const tracer = new BasicTracerProvider({ spanProcessors: [delivery.processor] }).getTracer('test')
  let next = 0
  return {
    delivery,
    sent,
    tracer,
    emit(count: number, name = 'throughline.satisfaction') {
      for (let i = 0; i < count; i++)
        tracer.startSpan(name, { attributes: { 'throughline.event.id': `id${next++}` } }).end()
    },
    counts() {
      const record = vi.fn()
      delivery.report({ record } as unknown as Tracker)
      const attributes = Object.entries(record.mock.calls[0]![1])
      return Object.fromEntries(attributes.map(([key, value]) => [key.split('.').at(-1)!, value]))
    },
  }
}

describe('an endpoint', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('that %s is asked again, and its error is said', async (_, fail) => {
    const said = vi.spyOn(diag, 'error')
    const answer = vi.fn<() => unknown>().mockImplementationOnce(fail).mockResolvedValue(TAKEN)
    const { delivery, emit, sent } = queue(answer)
    emit(1)
    await delivery.flush()
    await minutes(1)
    expect(sent.map(({ ids }) => ids)).toEqual([[0], [0]])
    expect(said.mock.calls).toEqual([['throughline:', new Error('no')]])
    await delivery.processor.shutdown()
  })

  it('that fails on one event each time takes the others, though they came with it', async () => {
    const taken: number[] = []
    const { emit } = queue(async (ids) => {
      if (ids.includes(3)) return LATER
      taken.push(...ids)
      return TAKEN
    })
    emit(25)
    await minutes(2)
    emit(1)
    await minutes(10)
    expect(new Set(taken)).toEqual(
      new Set(Array.from({ length: 26 }, (_, id) => id).filter((id) => id !== 3)),
    )
  })

  it('that is down is left alone for longer each time, a minute at most', async () => {
    const { emit, sent } = queue(async () => LATER)
    emit(1)
    await minutes(5)
    const gaps = sent.slice(1).map(({ at }, i) => (at - sent[i]!.at) / 1000)
    expect(gaps.slice(0, 7)).toEqual([2, 4, 8, 16, 32, 60, 60])
  })

  it('that is down fails once for all requests that went out together', async () => {
    const { delivery, emit, sent } = queue(async () => LATER)
    emit(600)
    await delivery.flush()
    const together = sent.length
    expect(together).toBeGreaterThan(2)
    await vi.advanceTimersByTimeAsync(2000)
    expect(sent).toHaveLength(together + 1)
  })

  it('is asked again in time though the clock is set back', async () => {
    const { delivery, emit, sent } = queue(async () => LATER)
    emit(1)
    await delivery.flush()
    vi.setSystemTime(Date.now() - 3_600_000)
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent).toHaveLength(2)
  })

  it('that fails on one event each time takes all that are not sent with it', async () => {
    const arrived: number[] = []
    const { emit } = queue(async (ids) => {
      if (ids.includes(7)) return LATER
      arrived.push(...ids)
      return TAKEN
    })
    emit(100)
    await minutes(10)
    expect(arrived.length).toBeGreaterThanOrEqual(75)
  })

  it('gets batches that fit the keepalive budget whatever pages left behind', async () => {
    const { delivery, sent } = queue(async () => TAKEN)
    const left = Array.from({ length: 50 }, (_, i) => ({
      id: `${i}`,
      head: `"resource":{"attributes":[]},"schemaUrl":"${i}${'語'.repeat(1000)}","scopeSpans":[{"spans":[`,
      text: `{"spanId":"id${i}"}`,
    }))
    delivery.recover(left)
    await delivery.flush()
    expect(sent.flatMap(({ ids }) => ids)).toHaveLength(50)
    for (const { bytes } of sent) expect(bytes).toBeLessThanOrEqual(60 * 1024)
  })
})

describe('an exporter', () => {
  it('that cannot encode one event gets all others', async () => {
    const arrived: unknown[] = []
    const endpoint = viaExporter({
      export(spans, done) {
        const ids = spans.map(({ attributes }) => attributes['throughline.event.id'])
        if (ids.includes('id3')) throw new Error('cannot encode')
        arrived.push(...ids)
        done({ code: 0 })
      },
    })
    const { delivery, emit, counts } = queue(() => {}, { endpoint })
    emit(10)
    await delivery.flush()
    await minutes(10)
    expect(arrived).toHaveLength(9)
    expect(counts()).toMatchObject({ delivered: 9, refused: 1, dropped: 0, pending: 0 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    [400, { status: 'refused', why: 'HTTP 400' }],
    [413, { status: 'refused', why: 'HTTP 413' }],
    [401, { status: 'later', isUntaken: true }],
    [404, { status: 'later', isUntaken: true }],
    [500, { status: 'later', isUntaken: false }],
    [undefined, { status: 'later', isUntaken: false }],
  ])('whose error has the code %s says: %o', async (code, said) => {
    const error = Object.assign(new Error('no'), { code })
    const { send } = viaExporter({ export: (_, done) => done({ code: 1, error }) })
    expect(await send('{"resourceSpans":[]}')).toEqual(said)
  })
})

describe('what is sent again', () => {
  const marked = /throughline.event.resent","value":{"boolValue":true}/g
  /** How many spans of each request said that they were sent before. */
  function resends(...answers: unknown[]) {
    const counts: number[] = []
    const marks: [string, boolean][] = []
    const endpoint = {
      url: '',
      async send(request: string) {
        counts.push([...request.matchAll(marked)].length)
        JSON.parse(request)
        return (answers.shift() ?? TAKEN) as Answer
      },
    }
    const made = queue(() => {}, { endpoint })
    made.delivery.outbox = {
      put() {},
      remove() {},
      mark: (ids, isTried) => marks.push([ids.join(), isTried]),
    }
    return { ...made, resent: counts, marks }
  }

  it('says so if an earlier attempt may have arrived, which was marked before it was made', async () => {
    const { delivery, emit, resent, marks } = resends(LATER, LATER, LATER)
    emit(2)
    const flushed = delivery.flush()
    expect(marks).toEqual([['id0,id1', true]])
    await flushed
    await minutes(5)
    expect(resent).toEqual([0, 2, 2, 1, 1])
    expect(marks).toHaveLength(1)
  })

  it('does not after a refusal, or where nothing was taken', async () => {
    const untaken = { status: 'later', isUntaken: true }
    const { emit, resent, marks } = resends(untaken, { status: 'refused', why: 'HTTP 400' }, untaken)
    emit(1)
    await minutes(5)
    expect(resent).toEqual([0, 0, 0, 0])
    expect(marks).toEqual([true, false, true, false, true, false, true].map((isTried) => ['id0', isTried]))
  })

  it('goes on saying so after a refusal that follows an attempt which may have arrived', async () => {
    const { emit, resent } = resends(LATER, { status: 'later', isUntaken: true })
    emit(1)
    await minutes(5)
    expect(resent).toEqual([0, 1, 1])
  })

  it('by the next page says so if its page had tried, once', async () => {
    const { delivery, resent } = resends(LATER)
    const left = (id: string, attributes: object[]) => ({
      id,
      head: '"resource":{"attributes":[]},"scopeSpans":[{"spans":[',
      text: JSON.stringify({ spanId: id, attributes }),
    })
    delivery.recover([
      { ...left('a', []), isTried: true },
      { ...left('b', [{ key: 'x', value: { stringValue: '"attributes":[' } }]), isTried: true },
      { ...left('c', []), isTried: false },
    ])
    await delivery.flush()
    expect(resent).toEqual([2])
    await minutes(1)
    expect(resent[1]).toBe(3)
  })
})

describe("a page's account of its events", () => {
  /** A queue, and what its outbox holds. */
  function kept(answer: (ids: number[]) => unknown) {
    const made = queue(answer)
    const outbox = new Map<string, string>()
    made.delivery.outbox = {
      put: (id, { text }) => outbox.set(id, JSON.parse(text).name),
      remove: (id) => outbox.delete(id),
      mark() {},
    }
    return { ...made, outbox }
  }
  const ACCOUNT = 'throughline.delivery'

  it('is kept until it is taken, the latest one alone, and is none of the events', async () => {
    let answer = LATER
    const { emit, outbox, sent, counts, delivery } = kept(async () => answer)
    emit(1)
    emit(1, ACCOUNT)
    await delivery.flush()
    emit(1, ACCOUNT)
    await vi.advanceTimersByTimeAsync(0)
    expect([...outbox]).toEqual([
      ['id0', 'throughline.satisfaction'],
      ['id2', ACCOUNT],
    ])
    answer = TAKEN
    await minutes(1)
    expect(sent.slice(1).flatMap(({ ids }) => ids)).toEqual([0, 2])
    expect(outbox.size).toBe(0)
    expect(counts()).toMatchObject({ emitted: 1, delivered: 1 })
  })

  it('that an endpoint refuses stays for a later page, which does not count it as an event', async () => {
    const { emit, outbox } = kept(async () => ({ status: 'refused', why: 'HTTP 400' }))
    emit(1)
    emit(1, ACCOUNT)
    await minutes(2)
    expect([...outbox]).toEqual([['id1', ACCOUNT]])
    const later = queue(async () => TAKEN)
    const head = '"resource":{"attributes":[]},"scopeSpans":[{"spans":['
    later.delivery.recover(
      [ACCOUNT, 'exception'].map((name, i) => ({
        id: `${i}`,
        head,
        text: JSON.stringify({ name, spanId: `id${i}` }),
      })),
    )
    later.emit(1)
    await minutes(1)
    expect(later.sent.flatMap(({ ids }) => ids)).toHaveLength(3)
    expect(later.counts()).toMatchObject({ emitted: 1, delivered: 1, recovered: 1 })
  })

  it('is asked for when events were refused or dropped, since the page may be killed later', async () => {
    let answer: Answer = { status: 'taken', rejected: 1, why: 'bad' }
    const { delivery, emit } = queue(async () => answer)
    delivery.onLoss = vi.fn()
    emit(1)
    await minutes(1)
    expect(delivery.onLoss).toHaveBeenCalledTimes(1)
    answer = TAKEN
    emit(1)
    await minutes(1)
    expect(delivery.onLoss).toHaveBeenCalledTimes(1)
  })
})

describe('the queue', () => {
  it('counts journey events alone, and as pending those that arrive later', async () => {
    let isUp = false
    const late: number[] = []
    let first = 0
    const answers = [TAKEN, LATER, { status: 'refused' }]
    const { delivery, emit, counts } = queue(async (ids) => {
      first ||= ids.length
      if (!isUp) return answers.shift()
      late.push(...ids)
      return TAKEN
    })
    emit(400)
    emit(10, 'work')
    await delivery.flush()
    // These have not been looked at yet.
    emit(5)
    const { emitted, delivered, dropped, pending } = counts()
    isUp = true
    await minutes(10)
    expect({ emitted, delivered, dropped }).toEqual({ emitted: 405, delivered: first, dropped: 0 })
    expect(new Set(late).size).toBe(Number(pending))
    expect(counts()).toMatchObject({ delivered: 405, dropped: 0, pending: 0 })
  })

  it('tries what was refused once more, alone, and then drops it', async () => {
    let isUp = false
    const { delivery, emit, counts, sent } = queue(async () => (isUp ? TAKEN : { status: 'refused' }))
    emit(2)
    await delivery.flush()
    await minutes(1)
    expect(sent.map(({ ids }) => ids)).toEqual([[0, 1], [0], [1]])
    isUp = true
    emit(2)
    await minutes(2)
    expect(counts()).toMatchObject({ emitted: 4, delivered: 2, refused: 2, dropped: 0, pending: 0 })
  })

  it('counts what an endpoint refuses of a request that it takes, by its reasons, and never as delivered', async () => {
    const parts = [
      { rejected: 2, why: '2 of a run of 31 days ago' },
      { rejected: 1, why: '1 of a run of 7 days ago' },
      { rejected: 9, why: 'no ids' },
    ]
    const { delivery, emit, counts, sent } = queue(async () => ({ ...TAKEN, ...parts.shift() }))
    emit(3)
    await delivery.flush()
    expect(counts()).toMatchObject({ emitted: 3, delivered: 1, refused: 2, pending: 0 })
    // From now on events go by themselves, so that it is known whether it was one of them.
    emit(2)
    emit(2, 'work')
    await delivery.flush()
    expect(sent.slice(1).map(({ ids }) => ids)).toEqual([
      [3, 4],
      [5, 6],
    ])
    const found = counts()
    expect(found).toMatchObject({ emitted: 5, delivered: 2, refused: 3, dropped: 0, pending: 0 })
    expect(JSON.parse(found.refused_for as string)).toEqual({ 'n of a run of n days ago': 3 })
  })

  it('tries now and then though the browser says that it is offline, and believes it no longer if it was wrong', async () => {
    const navigator = { onLine: false }
    vi.stubGlobal('navigator', navigator)
    const { delivery, emit, sent } = queue(async () => TAKEN)
    emit(1)
    await delivery.flush()
    expect(sent).toEqual([])
    await minutes(1)
    expect(sent.map(({ ids }) => ids)).toEqual([[0]])
    expect(sent[0]!.at).toBeGreaterThanOrEqual(30_000)
    emit(1)
    await delivery.flush()
    expect(sent.map(({ ids }) => ids)).toEqual([[0], [1]])
  })

  it('asks a network that is away no more than once a minute', async () => {
    vi.stubGlobal('navigator', { onLine: false })
    const { emit, sent } = queue(async () => LATER)
    emit(1)
    await minutes(10)
    expect(sent.length).toBeGreaterThan(5)
    expect(sent.length).toBeLessThanOrEqual(21)
  })

  it("has room for what pages left behind beside this page's own alone", async () => {
    const { delivery, emit, counts, sent } = queue(async () => TAKEN)
    delivery.open(false)
    emit(500)
    delivery.open(false)
    const left = (i: number) => ({ id: `left${i}`, head: '"scopeSpans":[{"spans":[', text: '{}' })
    delivery.recover(Array.from({ length: 200 }, (_, i) => left(i)))
    delivery.open(true)
    await delivery.flush()
    expect(sent.flatMap(({ ids }) => ids)).toHaveLength(500)
    expect(counts()).toMatchObject({ delivered: 500, dropped: 0, recovered: 100 })
  })

  it('of a hidden page is sent at once with journey events, not with every span', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const { emit, sent } = queue(async () => TAKEN)
    emit(1, 'work')
    await vi.advanceTimersByTimeAsync(10)
    expect(sent).toEqual([])
    emit(1)
    await vi.advanceTimersByTimeAsync(10)
    expect(sent.map(({ ids }) => ids)).toEqual([[1, 0]])
  })

  it('lets names be seen before they leave, but keeps those that events are found by', async () => {
    const bodies: string[] = []
    const endpoint = {
      url: '',
      async send(request: string) {
        bodies.push(request)
        return TAKEN
      },
    }
    const redact = vi.fn((key: string, value: unknown) => (key === 'otel.span.name' ? value : undefined))
    const { delivery, tracer } = queue(() => {}, { endpoint, redact })
    const span = tracer.startSpan('Navigation: /orders?token=secret#secret')
    span.addEvent('at /orders?token=secret')
    span.recordException(new Error('secret'))
    span.end()
    tracer.startSpan('throughline.satisfaction').end()
    await delivery.flush()
    expect(bodies.join()).not.toContain('secret')
    expect(redact).toHaveBeenCalledWith('otel.event.name', 'at /orders', 'at /orders')
    const spans = JSON.parse(bodies[0]!).resourceSpans[0].scopeSpans[0].spans
    expect(spans).toMatchObject([
      { name: 'throughline.satisfaction' },
      { name: 'Navigation: /orders', events: [{ name: '' }, { name: 'exception' }] },
    ])
  })
})
