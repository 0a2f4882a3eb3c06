import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import { listen } from '../server/listen.ts'
import { chargeFails, sessionLatency } from './mood.ts'

// The payment provider: a service of its own, as it would be in real life, with its own process and telemetry.

interface PaymentSession {
  readonly reference: string
  attempts: number
}

/** The oldest sessions are forgotten: this one has no data base. */
const KEEP = 10_000
const sessions = new Map<string, PaymentSession>()

const app = express()
app.use(express.json())

app.post('/sessions', async (req, res) => {
  const reference = String(req.body?.reference ?? '')
  await sleep(sessionLatency(reference))
  const id = randomUUID()
  sessions.set(id, { reference, attempts: 0 })
  if (sessions.size > KEEP) sessions.delete(sessions.keys().next().value!)
  res.status(201).json({ id })
})

app.post('/sessions/:id/charges', async (req, res) => {
  const session = sessions.get(req.params.id)
  if (!session) return void res.status(404).json({ error: 'this payment session has expired' })
  await sleep(60)
  if (session.attempts++ === 0 && chargeFails(session.reference))
    return void res.status(503).json({ error: 'the bank does not answer' })
  res.status(201).json({ id: randomUUID() })
})

listen(app, 'payment gateway')
