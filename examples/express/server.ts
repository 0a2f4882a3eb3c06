import { throughline } from '@throughline/node'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { checkout } from './journeys.ts'
import { place } from './orders.ts'

const { HOST = 'localhost', PORT = '3000', THROUGHLINE_URL = 'http://127.0.0.1:4318' } = process.env
const root = `${import.meta.dirname}/dist`

const app = express()

// What pages send goes to `throughline dev`; in production to your collector.
app.use('/otlp', createProxyMiddleware({ target: THROUGHLINE_URL }))

app.use(throughline({ journeys: [checkout] }))
app.use(express.json())

app.post('/orders', async (req, res) => {
  res.status(201).json(await place(req.body.quantity))
})

app.use(express.static(root))
app.get(['/payment', '/orders/:id'], (_req, res) => res.sendFile('index.html', { root }))

const server = app.listen(Number(PORT), HOST, () => {
  const address = server.address()
  console.log(`http://${HOST}:${typeof address === 'object' && address?.port}`)
})
