import { expect, it } from 'vitest'
import { TRACES } from './otlp'
import { toRows } from './rows'
import { jsonSpan, traces } from './testing'

const now = Date.now()

/** The stored attributes of a span that says it happened so many hours from now. */
function stored(hours: number, name = 'throughline.step.enter', said = {}) {
  const nanos = `${now + hours * 36e5}000000`
  const span = jsonSpan(said, { name, startTimeUnixNano: nanos, endTimeUnixNano: nanos })
  const body = JSON.parse(`${traces(span)}`)
  const { lines } = toRows(TRACES, body, { isPublic: true, now })
  return JSON.parse(Buffer.from(lines).toString()).SpanAttributes as Record<string, string>
}

it('says by how much an event was ahead of us when it arrived, and only then', () => {
  for (const hours of [2, 20, 48]) expect(stored(hours)['throughline.event.ahead_ms']).toBe(`${hours * 36e5}`)
  for (const hours of [-20, 0, 0.01]) expect(stored(hours)).not.toHaveProperty('throughline.event.ahead_ms')
  const said = { 'throughline.event.ahead_ms': { intValue: '5' } }
  expect(stored(0, undefined, said)).not.toHaveProperty('throughline.event.ahead_ms')
  expect(stored(2, 'GET')).not.toHaveProperty('throughline.event.ahead_ms')
})
