import { diag } from '@opentelemetry/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { endpointAt } from './otlp'

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
      expect(await send('{}')).toEqual({ status: 'later', after: ms })
    }
  })

  it('is none when it answers with a page', async () => {
    const warn = vi.spyOn(diag, 'warn')
    answering('<!doctype html><title>Log in', { headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(await send('{}')).toMatchObject({ status: 'later' })
    expect(warn.mock.calls.join()).toContain('answers with a page')
    answering('<h1>413', { status: 413, headers: { 'content-type': 'text/html' } })
    expect(await send('{}')).toEqual({ status: 'refused' })
  })

  it('may take a part, which is said', async () => {
    const warn = vi.spyOn(diag, 'warn')
    for (const rejected of ['"3"', 3, 0, '"0"']) {
      answering(`{"partialSuccess":{"rejectedSpans":${rejected},"errorMessage":"no ids"}}`, {})
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
})
