import { describe, expect, it } from 'vitest'
import { runId } from '../../packages/node/src/testing.ts'
import { openSite } from '../page-life/site.ts'
import { openBrowser, siteOf, visit } from './drive.ts'
import { build, example } from './prepare.ts'
import type { On } from './roads.ts'
import { confirmedRoad, PAYING } from './roads.ts'
import { appOf, expectKeptApart, headersOf, payment, postJson, TRACE, untilOne } from './servers.ts'

const SERVER = 2

describe.each([
  ['Express', 'express', 'start'],
  ['Fastify', 'fastify', 'start'],
  ['NestJS on Express', 'nestjs', 'start'],
  ['NestJS on Fastify', 'nestjs', 'start:fastify'],
])('%s', (_, name, script) => {
  const open = openBrowser()
  const sink = siteOf(() => openSite())
  const app = appOf({ build: () => build(example(name)), script, pages: sink, takesAny: true })
  const on: On = (act) => visit(open, sink(), app.url, act)

  it('a handler has the journey of its request, confirms its outcome, and all spans are stamped', async () => {
    const run = runId()
    const response = await postJson(`${app.url}/orders`, { quantity: 2 }, headersOf(run))
    expect([response.status, await response.json()]).toMatchObject([201, { total: 80 }])
    await untilOne(() => app.named('throughline.run.end'))
    await untilOne(() => app.spans().filter(({ kind }) => kind === SERVER))
    expect(app.named('throughline.run.end')[0]!.attributes).toMatchObject({
      ...payment(run),
      'throughline.run.outcome': 'converted',
      'throughline.conversion.value': 80,
    })
    expect(app.named('charge')).toHaveLength(1)
    for (const { attributes, traceId } of app.spans()) {
      expect(attributes).toMatchObject(payment(run))
      expect(traceId).toBe(TRACE)
    }
  })

  it('a handler that throws answers as it would without us, and its span is stamped', async () => {
    const run = runId()
    expect((await postJson(`${app.url}/orders`, { quantity: 1000 }, headersOf(run))).status).toBe(500)
    await untilOne(() => app.spans().filter(({ kind }) => kind === SERVER))
    expect(app.spans().find(({ kind }) => kind === SERVER)!.attributes).toMatchObject(payment(run))
  })

  it('requests without a journey, and at the same time, are kept apart', () =>
    expectKeptApart(app, '/orders'))

  it('a conversion that it confirms is of the run in the browser', () => confirmedRoad(on, app, sink()))

  it('a request that it fails is recorded on its step, and the run goes on', async () => {
    const road = await on(async (page) => {
      await page.click('text=Pay')
      await page.click('text=Order a thousand')
      await page.waitForSelector('text=We do not have that many')
    })
    expect(road).toEqual([...PAYING, `handled "POST ${app.url}/orders 500" payment 1`])
    expect(app.named('throughline.run.end')).toEqual([])
  })
})
