import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { context, diag, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { stop } from '../../../scripts/processes'
import { continueRun } from './continue-run'
import { bundled, firstLine, start } from './fixture/process'
import { flush } from './flush'
import { keepFile } from './keep-file'
import type { ExportAnswer } from './keep-until-taken'
import { keepUntilTaken } from './keep-until-taken'
import type { KeptSpan } from './kept-span'
import { journeyProcessors } from './processors'
import { getJourney } from './request-journey'
import { checkout, definitions, onePage, runId } from './testing'

const warn = vi.fn()
beforeEach(() => {
  const quiet = () => {}
  diag.setLogger(
    { error: quiet, warn, info: quiet, debug: quiet, verbose: quiet },
    { suppressOverrideMessage: true },
  )
  warn.mockReset()
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterEach(() => {
  vi.useRealTimers()
  for (const api of [context, trace, diag]) api.disable()
})

/** A host's exporter, whose answers the test decides. */
function endpoint() {
  const sent: KeptSpan[][] = []
  let answer: (spans: readonly KeptSpan[]) => ExportAnswer | undefined = () => ({ code: 0 })
  return {
    sent,
    answers(next: typeof answer) {
      answer = next
    },
    exporter: {
      export(spans: KeptSpan[], done: (answer: ExportAnswer) => void) {
        sent.push(spans)
        const given = answer(spans)
        if (given) setImmediate(() => done(given))
      },
      shutdown: async () => {},
    },
  }
}

type Kept = ReturnType<typeof keepUntilTaken>

function startServer(exporter: Kept) {
  const { sampler, spanProcessor } = journeyProcessors(definitions)
  const batches = new BatchSpanProcessor(exporter)
  const provider = new BasicTracerProvider({ sampler, spanProcessors: [spanProcessor, batches] })
  trace.setGlobalTracerProvider(provider)
  return provider
}

const inRun = (work: () => void) =>
  continueRun(definitions, { journey: 'checkout', version: '1', run: runId(), step: 'payment' }, work)
const order = (key: string) => inRun(() => getJourney()?.convert(checkout, { key }))
const ids = (spans: readonly KeptSpan[]) => spans.map(({ attributes }) => attributes['throughline.event.id'])
const AWAY = { code: 1, error: new Error('connect ECONNREFUSED') }
const named = (sent: readonly KeptSpan[][], name: string) => sent.flat().filter((span) => span.name === name)
const figures = (sent: readonly KeptSpan[][]) =>
  Object.fromEntries(
    Object.entries(named(sent, 'throughline.delivery').at(-1)?.attributes ?? {})
      .filter(([key]) => key.startsWith('throughline.delivery.'))
      .map(([key, value]) => [key.slice('throughline.delivery.'.length), value]),
  )

describe('while the endpoint is away', () => {
  it('for 30 s, 40 orders are confirmed, and all of them arrive, marked as sent again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
    const { exporter, sent, answers } = endpoint()
    const provider = startServer(keepUntilTaken(exporter))
    answers(() => AWAY)
    for (let second = 0; second < 30; second++) {
      for (let i = 0; i < (second < 20 ? 2 : 0); i++) order(`away-${second}-${i}`)
      await vi.advanceTimersByTimeAsync(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    sent.length = 0
    answers(() => ({ code: 0 }))
    for (let second = 0; second < 120; second++) {
      await vi.advanceTimersByTimeAsync(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const ends = named(sent, 'throughline.run.end')
    expect(new Set(ids(ends)).size).toBe(40)
    expect(ends).toHaveLength(40)
    for (const end of ends) expect(end.attributes['throughline.event.resent']).toBe(true)
    expect(figures(sent)).toMatchObject({
      emitted: 40,
      delivered: 40,
      refused: 0,
      dropped: 0,
      pending: 0,
      recovered: 0,
    })
    expect(figures(sent).retried).toBeGreaterThanOrEqual(40)
    const [account] = named(sent, 'throughline.delivery')
    expect(account!.resource.attributes['service.instance.id']).toBeTruthy()
    expect(account!.attributes).not.toHaveProperty('throughline.page.id')
    await provider.shutdown()
  })

  it('exposures and entered steps are kept, and no other span', async () => {
    const { exporter, sent, answers } = endpoint()
    const keeping = keepUntilTaken(exporter)
    const provider = startServer(keeping)
    answers(() => AWAY)
    inRun(() => {
      getJourney()?.enter(checkout, 'confirmation')
      getJourney()?.expose(onePage, 'control')
      trace.getTracer('app').startSpan('query').end()
    })
    await provider.forceFlush().catch(() => {})
    sent.length = 0
    answers(() => ({ code: 0 }))
    await flush()
    expect(sent.flat().map(({ name }) => name)).toEqual(['throughline.step.enter', 'throughline.exposure'])
    await provider.shutdown()
  })
})

it('what was never sent is not marked as sent again', async () => {
  const { exporter, sent, answers } = endpoint()
  const provider = startServer(keepUntilTaken(exporter))
  answers(() => ({ code: 1, error: new Error('Concurrent export limit reached') }))
  order('limit')
  await provider.forceFlush().catch(() => {})
  sent.length = 0
  answers(() => ({ code: 0 }))
  await flush()
  expect(named(sent, 'throughline.run.end')[0]!.attributes).not.toHaveProperty('throughline.event.resent')
  await provider.shutdown()
})

it('what an endpoint refuses is sent once more, alone; the rest arrives, and the figures add up', async () => {
  const { exporter, sent, answers } = endpoint()
  const provider = startServer(keepUntilTaken(exporter))
  let bad: unknown
  answers((spans) => {
    const isBad = spans.some(({ attributes }) => attributes['throughline.event.id'] === bad)
    return isBad ? { code: 1, error: Object.assign(new Error('Bad Request'), { code: 400 }) } : { code: 0 }
  })
  for (let i = 0; i < 3; i++) order(`refused-${i}`)
  inRun(() => {
    getJourney()?.convert(checkout, { key: 'bad' })
  })
  const exporting = vi.spyOn(exporter, 'export')
  exporting.mockImplementationOnce((spans, done) => {
    bad = spans.at(-1)!.attributes['throughline.event.id']
    done({ code: 1, error: Object.assign(new Error('Bad Request'), { code: 400 }) })
  })
  await provider.forceFlush().catch(() => {})
  await flush()
  await provider.shutdown()
  expect(figures(sent)).toMatchObject({ emitted: 4, delivered: 3, refused: 1, dropped: 0, pending: 0 })
  for (const { attributes } of named(sent, 'throughline.run.end'))
    expect(attributes).not.toHaveProperty('throughline.event.resent')
})

it('memory is bounded: the oldest are dropped, outcomes last, and counted', async () => {
  const { exporter, sent, answers } = endpoint()
  const keeping = keepUntilTaken(exporter)
  const provider = startServer(keeping)
  answers(() => AWAY)
  order('kept')
  for (let i = 0; i < 10_050; i++) inRun(() => getJourney()?.enter(checkout, 'confirmation'))
  sent.length = 0
  answers(() => ({ code: 0 }))
  await provider.shutdown()
  expect(named(sent, 'throughline.run.end')).not.toHaveLength(0)
  expect(figures(sent)).toMatchObject({ emitted: 10_051, delivered: 10_000, dropped: 51, pending: 0 })
})

it('an exporter that throws, or answers nothing, breaks nothing', async () => {
  const exporter = {
    export: vi.fn(() => {
      throw new Error('boom')
    }),
    shutdown: async () => {},
  }
  const keeping = keepUntilTaken(exporter)
  const done = vi.fn()
  keeping.export([], done)
  expect(done).toHaveBeenCalledWith({ code: 1, error: new Error('boom') })
  await keeping.shutdown()
  expect(() => keepUntilTaken(undefined as never)).toThrow(/needs the exporter/)
  expect(() => keepUntilTaken(exporter, { file: '' })).toThrow(/file is a path/)
})

describe('on disk', () => {
  let folder: string
  let built: string
  beforeAll(async () => {
    built = await bundled('shop')
  })
  afterAll(() => rmSync(built, { recursive: true, force: true }))
  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/throughline-`)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const shop = async (url: string, orders: number, name: string) => {
    const child = start(built, undefined, 'shop', {
      ...{ FILE: `${folder}/kept`, ORDERS: `${orders}`, NAME: name, OTEL_EXPORTER_OTLP_ENDPOINT: url },
    })
    child.stderr!.resume()
    await firstLine(child)
    return child
  }

  async function collecting(use: (url: string, keys: () => Promise<number>) => Promise<void>) {
    const found = new Set<string>()
    const resent = new Set<unknown>()
    const server = createServer(async (request, response) => {
      for (const { scopeSpans } of JSON.parse(await text(request)).resourceSpans)
        for (const { spans } of scopeSpans)
          for (const { attributes } of spans) {
            const get = (key: string) => attributes.find((it: { key: string }) => it.key === key)?.value
            if (get('throughline.run.outcome')) {
              found.add(get('throughline.event.id').stringValue)
              resent.add(get('throughline.event.resent')?.boolValue)
            }
          }
      response.setHeader('content-type', 'application/json').end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => found.size)
    } finally {
      await new Promise((resolve) => server.close(resolve).closeAllConnections())
    }
    return { found, resent }
  }

  /** Loopback's discard port, on which nothing listens. */
  const NOWHERE = 'http://127.0.0.1:9'

  it('outcomes survive kill -9 of the process, and leave with the next one', async () => {
    const first = await shop(NOWHERE, 40, 'first')
    first.kill('SIGKILL')
    await new Promise((resolve) => first.once('exit', resolve))
    expect(existsSync(`${folder}/kept.lock`)).toBe(true)
    const { found, resent } = await collecting(async (url, keys) => {
      const second = await shop(url, 0, 'second')
      await expect.poll(keys, { timeout: 20_000 }).toBe(40)
      await stop(second)
    })
    expect(found.size).toBe(40)
    // The first may have sent them before it died: nobody knows.
    expect([...resent]).toEqual([true])
  })

  it('two processes do not share a file: the second keeps in memory, and both deliver', async () => {
    await collecting(async (url, keys) => {
      const one = await shop(url, 5, 'one')
      const two = await shop(url, 5, 'two')
      await expect.poll(keys, { timeout: 30_000 }).toBe(10)
      await Promise.all([stop(one), stop(two)])
    })
  })

  const spanOfOrder = async () => {
    const { exporter, sent, answers } = endpoint()
    answers(() => undefined)
    const keeping = keepUntilTaken(exporter)
    startServer(keeping)
    order(`${Math.random()}`)
    await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, 100))])
    return sent.flat()[0]!
  }

  const opened = async (live: KeptSpan[] = []) => {
    const recovered: KeptSpan[] = []
    const file = keepFile(
      `${folder}/kept`,
      () => [...live, ...recovered],
      (spans) => recovered.push(...spans),
      50,
    )
    await file.settled()
    return { file, recovered }
  }

  it('a damaged file costs its damaged lines alone, and a copy stays', async () => {
    const span = await spanOfOrder()
    const { file } = await opened()
    file.add(span)
    await file.close()
    const good = readFileSync(`${folder}/kept`, 'utf8')
    const broken = good.replace('checkout', 'chekcout')
    writeFileSync(`${folder}/kept`, `${'\0'.repeat(100)}\n${broken}${good}{"add":1}\n${good.slice(0, 50)}`)
    const { file: next, recovered } = await opened()
    expect(ids(recovered)).toEqual(ids([span]))
    expect(recovered[0]!.attributes).toEqual(span.attributes)
    expect(readdirSync(folder)).toContain('kept.damaged')
    expect(warn).toHaveBeenCalledTimes(1)
    await next.close()
  })

  it('what was taken is not in it any more', async () => {
    const span = await spanOfOrder()
    const { file } = await opened()
    file.add(span)
    const { traceId, spanId } = span.spanContext()
    file.remove([traceId + spanId])
    await file.close()
    const { file: next, recovered } = await opened()
    expect(recovered).toEqual([])
    await next.close()
  })

  it('the next process takes it over when the one before is gone', async () => {
    const span = await spanOfOrder()
    const one = await opened()
    const two = await opened()
    one.file.add(span)
    expect(warn.mock.calls.flat().join()).toMatch(/another process has the file/)
    await one.file.close()
    await expect.poll(() => ids(two.recovered), { timeout: 10_000 }).toEqual(ids([span]))
    await two.file.close()
  })

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'a full disk loses nothing, and is said once',
    async () => {
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder])
      } catch {
        return // No right to mount here.
      }
      try {
        const span = await spanOfOrder()
        writeFileSync(`${folder}/other`, 'x'.repeat(112 * 1024))
        const live = Array.from({ length: 60 }, (_, index) => ({
          ...span,
          spanContext: () => ({ ...span.spanContext(), spanId: index.toString(16).padStart(16, '0') }),
        }))
        const { file } = await opened(live)
        for (const one of live) file.add(one)
        await file.settled()
        expect(warn).toHaveBeenCalledTimes(1)
        expect(warn.mock.calls[0]!.join()).toMatch(/ENOSPC/)
        rmSync(`${folder}/other`)
        // Written anew as a whole, once there is room.
        const lines = () => readFileSync(`${folder}/kept`, 'utf8').split('\n').length - 1
        await expect.poll(lines, { timeout: 10_000 }).toBe(60)
        await file.close()
      } finally {
        execFileSync('umount', ['-l', folder])
      }
    },
  )

  it('a folder that is not there costs nothing but the file', async () => {
    const { exporter, sent } = endpoint()
    const provider = startServer(keepUntilTaken(exporter, { file: `${folder}/none/kept` }))
    order('no-folder')
    await provider.shutdown()
    expect(named(sent, 'throughline.run.end')).toHaveLength(1)
    expect(warn.mock.calls.flat().join()).toMatch(/ENOENT/)
  })
})
