import { describe, expect, test } from 'vitest'
import { cut, empty, extreme, full } from './fixture'
import { renderHtml } from './html'
import { renderTerminal } from './terminal'
import { columns } from './terminal/ink'

const bare = { color: false, width: 80 }
const widest = (text: string) => Math.max(...text.split('\n').map(columns))

describe('renderTerminal', () => {
  const text = renderTerminal(full, bare)

  test('leads with how many came, converted and for how much', () => {
    expect(text).toContain('27.5 % converted (26.8 to 28.3 %)')
    expect(text).toContain('3,437 of 12,480 runs · worth €141,948 · median 3 min 4 s to convert')
  })

  test('says of every run in which column it is', () => {
    const [journey] = full.journeys
    const beganLater = {
      runs: 80,
      conversions: 30,
      stillGoing: 0,
      value: [{ currency: 'EUR', amount: 1240 }],
    }
    const finishedRate = { value: 0.3, low: 0.29, high: 0.31 }
    const steps = journey!.steps.with(3, { ...journey!.steps[3]!, droppedOff: 1783, stillGoing: 20 })
    const some = { ...full, journeys: [{ ...journey!, beganLater, stillGoing: 20, finishedRate, steps }] }
    const all =
      'Of 12,480 runs: 3,407 converted, 8,125 left, 20 may still go on, 80 began at a later step (30 converted, worth €1,240).'
    const shown = renderTerminal(some, bare)
    expect(shown.replaceAll(/\s+/g, ' ')).toContain(all)
    expect(shown).toMatch(/payment .*−1,783 +20 /)
    expect(renderHtml(some)).toContain(all)
  })

  test('shows each step with its drop-off, time to next and readiness against its target', () => {
    const lines = text.split('\n')
    expect(lines.find((line) => line.includes('payment  '))).toMatch(
      /payment +█.* 5,320 +42\.6 % +−1,883 +45 s +2\.38 s ✗ ≤ 2 s/,
    )
    expect(lines.find((line) => line.includes('product  '))).toContain('1.12 s ✓ ≤ 1.5 s')
    expect(text).toContain('shipping (opt.)')
  })

  test('says why people left, how satisfied they were, and where errors come from', () => {
    const flowing = text.replaceAll(/\s+/g, ' ')
    expect(flowing).toContain(
      'payment: 512 (27.2 %) met an error, 701 (37.2 %) waited longer than the target, 670 (35.6 %) none of these',
    )
    expect(flowing).toContain('Mean 74.0 % (72.0 to 76.0 %) of the scale, by 812 scores.')
    expect(flowing).toContain('Ready within 1.12 s: mean 79.0 %')
    expect(flowing).toContain('In releases 2.4.0, 2.4.1; browsers Chrome 126, Safari 18.')
    expect(flowing).toContain('at pay (app.js:14:2)')
    for (const part of ['met an error', 'at pay (app.js:14:2)', 'by 812 scores'])
      expect(renderHtml(full)).toContain(part)
  })

  test('shows one part alone', () => {
    const latency = renderTerminal(full, { ...bare, parts: ['latency'] })
    expect(latency).toContain('Conversion by latency')
    for (const other of ['>left', 'Why people left', 'PaymentError', 'Where these come from'])
      expect(latency).not.toContain(other)
    const errors = renderTerminal(full, { ...bare, parts: ['errors'] })
    expect(errors).toContain('PaymentError')
    for (const other of ['/api/payments', 'slow step:', 'Conversion by latency'])
      expect(errors).not.toContain(other)
    const endpoints = renderTerminal(full, { ...bare, parts: ['endpoints'] }).replace(/\s+/g, ' ')
    expect(endpoints).toContain(
      'Where these come from slow: POST /api/payments shop-api Seen from 2 Nov 2026, 08:14 UTC to 20 Nov 2026, 17:31 UTC. Pages that met it last: releases 2.4.1; browsers Chrome 126, Safari 18. Met in run 0193f0a0-7e2c-7def-8abc-0123456789ab, trace 4bf92f3577b34da6a3ce929d0e0e4736, answered by release 9.1.0.',
    )
    const hypotheses = renderTerminal(full, { ...bare, parts: ['hypotheses'] })
    expect(hypotheses).toContain(full.hypotheses[0]!.statement.slice(0, 20))
    expect(hypotheses).not.toContain('3,437 of 12,480')
    // Each says whether it can be trusted.
    for (const text of [latency, errors, hypotheses]) expect(text).toContain('Can these numbers be trusted?')
  })

  test('puts adjusted and crude odds side by side and speaks of association', () => {
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'Slow visits are associated with lower odds of converting: adjusted for device, network, country ×0.48 (0.42 to 0.55); crude ×0.36 (0.32 to 0.41).',
    )
    expect(text).toContain('about 212 conversions lost (168 to 256)')
    expect(text).toContain('1 other measure of 3 compared shows no clear association.')
    expect(text).not.toContain('TTFB')
    expect(text).not.toMatch(/caused|because of|due to/i)
  })

  test('keeps a row for a range of latencies that nobody met', () => {
    const [journey] = full.journeys
    const [first] = journey!.latency
    const buckets = first!.buckets.with(1, { ...first!.buckets[1]!, visits: 0, conversions: 0 })
    const shown = { ...full, journeys: [{ ...journey!, latency: [{ ...first!, buckets }] }] }
    expect(renderTerminal(shown, bare)).toMatch(/1 s to 2 s +no visits/)
    expect(renderHtml(shown)).toMatch(/1\ss to 2\ss<\/th><td><\/td><td><small>no visits/)
  })

  test('ranks errors and endpoints with worth and recovery', () => {
    expect(text).toMatch(/PaymentError.* 318 +274 to 362 +€13,133 +984 +29\.1 %/)
    expect(text.indexOf('PaymentError')).toBeLessThan(text.indexOf('TypeError'))
    expect(text).toMatch(/ChunkLoadError.* – +too little to tell +57 /)
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      '8 problems were compared: corrected for so many comparisons (Benjamini and Hochberg), 6 cost conversions, as many as when each is looked at alone.',
    )
    expect(text).toMatch(/slow step: payment.* 212 /)
    expect(text).toContain('Most is lost to PaymentError: the card issuer could not be reached at payment')
    expect(text).toMatch(/slow: POST \/api\/payments +241/)
  })

  test('gives each verdict with its reasons, interval, sample ratio and guardrails', () => {
    expect(text).toContain('one-page-payment  SUPPORTED')
    expect(text).toContain('always-valid interval  +5.2 to +20.8 %  p = 0.0008 (decides)')
    expect(text).toContain('fixed-horizon interval −3.35 to +4.85 points  p = 0.72 (decides)')
    expect(text).toContain('✓ Sample ratio is as declared (50 % / 50 %): p = 0.61')
    expect(text).toContain('✓ Guardrail INP at payment p75 at most 200 ms: 144 ms (136 to 153 ms), holds')
    expect(text).toContain('✗ Sample ratio is not as declared')
    expect(text).toContain('? Guardrail conversion falls at most 2 %: too little to tell, unknown')
  })

  test('ends with what speaks against the numbers', () => {
    const end = text.slice(text.indexOf('Can these numbers be trusted?'))
    expect(end).toContain('! short-address-form: the sample ratio is not as declared')
    expect(end.replaceAll(/\s+/g, ' ')).toContain(
      '99.5 % delivered, 120 dropped, 0 refused, 700 on the way, 10 of pages without',
    )
  })

  test('says what the correction for the number of comparisons took back', () => {
    const [journey] = full.journeys
    const ranking = { ...journey!.ranking, compared: 41, alone: 6, certain: 4 }
    const shown = renderTerminal({ ...full, journeys: [{ ...journey!, ranking }] }, bare)
    expect(shown.replaceAll(/\s+/g, ' ')).toContain(
      '41 problems were compared: 6 seem to cost conversions when each is looked at alone; corrected for so many comparisons (Benjamini and Hochberg), 4 do.',
    )
  })

  test('shows parts, days, changes, incidents and marks', () => {
    const shown = renderTerminal(cut, { color: false, width: 140 })
    expect(shown).toMatch(/Chrome +8,000 +28\.7 %/)
    expect(shown).toMatch(/all other values +1,200/)
    expect(shown).toMatch(
      /Chrome +– +nothing surely\n +Firefox +61 +41 to 81 +slow step: payment, time to ready\n/,
    )
    expect(renderTerminal(cut, { color: false, width: 80 })).toMatch(
      /Firefox +61 +41 to 81 +slow step: payment/,
    )
    expect(shown).toMatch(/22 Nov 2026 +3,000 .*incident card provider down/)
    expect(shown).toMatch(/converted +27\.5 % +29\.1 % +−1\.6 points/)
    expect(shown).toContain('! Incident card provider down, 2 h: about 63 conversions fewer than expected')
    expect(shown).toContain('· 21 Nov 2026, 09:00 UTC: 2.4.1 first seen')
    for (const width of [80, 100, 140])
      expect(widest(renderTerminal(cut, { color: false, width }))).toBeLessThanOrEqual(width)
  })

  test.each([80, 100, 140])('fits %i columns', (width) => {
    expect(widest(renderTerminal(full, { color: false, width }))).toBeLessThanOrEqual(width)
  })

  test('uses the room there is', () => {
    expect(renderTerminal(full, { color: false, width: 120 })).toContain(
      'TypeError: Cannot read properties of undefined (reading ‘price’)',
    )
  })

  test('colours only when asked to', () => {
    const csi = '\u001b['
    expect(text).not.toContain(csi)
    expect(renderTerminal(full, { color: true, width: 80 })).toContain(csi)
  })

  test('says how to send data when there is none', () => {
    const nothing = renderTerminal(empty, bare)
    expect(nothing).toContain('Nothing has arrived yet')
    expect(nothing).toContain('throughline dev')
    expect(nothing).not.toMatch(/NaN|0 %/)
  })

  test('stays readable and harmless with extreme numbers and hostile text', () => {
    const wild = renderTerminal(extreme, bare)
    expect(wild).not.toMatch(/NaN|Infinity|undefined|null|-0/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these would steer the terminal
    expect(wild).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(widest(wild)).toBeLessThanOrEqual(80)
    expect(wild).toContain('Nobody has started this journey')
    expect(wild).toContain('0 of 1 person')
  })
})
