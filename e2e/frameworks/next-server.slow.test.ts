import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { header, members as paymentOf, runId } from '../../packages/node/src/testing.ts'
import type { Service } from '../../scripts/processes.ts'
import { startService } from '../../scripts/processes.ts'

// A built Next application with `instrumentation.ts`, a route handler, a server component and a server action. It
// exports to a sink; what the sink received is what is looked at. `next start` has no instrumentation of http: Next
// makes the spans.

const app = fileURLToPath(new URL('./next-server/', import.meta.url))
const packages = fileURLToPath(new URL('../../packages/', import.meta.url))

interface Span {
  readonly name: string
  readonly traceId: string
  readonly attributes: Record<string, unknown>
}
interface OtlpSpan extends Omit<Span, 'attributes'> {
  readonly attributes: { key: string; value: Record<string, unknown> }[]
}

const spans: Span[] = []
const sink = createServer(async (request, response) => {
  for (const { scopeSpans } of JSON.parse(await text(request)).resourceSpans)
    for (const { spans: some } of scopeSpans as { spans: OtlpSpan[] }[])
      for (const span of some) {
        const pairs = span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])
        spans.push({ ...span, attributes: Object.fromEntries(pairs) })
      }
  response.setHeader('content-type', 'application/json').end('{}')
})

let next: Service
beforeAll(async () => {
  if (!existsSync(`${app}node_modules/next`)) execFileSync('npm', ['ci'], { cwd: app })
  // As they would be installed: without the workspace around them.
  for (const name of ['core', 'node']) {
    const to = `${app}node_modules/@throughline/${name}`
    rmSync(to, { recursive: true, force: true })
    mkdirSync(to, { recursive: true })
    for (const part of ['dist', 'package.json'])
      cpSync(`${packages}${name}/${part}`, `${to}/${part}`, { recursive: true })
  }
  const bin = `${app}node_modules/next/dist/bin/next`
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }
  execFileSync(process.execPath, [bin, 'build'], { cwd: app, env: { ...env, NODE_ENV: 'production' } })
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  next = await startService('next', [bin, 'start', '-H', '127.0.0.1', '-p', '0'], {
    cwd: app,
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  })
})
afterAll(async () => {
  await next?.stop()
  await new Promise((resolve) => sink.close(resolve).closeAllConnections())
})
beforeEach(() => void spans.splice(0))

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
/** What a browser on the payment step sends; the journey of this application has no shipping, and no hypothesis. */
function headersOf(run: string) {
  const { 'throughline.hypothesis.one-page-payment': _, ...members } = paymentOf(run)
  const baggage = header({ ...members, 'throughline.step.index': '1' })
  return { baggage, traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }
}
const named = (name: string) => spans.filter((span) => span.name === name)
const untilEnd = () => expect.poll(() => named('throughline.run.end').length, { timeout: 30_000 }).toBe(1)
const payment = (run: string) => ({ 'throughline.run.id': run, 'throughline.step.name': 'payment' })

it('a route handler has the journey after it read the body, and Next’s own spans are stamped', async () => {
  const run = runId()
  const response = await fetch(`${next.url}/orders`, {
    method: 'POST',
    headers: { ...headersOf(run), 'content-type': 'application/json' },
    body: JSON.stringify({ key: 'order-7' }),
  })
  expect(await response.json()).toMatchObject({ run, counts: { journey: 0, variant: 0, step: 0 } })
  await untilEnd()
  await expect.poll(() => named('POST /orders').length, { timeout: 30_000 }).toBe(1)
  expect(named('throughline.run.end')[0]!.attributes).toMatchObject({
    ...payment(run),
    'throughline.run.outcome': 'converted',
  })
  for (const span of [...named('query'), ...named('POST /orders')]) {
    expect(span.attributes).toMatchObject(payment(run))
    expect(span.traceId).toBe(TRACE)
  }
  expect(named('query')).toHaveLength(1)
})

it('a server component and a server action have it, and the action’s redirect works', async () => {
  const run = runId()
  const page = await (await fetch(next.url, { headers: headersOf(run) })).text()
  expect(page).toContain(run)
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)]
  const form = new FormData()
  for (const [, name, value = ''] of fields) form.append(name!, value.replaceAll('&quot;', '"'))
  expect([...form.keys()].some((name) => name.startsWith('$ACTION'))).toBe(true)
  form.append('key', 'order-8')
  const paid = runId()
  const response = await fetch(next.url, {
    method: 'POST',
    headers: { ...headersOf(paid), origin: next.url },
    body: form,
    redirect: 'manual',
  })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/done'])
  await untilEnd()
  expect(named('throughline.run.end')[0]!.attributes).toMatchObject({
    ...payment(paid),
    'throughline.conversion.value': 40,
  })
})

it('requests without a journey, and at the same time, are kept apart', async () => {
  const ask = async (headers = {}) => {
    const response = await fetch(`${next.url}/orders`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{}',
    })
    return (await response.json()).run
  }
  const runs = Array.from({ length: 10 }, () => runId())
  expect(await Promise.all([...runs.map((run) => ask(headersOf(run))), ask()])).toEqual([...runs, null])
})
