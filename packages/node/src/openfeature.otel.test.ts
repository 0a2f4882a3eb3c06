import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk'
import { journeyTrackingProvider } from '@throughline/core'
import express from 'express'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { throughline } from './express'
import { getJourney } from './request-journey'
import { checkout, definitions, header, members, runId, serving, startOpenTelemetry } from './testing'

let otel: ReturnType<typeof startOpenTelemetry>
beforeEach(() => {
  otel = startOpenTelemetry()
})
afterEach(async () => {
  otel.stop()
  await OpenFeature.clearProviders()
})

it('OpenFeature on a server: tracking converts the run of the request', async () => {
  const provider = journeyTrackingProvider(new InMemoryProvider({}), getJourney, { 'order placed': checkout })
  await OpenFeature.setProviderAndWait(provider)
  const client = OpenFeature.getClient()
  const app = express()
  app.use(throughline(definitions))
  app.post('/orders', async (_req, res) => {
    await new Promise((resolve) => setImmediate(resolve))
    client.track('order placed', { targetingKey: 'ann' }, { value: 40, currency: 'EUR', key: 'order-7' })
    res.status(201).json({})
  })
  const run = runId()
  await serving(app, async (url) => {
    await fetch(`${url}/orders`, { method: 'POST', headers: { baggage: header(members(run)) } })
    await fetch(`${url}/orders`, { method: 'POST' })
  })
  client.track('order placed', {}, {})
  const ends = otel.spans('throughline.run.end').map(({ attributes }) => attributes)
  expect(ends).toMatchObject([
    {
      'throughline.run.id': run,
      'throughline.run.outcome': 'converted',
      'throughline.conversion.value': 40,
      'throughline.conversion.currency': 'EUR',
    },
  ])
})
