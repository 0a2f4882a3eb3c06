// Visitors whose truth is known, for tests of what slow steps, errors and endpoints cost.
import { defineJourney } from '@throughline/core'
import type { SpanRow } from '../testing'
import { enter, outcome, randomFrom, runId, span } from '../testing'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
  ready: { payment: { p75: 2000 } },
})
const HOUR = 3_600_000
export const T = Date.UTC(2026, 10, 20, 12)
export const now = new Date(T + 48 * HOUR)
/** Visitors. */
export const COUNT = 6000

// What is true. Phones are slower and convert less by themselves; a slow payment costs 0.25 of the conversions it
// meets, an error 0.4, a failed charge 0.5; a slow cart nothing at all. Long stays collect interactions and shifts,
// and mean nothing.
export const truth = { slowPayment: 0, error: 0, failedCharge: 0, slowSearch: 0 }

/** What they send; the same each time. */
export function crowd(): SpanRow[] {
  const random = randomFrom(12)
  return Array.from({ length: COUNT }, (_, index): SpanRow[] => {
    const start = T + index * 1000
    const run = runId(start, `p${index}`)
    const phone = random() < 0.5
    const resource = {
      'telemetry.sdk.language': 'webjs',
      'browser.mobile': phone,
      'network.connection.type': phone ? 'cell' : 'wifi',
    }
    const event = (name: string, step: string, time: number, attributes = {}) =>
      span(name, time, { run, step, resource, attributes })
    const vital = (name: string, value: number, step: string, time: number) =>
      event('browser.web_vital', step, time, {
        'browser.web_vital.name': name,
        'browser.web_vital.value': value,
        'browser.web_vital.id': `${name}-${index}`,
        'browser.web_vital.navigation_type': 'navigate',
      })
    const rows = [enter(run, 'cart', start, { resource })]
    const slowCart = random() < (phone ? 0.5 : 0.1)
    rows.push(vital('lcp', slowCart ? 3000 : 1000, 'cart', start), vital('lcp', 900, 'cart', start))
    const paying = start + 20_000
    rows.push(enter(run, 'payment', paying, { resource }))

    const slow = random() < (phone ? 0.5 : 0.1)
    const error = random() < 0.15
    const fails = random() < 0.1
    const slowSearch = random() < 0.2
    const base = phone ? 0.6 : 0.9
    if (random() < 0.9)
      rows.push(
        event('throughline.step.ready', 'payment', paying, {
          'throughline.step.ready_ms': slow ? 3000 : 800,
        }),
      )
    if (error)
      rows.push(
        event('exception', 'payment', paying + 3000, {
          'exception.type': 'TypeError',
          'exception.message': 'x',
          'throughline.error.fingerprint': 'f1',
        }),
      )
    const call = (route: string, duration: number, status: number, id: number) =>
      span(`POST ${route}`, paying + 500, {
        run,
        step: 'payment',
        kind: 'Server',
        source: 'server',
        duration,
        span: `${index}-${id}`,
        attributes: {
          'http.request.method': 'POST',
          'http.route': route,
          'http.response.status_code': status,
        },
      })
    rows.push(call('/search', slowSearch ? 900 : 100, 200, 1), call('/orders', 50, fails ? 502 : 201, 2))
    let chance = base
    if (slow) chance *= 0.75
    if (error) chance *= 0.6
    if (fails) chance *= 0.5
    if (slow) truth.slowPayment += chance / 0.75 - chance
    if (error) truth.error += chance / 0.6 - chance
    if (fails) truth.failedCharge += chance / 0.5 - chance
    const stays = 5000 + random() * 200_000
    rows.push(vital('cls', stays / 400_000, 'payment', paying + stays * random()))
    if (random() < chance)
      rows.push(
        enter(run, 'confirmation', paying + stays, { resource }),
        outcome(run, paying + stays, 'converted', { value: 40, currency: 'EUR' }),
      )
    else
      rows.push(span('throughline.step.leave', paying, { run, step: 'payment', resource, duration: stays }))
    return rows
  }).flat()
}
