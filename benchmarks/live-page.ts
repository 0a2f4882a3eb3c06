// What an open live page costs `throughline dev`, in processor time of its process: while nothing arrives, and while
// runs arrive all the time, beside what the same runs cost with no page open. Asks as the page does (every three
// seconds, or four times as long as the last answer took); a minute each.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { applySchema, openStore, startDev } from '@throughline/analysis'
import { defineHypothesis, defineJourney } from '@throughline/core'
import { statements } from './report.ts'
import type { Measurement } from './run.ts'

const RUNS = 50_000
const MINUTE = 60_000

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
})
const onePage = defineHypothesis('one-page', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  from: 'cart',
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})

/** Looks at the page for a minute, as its script does; returns the largest age of its figures, in seconds. */
async function look(url: string): Promise<number> {
  const end = performance.now() + MINUTE
  let [version, oldest] = ['', 0]
  while (performance.now() < end) {
    const began = performance.now()
    const { headers, status, ...answer } = await fetch(url, { headers: { 'If-None-Match': version } })
    if (status !== 304) await new Response(answer.body).text()
    version = headers.get('etag') ?? ''
    oldest = Math.max(oldest, Number(headers.get('age')))
    await sleep(Math.max(3000, 4 * (performance.now() - began)))
  }
  return oldest
}

/** Sends the first step of a run, four times a second. */
async function send(url: string, signal: AbortSignal): Promise<void> {
  const attribute = ([key, value]: [string, string]) => ({ key, value: { stringValue: value } })
  while (!signal.aborted) {
    const now = Date.now()
    const time = now.toString(16).padStart(12, '0')
    const event = randomBytes(16).toString('hex')
    const span = {
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      name: 'throughline.step.enter',
      startTimeUnixNano: `${now}000000`,
      endTimeUnixNano: `${now}000000`,
      attributes: Object.entries({
        'throughline.journey.name': 'checkout',
        'throughline.journey.version': '1',
        'throughline.run.id': `${time.slice(0, 8)}-${time.slice(8)}-7abc-8def-${randomBytes(6).toString('hex')}`,
        'throughline.step.name': 'product',
        'throughline.event.id': event,
        'throughline.visit.id': event,
        'throughline.visit.index': '1',
      }).map(attribute),
    }
    await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    })
    await sleep(250)
  }
}

/** The share of one core that this process takes meanwhile. */
async function shareOf<Value>(work: () => Promise<Value>): Promise<{ share: number; value: Value }> {
  const [before, began] = [process.cpuUsage(), performance.now()]
  const value = await work()
  const { user, system } = process.cpuUsage(before)
  return { share: (user + system) / 1000 / (performance.now() - began), value }
}

export const name = 'live-page'

export async function run(): Promise<Measurement[]> {
  const data = mkdtempSync(join(tmpdir(), 'throughline-live-'))
  const store = await openStore(data)
  await applySchema(store)
  for (const statement of statements(RUNS)) await store.command(statement)
  await store.close()
  const definitions = { journeys: [checkout], hypotheses: [onePage] }
  const dev = await startDev({ port: 0, host: '127.0.0.1', data, definitions })
  try {
    const page = `${dev.url}/?since=2026-11-01`
    await (await fetch(page)).text()
    // What was inserted is merged by now.
    await sleep(MINUTE / 2)
    const nobody = await shareOf(() => sleep(MINUTE))
    const rest = await shareOf(() => look(page))
    const stop = new AbortController()
    const sending = send(dev.url, stop.signal)
    const alone = await shareOf(() => sleep(MINUTE))
    const busy = await shareOf(() => look(page))
    stop.abort()
    await sending
    const idle = Math.max(0, rest.share - nobody.share)
    const more = Math.max(0, busy.share - alone.share)
    const percent = (share: number) => `${(share * 100).toFixed(1)} %`
    return [
      { measure: 'dev, no page open, nothing arrives: of a core', value: percent(nobody.share) },
      {
        measure: 'an open page on 50,000 runs, nothing arrives: of a core, more',
        value: percent(idle),
        target: '0 (≤ 0.5 %)',
        met: idle <= 0.005,
      },
      { measure: 'dev, no page open, four runs a second arrive: of a core', value: percent(alone.share) },
      {
        measure: 'an open page meanwhile: of a core, more',
        value: percent(more),
        target: '≤ 10 %',
        met: more <= 0.1,
      },
      { measure: 'oldest figures that it showed meanwhile', value: `${busy.value} s` },
    ]
  } finally {
    await dev.close()
    rmSync(data, { recursive: true, force: true })
  }
}

if (import.meta.main) console.table(await run())
