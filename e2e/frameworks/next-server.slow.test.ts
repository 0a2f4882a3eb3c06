import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runId } from '../../packages/node/src/testing.ts'
import { buildApp } from './prepare.ts'
import { expectKeptApart, headersOf, payment, postJson, serverOf, TRACE, untilOne } from './servers.ts'

// A built Next application with `instrumentation.ts`, a route handler, a server component and a server action. It
// exports to a sink; what the sink received is what is looked at. `next start` has no instrumentation of http: Next
// makes the spans.

const BIN = 'next/dist/bin/next'
const app = serverOf('next', () => ({
  folder: buildApp('next-server', BIN, ['build'], ['core', 'node']),
  args: [join('node_modules', BIN), 'start', '-H', '127.0.0.1', '-p', '0'],
}))

it('a route handler has the journey after it read the body, and Next’s own spans are stamped', async () => {
  const run = runId()
  const response = await postJson(`${app.url}/orders`, { key: 'order-7' }, headersOf(run))
  expect(await response.json()).toMatchObject({ run, counts: { journey: 0, variant: 0, step: 0 } })
  await untilOne(() => app.named('throughline.run.end'))
  await untilOne(() => app.named('POST /orders'))
  expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
    ...payment(run),
    'throughline.run.outcome': 'converted',
  })
  for (const span of [...app.named('query'), ...app.named('POST /orders')]) {
    expect(span.attributes).toMatchObject(payment(run))
    expect(span.traceId).toBe(TRACE)
  }
  expect(app.named('query')).toHaveLength(1)
})

it('a server component and a server action have it, and the action’s redirect works', async () => {
  const run = runId()
  const page = await (await fetch(app.url, { headers: headersOf(run) })).text()
  expect(page).toContain(run)
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)]
  const form = new FormData()
  for (const [, name, value = ''] of fields) form.append(name!, value.replaceAll('&quot;', '"'))
  expect([...form.keys()].some((name) => name.startsWith('$ACTION'))).toBe(true)
  form.append('key', 'order-8')
  const paid = runId()
  const response = await fetch(app.url, {
    method: 'POST',
    headers: { ...headersOf(paid), origin: app.url },
    body: form,
    redirect: 'manual',
  })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/done'])
  await untilOne(() => app.named('throughline.run.end'))
  expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
    ...payment(paid),
    'throughline.conversion.value': 40,
  })
})

it('requests without a journey, and at the same time, are kept apart', () =>
  expectKeptApart(`${app.url}/orders`))
