import { describe, expect, it } from 'vitest'
import { runId } from '../../packages/node/src/testing.ts'
import { buildApp, prepare } from './prepare.ts'
import { expectKeptApart, headersOf, payment, postJson, serverOf, TRACE, untilOne } from './servers.ts'

const SERVER = 2

const fastify = () => ({
  folder: prepare('fastify', ['core', 'node']),
  args: ['--import', './telemetry.ts', 'server.ts'],
})
const nest = (main: string) => () => ({
  folder: buildApp('nestjs', 'typescript/bin/tsc', ['-p', '.'], ['core', 'node']),
  args: ['--import', './dist/telemetry.js', `dist/${main}`],
})

describe.each([
  ['Fastify', fastify],
  ['NestJS on Express', nest('main.js')],
  ['NestJS on Fastify', nest('main-fastify.js')],
])('%s', (name, start) => {
  const app = serverOf(name, start)

  it('a handler has the journey of its request, confirms its outcome, and all spans are stamped', async () => {
    const run = runId()
    const response = await postJson(`${app.url}/orders`, { key: 'order-7' }, headersOf(run))
    expect(await response.json()).toEqual({ run })
    await untilOne(() => app.named('throughline.run.end'))
    await untilOne(() => app.spans().filter(({ kind }) => kind === SERVER))
    expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
      ...payment(run),
      'throughline.run.outcome': 'converted',
      'throughline.conversion.value': 40,
    })
    expect(app.named('query')).toHaveLength(1)
    for (const { attributes, traceId } of app.spans()) {
      expect(attributes).toMatchObject(payment(run))
      expect(traceId).toBe(TRACE)
    }
  })

  it('a handler that throws answers as it would without us, and its span is stamped', async () => {
    const run = runId()
    expect((await postJson(`${app.url}/broken`, {}, headersOf(run))).status).toBe(500)
    await untilOne(() => app.spans().filter(({ kind }) => kind === SERVER))
    expect(app.spans()[0]!.attributes).toMatchObject(payment(run))
  })

  it('requests without a journey, and at the same time, are kept apart', () =>
    expectKeptApart(`${app.url}/orders`))
})
