import { fileURLToPath } from 'node:url'
import { getJourney, throughline } from '@throughline/node'
import express from 'express'
import { checkout, hypotheses, journeys } from '../journeys.ts'
import type { Line, OrderRequest } from '../shared/api.ts'
import { CATALOGUE, product } from '../shared/catalogue.ts'
import { tidyPostcode } from '../shared/postcode.ts'
import { deliveryOptions, quote } from '../shared/pricing.ts'
import type { Gateway } from './gateway.ts'
import { confirm } from './orders.ts'
import { page } from './page.ts'
import { subjectOf } from './subject.ts'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))

/**
 * The shop: its API and its pages.
 *
 * @param gateway how to reach the payment provider
 * @param otlp where browsers send their telemetry
 */
export function shop(gateway: Gateway, otlp: string): express.Express {
  const app = express()
  app.disable('x-powered-by')
  app.use('/assets', express.static(`${dist}assets`, { immutable: true, maxAge: '1y' }))
  app.use(throughline({ journeys, hypotheses, subject: subjectOf }))
  app.use(express.json({ limit: '100kb' }))

  app.get('/api/products', (_req, res) => void res.json(CATALOGUE))

  app.get('/api/products/:id', (req, res) => {
    const found = product(req.params.id)
    res.status(found ? 200 : 404).json(found ?? { error: 'we do not make this' })
  })

  app.post('/api/quotes', (req, res) => void res.json(quote(linesOf(req.body))))

  app.post('/api/delivery-options', (req, res) => {
    if (!tidyPostcode(String(req.body?.postcode ?? '')))
      return void res.status(422).json({ error: 'a postcode has four digits and two letters' })
    res.json(deliveryOptions(quote(linesOf(req.body)).subtotal))
  })

  app.post('/api/payment-sessions', async (req, res) => {
    res.status(201).json(await gateway.open(subjectOf(req) ?? 'nobody'))
  })

  app.post('/api/orders', async (req, res) => {
    const order = confirm({ ...(req.body as OrderRequest), lines: linesOf(req.body) })
    if (typeof order === 'string') return void res.status(422).json({ error: order })
    const charged = await gateway.charge(req.body.paymentSession, order.total)
    if (!charged) return void res.status(502).json({ error: 'the payment provider did not answer' })
    getJourney()?.convert(checkout, { value: order.total / 100, currency: 'EUR', key: order.id })
    res.status(201).json(order)
  })

  app.use('/api', (_req, res) => void res.status(404).json({ error: 'no such thing' }))
  app.get('/{*path}', page(dist, otlp))
  return app
}

/** The order lines of a request's body; whatever else it may hold, this is a list of lines. */
function linesOf(body: unknown): Line[] {
  const lines = (body as { lines?: unknown } | undefined)?.lines
  if (!Array.isArray(lines)) return []
  return lines.slice(0, 100).map((line) => ({
    id: String(line?.id),
    quantity: Math.min(99, Math.max(0, Math.floor(Number(line?.quantity)) || 0)),
  }))
}
