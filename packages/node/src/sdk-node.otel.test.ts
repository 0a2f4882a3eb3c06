import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stop } from '../../../scripts/processes'
import { bundled, firstLine, isLine3, start } from './fixture/process'
import { header, members, runId, stampOf } from './testing'

// A server as users have it: a process of its own with sdk-node and the http and express instrumentations, which sends
// OTLP to a sink. What the sink received is what is looked at. Runs twice, with sdk-node of either OpenTelemetry line.

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

interface Telemetry {
  readonly name: string
  readonly kind?: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: Record<string, string | number | undefined>
}

/** A span or log record in OTLP's JSON. */
interface OtlpItem extends Omit<Telemetry, 'attributes'> {
  readonly attributes: {
    readonly key: string
    readonly value: { stringValue?: string; doubleValue?: number; intValue?: number | string }
  }[]
}

/** Takes OTLP/HTTP JSON. */
async function startSink() {
  const spans: Telemetry[] = []
  const records: Telemetry[] = []
  const sdks = new Set<string | undefined>()
  const flat = (item: OtlpItem): Telemetry => {
    const pairs = item.attributes.map(({ key, value }) => {
      const { stringValue, doubleValue, intValue } = value
      return [key, stringValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue))]
    })
    return { ...item, attributes: Object.fromEntries(pairs) }
  }
  const server = createServer(async (req, res) => {
    const body = JSON.parse(await text(req))
    for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
      const version = (resource as OtlpItem).attributes.find(({ key }) => key === 'telemetry.sdk.version')
      sdks.add(version?.value.stringValue)
      for (const scope of scopeSpans) spans.push(...scope.spans.map(flat))
    }
    for (const { scopeLogs } of body.resourceLogs ?? [])
      for (const scope of scopeLogs) records.push(...scope.logRecords.map(flat))
    res.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => new Promise<unknown>((resolve) => server.close(resolve).closeAllConnections())
  return { url, spans, records, sdks, close }
}

let folder: string
beforeAll(async () => {
  folder = await bundled('telemetry', 'server')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a server while `use` asks it; then stops it, so that everything was sent. */
async function observed(use: (...urls: string[]) => Promise<void>, env = {}) {
  const sink = await startSink()
  const child = start(folder, 'telemetry', 'server', { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env })
  child.stderr!.pipe(process.stderr)
  try {
    await use(...(await firstLine(child)))
  } finally {
    await stop(child)
    await sink.close()
  }
  return sink
}

const SERVER = 2

/** Asks for an order as a browser does, from within the visit's trace. */
async function askForOrder(url: string, baggage: string, sampled = true) {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: {
      ...{ baggage, 'content-type': 'application/json', 'x-subject': 'ann' },
      traceparent: `00-${TRACE}-00f067aa0ba902b7-0${Number(sampled)}`,
    },
    body: '{"lines":[]}',
  })
  expect(response.status).toBe(200)
  return (await response.json()) as { counts: Record<string, number> }
}

const KINDS = ['express', 'plain http', 'fastify', 'koa', 'hono']

describe.each(KINDS)('%s under sdk-node', (kind) => {
  const pick = (...urls: string[]) => urls[KINDS.indexOf(kind)]!

  it('stamps the SERVER span, all below it and log records, and confirms the outcome', async () => {
    const run = runId()
    const sink = await observed(async (...urls) => {
      const url = pick(...urls)
      await askForOrder(url, header(members(run)))
      await askForOrder(url, header(members(run)))
    })
    const server = sink.spans.filter((span) => span.kind === SERVER)
    expect(server).toHaveLength(2)
    expect([...sink.sdks]).toEqual([expect.stringMatching(isLine3 ? /^3\./ : /^2\./)])
    for (const span of sink.spans) {
      expect(span.attributes).toMatchObject(stampOf(run))
      expect(span.traceId).toBe(TRACE)
    }
    expect(sink.spans.filter(({ name }) => name === 'query')).toHaveLength(2)
    if (kind === 'express')
      expect(
        sink.spans.find(({ attributes }) => attributes['express.type'] === 'request_handler'),
      ).toBeDefined()
    expect(sink.records.map(({ attributes }) => attributes)).toEqual([stampOf(run), stampOf(run)])
    const ends = sink.spans.filter(({ name }) => name === 'throughline.run.end')
    expect(ends).toHaveLength(1)
    expect(ends[0]!.attributes).toMatchObject({
      'throughline.event.source': 'server',
      'throughline.run.outcome': 'converted',
      'throughline.conversion.value': 40,
      'throughline.subject.id': 'ann',
    })
    expect(sink.spans.map(({ spanId }) => spanId)).toContain(ends[0]!.parentSpanId)
  })

  it('keeps the outcome of a run whose trace is not sampled', async () => {
    const sink = await observed(async (...urls) => {
      await askForOrder(pick(...urls), header(members(runId())), false)
    })
    expect(sink.spans.filter(({ name }) => name === 'throughline.run.end')).toHaveLength(1)
  })

  it('makes no attribute of what it does not know, counts it once, and answers', async () => {
    const wrong = header(members(runId(), { 'throughline.step.name': 'paymnet' }))
    const sink = await observed(async (...urls) => {
      const { counts } = await askForOrder(pick(...urls), wrong)
      expect(counts).toMatchObject({ step: 1, variant: 0 })
    })
    expect(sink.spans.some(({ name }) => name === 'query')).toBe(true)
    for (const { attributes } of [...sink.spans, ...sink.records])
      expect(Object.keys(attributes).filter((key) => key.startsWith('throughline.'))).toEqual([])
  })

  it('stamps the SERVER span when the SDK has no processor of ours', async () => {
    const run = runId()
    const sink = await observed(
      async (...urls) => void (await askForOrder(pick(...urls), header(members(run)))),
      { BARE: 'true' },
    )
    expect(sink.spans.find((span) => span.kind === SERVER)!.attributes).toMatchObject(stampOf(run))
    expect(sink.spans.find(({ name }) => name === 'throughline.run.end')!.attributes).toMatchObject(
      stampOf(run),
    )
  })
})

it('tells other services the step that the server has entered, and nothing that was refused', async () => {
  const run = runId()
  let heard = ''
  const baggage = header({ ...members(run), 'throughline.hypothesis.evil': 'x', 'tenant.id': 'acme' })
  const sink = await observed(async (express) => {
    heard = await (await fetch(`${express}/downstream`, { headers: { baggage } })).text()
  })
  const entered = sink.spans.find(({ name }) => name === 'throughline.step.enter')
  const change = {
    'throughline.step.name': 'confirmation',
    'throughline.step.index': '4',
    'throughline.step.attempt': '1',
    'throughline.visit.id': `${entered?.attributes['throughline.event.id']}`,
    'throughline.visit.after': '4',
    'tenant.id': 'acme',
  }
  const { 'throughline.visit.index': _, ...told } = members(run, change)
  expect(Object.fromEntries(new URLSearchParams(heard.replaceAll(',', '&')))).toEqual(told)
  const echo = sink.spans.filter(
    (span) => span.kind === SERVER && span.attributes['url.path'] !== '/downstream',
  )
  expect(
    sink.spans.filter(({ attributes }) => attributes['throughline.step.name'] === 'confirmation').length,
  ).toBe(3)
  expect(echo).toHaveLength(1)
})
