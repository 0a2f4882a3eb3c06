// A minimal Express request with three inner spans. `/cpu` answers with the CPU time of this process in µs.
import type { AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import { throughline } from '@throughline/node'
import express from 'express'
import { checkout } from './journeys.ts'

const app = express()
app.get('/cpu', (_request, response) => {
  const { user, system } = process.cpuUsage()
  response.json(user + system)
})
if (process.env.THROUGHLINE === '1') app.use(throughline({ journeys: [checkout] }))
app.get('/', async (_request, response) => {
  for (const name of ['one', 'two', 'three']) {
    trace.getTracer('app').startActiveSpan(name, (span) => span.end())
    await undefined
  }
  response.send('ok')
})
const server = app.listen(0, '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
// In order, so that `--cpu-prof` (CPU_PROF=<folder>) writes its file.
process.once('SIGTERM', () => process.exit(0))
