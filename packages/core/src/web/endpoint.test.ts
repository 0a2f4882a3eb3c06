import { gunzipSync } from 'node:zlib'
import { diag } from '@opentelemetry/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { endpointAt } from './endpoint'
import { compressor } from './gzip'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const { url, send } = endpointAt('http://collector.example/')

function answering(body: string | null, init: ResponseInit) {
  const fetch = vi.fn(async () => new Response(body, init))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

describe('an OTLP endpoint', () => {
  it.each([
    [200, 'taken'],
    [204, 'taken'],
    [400, 'refused'],
    [401, 'later'],
    [403, 'later'],
    [404, 'later'],
    [408, 'later'],
    [413, 'refused'],
    [422, 'refused'],
    [429, 'later'],
    [500, 'later'],
    [502, 'later'],
    [503, 'later'],
    [504, 'later'],
  ])('that answers %d says: %s', async (status, said) => {
    const fetch = answering(null, { status })
    expect(await send('{}')).toMatchObject({ status: said })
    expect(fetch).toHaveBeenCalledWith(url, expect.objectContaining({ method: 'POST' }))
  })

  it('names a time to come back, in seconds or as a date', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 5, 1), toFake: ['Date'] })
    for (const [after, ms] of [
      ['7', 7000],
      ['Mon, 01 Jun 2026 00:01:00 GMT', 60_000],
      ['soon', 0],
    ] as const) {
      answering('', { status: 503, headers: { 'retry-after': after } })
      expect(await send('{}')).toEqual({ status: 'later', after: ms, isUntaken: true })
    }
  })

  it('fails for a header that is none, which no network mends', async () => {
    await expect(endpointAt('http://127.0.0.1:1', { 'a header': 'x' }).send('{}')).rejects.toThrow(TypeError)
    expect(await endpointAt('http://127.0.0.1:1', { header: 'x' }).send('{}')).toMatchObject({
      status: 'later',
    })
  })

  it('is none when it answers with a page', async () => {
    const warn = vi.spyOn(diag, 'warn')
    answering('<!doctype html><title>Log in', { headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(await send('{}')).toMatchObject({ status: 'later' })
    expect(warn.mock.calls.join()).toContain('answers with a page')
    answering('<h1>413', { status: 413, headers: { 'content-type': 'text/html' } })
    expect(await send('{}')).toEqual({ status: 'refused', why: 'HTTP 413' })
  })

  it('may take a part, which is said', async () => {
    const warn = vi.spyOn(diag, 'warn')
    for (const rejected of ['"3"', 3]) {
      answering(`{"partialSuccess":{"rejectedSpans":${rejected},"errorMessage":"no ids"}}`, {})
      expect(await send('{}')).toEqual({ status: 'taken', rejected: 3, why: 'no ids' })
    }
    for (const said of [
      '{"partialSuccess":{"rejectedSpans":0}}',
      '{"partialSuccess":{"rejectedSpans":"0"}}',
      '{"partialSuccess":null}',
      'null',
      'OK',
    ]) {
      answering(said, {})
      expect(await send('{}')).toEqual({ status: 'taken' })
    }
    expect(warn).toHaveBeenCalledTimes(2)
    expect(warn.mock.calls.join()).toContain('no ids')
  })

  it('is posted to so that requests outlive the page, as far as browsers permit', async () => {
    const calls: boolean[] = []
    const answers: ((answer: Response) => void)[] = []
    vi.stubGlobal('fetch', (_: string, { keepalive }: { keepalive: boolean }) => {
      calls.push(keepalive)
      return new Promise<Response>((resolve) => answers.push(resolve))
    })
    const sent = [...Array.from({ length: 10 }, () => send('{}'))]
    expect(calls).toEqual([...Array(9).fill(true), false])
    for (const answer of answers.splice(0)) answer(new Response())
    await Promise.all(sent)
    const large = [send('x'.repeat(40_000)), send('x'.repeat(40_000)), send('x'.repeat(20_000))]
    expect(calls.slice(10)).toEqual([true, false, true])
    for (const answer of answers) answer(new Response())
    await Promise.all(large)
  })

  it('says when nothing of what was sent can have arrived', async () => {
    const isUntaken = async (status: number) => {
      answering('', { status })
      return (await send('{}')).isUntaken
    }
    for (const status of [401, 404, 408, 429, 503]) expect(await isUntaken(status)).toBe(true)
    // A gateway, or a crash, may answer for an endpoint that has stored it.
    for (const status of [500, 502, 504]) expect(await isUntaken(status)).toBe(false)
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    const entry = { name: url, startTime: Number.POSITIVE_INFINITY } as PerformanceEntry
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([entry as never])
    expect(await send('{}')).toEqual({ status: 'later', isUntaken: false })
    vi.stubGlobal('navigator', { onLine: false })
    expect(await send('{}')).toEqual({ status: 'later', isUntaken: true })
  })

  it('is sent to without AbortSignal.timeout, URL.canParse and CompressionStream', async () => {
    vi.stubGlobal('AbortSignal', class {})
    vi.stubGlobal('CompressionStream', undefined)
    vi.spyOn(URL, 'canParse').mockImplementation(undefined as never)
    vi.stubGlobal('URL', Object.assign(class extends URL {}, { canParse: undefined }))
    answering('{}', {})
    const endpoint = endpointAt('http://collector.example', {}, true)
    endpoint.compress = compressor()
    expect(await endpoint.send('x'.repeat(5000), new AbortController().signal)).toEqual({ status: 'taken' })
    expect(() => endpointAt('http://')).toThrow('is no address')
  })
})

describe('compressing', () => {
  const text = `{"resourceSpans":[${'{},'.repeat(1000)}{}]}`
  const inTime = () => new AbortController().signal
  /** An endpoint, and whether each request to it was compressed. */
  function endpoint(base: string, compress: boolean | undefined, answers: (number | undefined)[]) {
    const encodings: unknown[] = []
    vi.stubGlobal(
      'fetch',
      async (_: string, { headers, body }: { headers: object; body: Uint8Array<ArrayBuffer> }) => {
        const encoding = (headers as Record<string, string>)['content-encoding']
        const plain = encoding ? gunzipSync(body) : body
        expect(`${new TextDecoder().decode(plain)}`).toBe(text)
        encodings.push(encoding)
        const status = answers.shift()
        if (!status) throw new TypeError('Failed to fetch')
        return new Response('', { status })
      },
    )
    const made = endpointAt(base, {}, compress)
    if (made.takesGzip) made.compress = compressor()
    return { send: made.send, encodings }
  }

  it('is for endpoints of this origin, and those that are said to take it', async () => {
    vi.stubGlobal('location', new URL('https://shop.example/cart'))
    for (const [base, compress, encoding] of [
      ['/otlp', undefined, 'gzip'],
      ['/otlp', false, undefined],
      ['https://collector.example', undefined, undefined],
      ['https://collector.example', true, 'gzip'],
    ] as const) {
      const { send, encodings } = endpoint(base, compress, [200])
      expect(await send(text, inTime())).toEqual({ status: 'taken' })
      expect(encodings).toEqual([encoding])
    }
  })

  it.each([400, 413, 415])('ends with the answer %d: that request goes again as it is', async (status) => {
    const { send, encodings } = endpoint('https://collector.example', true, [200, status, 200, 200])
    for (let i = 0; i < 3; i++) expect(await send(text, inTime())).toEqual({ status: 'taken' })
    expect(encodings).toEqual(['gzip', 'gzip', undefined, undefined])
  })

  it('ends when an endpoint crashes on it, or lets no such header in', async () => {
    for (const failure of [500, undefined]) {
      const { send, encodings } = endpoint('https://collector.example', true, [failure, 200])
      expect(await send(text, inTime())).toMatchObject({ status: 'later' })
      expect(await send(text, inTime())).toEqual({ status: 'taken' })
      expect(encodings).toEqual(['gzip', undefined])
    }
  })

  it('goes on when an endpoint that takes it is away for a while', async () => {
    const answers = [200, undefined, 503, 429, 502, 200]
    const { send, encodings } = endpoint('https://collector.example', true, answers)
    for (let i = 0; i < 6; i++) await send(text, inTime())
    expect(encodings).toEqual(Array(6).fill('gzip'))
  })

  it('is not begun when there is no time, and given up when there is none any more', async () => {
    const { send, encodings } = endpoint('https://collector.example', true, [200, 200])
    await send(text)
    const hurry = new AbortController()
    const sent = send(text, hurry.signal)
    hurry.abort()
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    // Not in a task to come: the page may be gone by then.
    expect(encodings).toEqual([undefined, undefined])
    await sent
  })
})
