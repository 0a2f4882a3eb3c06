import { describe, expect, test } from 'vitest'
import { cut, empty, extreme, full, HOSTILE } from './fixture'
import { renderHtml } from './html'

/** What a reader sees: text without tags, entities resolved, spaces as one. */
const textOf = (page: string) =>
  page
    .slice(page.indexOf('<main>'), page.indexOf('</main>'))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

describe('renderHtml', () => {
  const page = renderHtml(full)
  const text = textOf(page)

  test('asks for nothing from outside and runs no script', () => {
    expect(page).not.toMatch(
      /<script|<link(?! rel="icon" href="data:)|<img|<iframe|@import|url\(|https?:\/\/(?!www\.w3\.org)/,
    )
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:"`,
    )
    expect(page).not.toMatch(/ style="| on\w+="/)
  })

  test('shows the journey: rate, value, funnel, costliest problem', () => {
    expect(text).toContain('27.5 % 26.8 to 28.3 %, 95 % interval')
    expect(text).toContain('€141,948')
    expect(text).toMatch(
      /payment.* 5,320 42\.6 %.*−1,883 left here , the most 45 s to the next ✗ ready 2\.38 s > 2 s/,
    )
    expect(text).toMatch(
      /Costs the most conversions PaymentError: .*at payment · shop-web −318 conversions, 274 to 362/,
    )
  })

  test('shows parts, days, changes, incidents and marks', () => {
    const shown = textOf(renderHtml(cut))
    expect(shown).toContain('; only device mobile or unknown; latency, errors and endpoints of payment alone')
    expect(shown).toMatch(/By browser .* browser runs converted .* Chrome 8,000 28\.7 %/)
    expect(shown).toMatch(/all other values 1,200 .* unknown 280/)
    expect(shown).toMatch(
      /By browser: what costs the most .* Chrome – nothing surely Firefox 61 41 to 81 slow step: payment, time to ready/,
    )
    expect(shown).toContain('all other values 33 24 to 42 TypeError: x (payment, shop-web)')
    expect(shown).toMatch(/22 Nov 2026 3,000 23\.3 % .* incident card provider down/)
    expect(shown).toContain('converted 27.5 % 29.1 % −1.6 points −2.8 to −0.4 points *')
    expect(shown).toContain(
      'about 63 conversions fewer than expected (45 to 81), 9 instead of 72, worth €2,602',
    )
    expect(shown).toContain('21 Nov 2026, 09:00 UTC: 2.4.1 first seen')
  })

  test('speaks of association, adjusted and crude', () => {
    expect(text).toContain('associated with lower odds of converting, adjusted for device, network, country')
    expect(text).toContain('adjusted ×0.48 (0.42 to 0.55) crude ×0.36 (0.32 to 0.41)')
    expect(text).toContain('1 measure without a clear association')
    expect(text).not.toMatch(/caused|because of|due to/i)
  })

  test('shows verdicts with what they rest on', () => {
    expect(text).toMatch(/one-page-payment ✓ supported “ Address/)
    expect(text).toContain('+13.0 % one-page against the control; expected +10 % , p = 0.0008')
    expect(text).toContain('always-valid interval decides +5.2 to +20.8 %')
    expect(text).toContain('Sample ratio is not as declared')
    expect(text).toContain('✗ violated ready at shipping p75 at most 1.5 s: 1.71 s (1.59 to 1.83 s)')
  })

  test('says above and below whether the numbers can be trusted', () => {
    expect(text).toContain('1 warning about these numbers')
    expect(text).toContain(
      'delivered 99.5 % on the way 700, without a final account 10 dropped 120, refused 0',
    )
  })

  test('is built of landmarks, headings in order and tables with captions', () => {
    for (const part of ['<header', '<nav aria-label', '<main>', '<h1>', 'lang="en"'])
      expect(page).toContain(part)
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
    levels.reduce((before, level) => {
      expect(level).toBeLessThanOrEqual(before + 1)
      return level
    }, 0)
    const tables = page.match(/<table[^>]*>(?=<caption|\s*<caption)/g)
    expect(tables).toHaveLength(page.match(/<table/g)!.length)
    for (const [svg] of page.matchAll(/<svg[^>]*>/g))
      expect(svg).toMatch(/aria-hidden|role="img" aria-label="|class="stream"|width="36%"|y="26"|<svg>/)
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target)
  })

  test('escapes text from data wherever it stands', () => {
    const wild = renderHtml(extreme)
    expect(wild).not.toContain('<script')
    expect(wild).not.toContain('alert("x")')
    expect(wild).not.toMatch(/<[^>]* onload=/)
    expect(wild).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; onload=&#39;')
    expect(wild).toContain('&amp;amp;')
    expect(textOf(wild)).toContain(HOSTILE.slice(0, 25))
  })

  test('writes no number that is none', () => {
    const wild = renderHtml(extreme)
    expect(wild).not.toMatch(/NaN|Infinity|undefined|\bnull\b/)
    expect(textOf(wild)).toContain('0 of 1 person converted')
    expect(textOf(wild)).toContain('Nobody has started this journey')
  })

  test('says how to send data when there is none', () => {
    const nothing = textOf(renderHtml(empty))
    expect(nothing).toContain('Nothing had arrived yet')
    expect(nothing).toContain('throughline dev')
  })
})
