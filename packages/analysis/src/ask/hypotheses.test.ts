import { describe, expect, it } from 'vitest'
import { count } from '../format'
import type { SpanRow } from '../testing'
import { enter, exposure, outcome, randomFrom, runId } from '../testing'
import { HOUR, hypothesisEngine, now, onePage, T } from './hypothesis-testing'

const { judged, empty } = hypothesisEngine()

/** One subject: one run, exposed at payment, converting or not. */
function person(name: string, variant: string, converts: boolean, start = T): SpanRow[] {
  const run = runId(start, name)
  const path = ['cart', 'payment', ...(converts ? ['confirmation'] : [])]
  return [
    ...path.map((step, index) => enter(run, step, start + index * 60_000, { subject: name })),
    exposure(run, variant, start + 60_000, name),
  ]
}

/** People in two variants, each converting at its variant's rate exactly. */
const crowd = (control: [number, number], treatment: [number, number]) =>
  (
    [
      ['control', control],
      ['one-page', treatment],
    ] as const
  ).flatMap(([variant, [subjects, conversions]]) =>
    Array.from({ length: subjects }, (_, index) =>
      person(`${variant}-${index}`, variant, index < conversions),
    ).flat(),
  )

describe('who counts', () => {
  it('takes any later run of the subject, within the window of the first exposure, inclusive', async () => {
    const later = (name: string, start: number, convertsAt: number) => {
      const run = runId(start, `${name} again`)
      return [
        enter(run, 'cart', start, { subject: name }),
        enter(run, 'payment', start, { subject: name }),
        enter(run, 'confirmation', convertsAt, { subject: name }),
      ]
    }
    const exposed = T + 60_000
    const found = await judged([
      ...person('a', 'control', false),
      ...later('a', T + HOUR, exposed + 2 * HOUR),
      ...person('b', 'control', false),
      ...later('b', T + HOUR, exposed + 2 * HOUR + 1),
      ...person('c', 'one-page', false),
    ])
    expect(found.variants).toMatchObject([
      { variant: 'control', control: true, subjects: 2, conversions: 1 },
      { variant: 'one-page', subjects: 1, conversions: 0 },
    ])
  })

  it('does not count what happened before the exposure', async () => {
    const found = await judged([
      ...person('a', 'control', true),
      exposure(runId(T, 'a2'), 'control', T + 10, 'b'),
      enter(runId(T - HOUR, 'b'), 'cart', T - HOUR, { subject: 'b' }),
      enter(runId(T - HOUR, 'b'), 'payment', T - HOUR, { subject: 'b' }),
      enter(runId(T - HOUR, 'b'), 'confirmation', T, { subject: 'b' }),
    ])
    expect(found.variants[0]).toMatchObject({ subjects: 2, conversions: 1 })
  })

  it('counts what nobody can date where its run met the variant or began since, and says so', async () => {
    /** A run that only a server says has converted, at a time that nothing can be compared with. */
    const paid = (name: string, start: number, at: number) => {
      const run = runId(start, `${name} pays`)
      return [
        enter(run, 'cart', start, { subject: name }),
        outcome(run, at, 'converted', { source: 'server' }),
      ]
    }
    const met = (name: string, convertedAt: number) => [
      ...person(name, 'control', false),
      outcome(runId(T, name), convertedAt, 'converted', { source: 'server' }),
    ]
    const found = await judged([
      // The server's clock is far behind or ahead: counted.
      ...met('behind', T - 9 * HOUR),
      ...met('ahead', T + 9 * HOUR),
      ...person('again', 'control', false),
      ...paid('again', T + HOUR, T - 9 * HOUR),
      // The run began after the window.
      ...person('after', 'control', false),
      ...paid('after', T + 3 * HOUR, T + HOUR),
      // The run began before the exposure: its server's date is all there is.
      ...person('before', 'control', false),
      ...paid('before', T - HOUR, T - HOUR / 2),
      ...person('between', 'control', false),
      ...paid('between', T - HOUR, T + HOUR / 2),
      // A browser's word needs no server's.
      ...person('known', 'control', true),
      ...paid('known', T + HOUR, T + 9 * HOUR),
    ])
    expect(found.variants[0]).toMatchObject({ subjects: 7, conversions: 5 })
    expect(found.untested).toEqual({ counted: 4, notCounted: 1 })
    expect(found.trust.notes.map(({ text }) => text).join()).toContain(
      "4 subjects count as converted on a server's word alone, whose clock nothing compares with the browser's; 1 more does not",
    )
  })

  it('leaves out the immature, those of several variants and those without a subject, and says how many', async () => {
    const run = runId(T, 'nobody')
    const found = await judged([
      ...person('a', 'control', true),
      ...person('young', 'control', true, now.getTime() - HOUR),
      ...person('both', 'control', true),
      exposure(runId(T, 'both'), 'one-page', T + 90_000, 'both'),
      enter(run, 'payment', T),
      exposure(run, 'one-page', T),
      exposure(run, 'one-page', T + 5),
    ])
    expect(found.leftOut).toEqual({
      multipleVariants: 1,
      underTwoNames: 0,
      immature: 1,
      withoutSubject: 1,
    })
    expect(found.variants.map((group) => group.subjects)).toEqual([1, 0])
  })

  it('says when subjects that have just met a variant will count', async () => {
    const { verdict, reasons, variants, preliminary } = await judged([
      ...person('young', 'control', true, now.getTime() - HOUR),
      ...person('younger', 'one-page', true, now.getTime() - HOUR),
    ])
    expect(verdict).toBe('inconclusive')
    expect(reasons).toEqual([
      '2 subjects met a variant less than 2 h ago and may still convert: they count once that time has passed.',
    ])
    expect(variants.map((group) => group.subjects)).toEqual([0, 0])
    expect(preliminary).toMatchObject([
      { variant: 'control', control: true, subjects: 1, conversions: 1 },
      { variant: 'one-page', subjects: 1, conversions: 1 },
    ])
  })

  it('takes the subject from the run when the exposure has none', async () => {
    const run = runId(T, 'a')
    const found = await judged([
      ...['cart', 'payment', 'confirmation'].map((step, index) =>
        enter(run, step, T + index, { subject: 'anna' }),
      ),
      exposure(run, 'control', T + 1),
    ])
    expect(found.variants[0]).toMatchObject({ subjects: 1, conversions: 1 })
    expect(found.leftOut.withoutSubject).toBe(0)
  })

  it('counts an exposure once however often and in whatever order it arrives', async () => {
    const rows = crowd([20, 5], [22, 7])
    const { trust, ...once } = await judged(rows)
    const random = randomFrom(3)
    const { trust: told, ...again } = await judged([...rows].sort(() => random() - 0.5))
    expect(again).toEqual(once)
    // How often they came is said.
    expect(told.notes.filter(({ kind }) => kind !== 'duplicates')).toEqual(trust.notes)
  })
})

describe('the verdict', () => {
  it('is supported when the interval excludes 0 in the expected direction', async () => {
    const found = await judged(crowd([1500, 450], [1500, 600]))
    expect(found).toMatchObject({ verdict: 'supported', decidedBy: 'sequential', blockers: [] })
    expect(found.comparisons[0]!.relative.sequential.low).toBeGreaterThan(0)
    expect(found.comparisons[0]!.relative.fixed.value).toBeCloseTo(1 / 3, 6)
  })

  it('is refuted when the expected effect is ruled out', async () => {
    const found = await judged(crowd([2000, 1000], [2000, 880]))
    expect(found.verdict).toBe('refuted')
  })

  it('is inconclusive else, with what is still needed', async () => {
    const found = await judged(crowd([300, 90], [300, 99]))
    expect(found.verdict).toBe('inconclusive')
    const [blocker] = found.blockers
    expect(blocker).toMatchObject({ guardrail: null, variant: 'one-page' })
    expect(blocker!.subjects).toBeGreaterThan(1000)
    expect(found.reasons.join(' ')).toContain(`${count(blocker!.subjects!)} more subjects`)
  })

  it('is given in the unit that the effect was declared in, as in the tables', async () => {
    const inPoints = { ...onePage, expect: { metric: 'conversion', absolute: 0.05 } } as const
    const found = await judged(crowd([500, 150], [500, 225]), inPoints)
    expect(found.reasons[0]).toMatch(
      /^one-page changes conversion by \+15 points \(always-valid interval \+[\d.]+ to \+[\d.]+ points\): /,
    )
  })

  it('is invalid when the sample ratio is off, whatever the effect', async () => {
    const found = await judged(crowd([1500, 450], [1200, 600]))
    expect(found.verdict).toBe('invalid')
    expect(found.sampleRatio).toMatchObject({ ok: false, expected: [0.5, 0.5] })
  })

  it('is invalid when more than one in a hundred subjects met several variants', async () => {
    const rows = crowd([500, 150], [500, 300])
    const torn = Array.from({ length: 15 }, (_, index) =>
      exposure(runId(T, `control-${index}`), 'one-page', T + 99_000, `control-${index}`),
    )
    expect((await judged([...rows, ...torn])).verdict).toBe('invalid')
  })

  it('rests on the fixed-horizon interval once the declared end is reached', async () => {
    const ended = { ...onePage, until: new Date(T + 24 * HOUR).toISOString() }
    const rows = crowd([1000, 300], [1000, 345])
    const late = person('late', 'control', true, T + 25 * HOUR)
    const found = await judged([...rows, ...late], ended)
    expect(found).toMatchObject({ decidedBy: 'fixed', verdict: 'supported' })
    expect(found.variants[0]!.subjects).toBe(1000)
    expect(found.comparisons[0]!.relative.sequential.low).toBeLessThan(0)
    expect((await judged([], { ...onePage, sampleSize: 2000 })).decidedBy).toBe('fixed')
    expect((await judged([], { ...onePage, sampleSize: 2002 })).decidedBy).toBe('sequential')
  })

  it('gives the p-value of each interval: below 0.05 when it excludes 0, also where 1 − cdf would be 0', async () => {
    for (const [control, treatment] of [
      [90, 99],
      [90, 131],
      [90, 150],
      [30, 290],
    ] as const) {
      await empty()
      const [comparison] = (await judged(crowd([300, control], [300, treatment]))).comparisons
      for (const effect of [comparison!.relative, comparison!.absolute])
        for (const { low, high, p } of [effect.fixed, effect.sequential]) {
          expect(p < 0.05).toBe(low > 0 || high < 0)
          expect(p).toBeGreaterThan(0)
        }
    }
  })

  it('ends intervals where a share ends, and says so when one tells nothing', async () => {
    const { comparisons, reasons } = await judged(crowd([12, 2], [12, 3]))
    expect(comparisons[0]!.relative.sequential.low).toBe(-1)
    expect(reasons[0]).toContain('How one-page changes conversion is too little to tell')
  })

  it('says what blocks it, with how many more subjects and until about when', async () => {
    const rows = Array.from({ length: 300 }, (_, index) =>
      ['control', 'one-page'].flatMap((variant) =>
        person(`${variant}-${index}`, variant, index % 10 < 3, T + index * 300_000),
      ),
    )
    const { blockers, reasons } = await judged(rows.flat())
    expect(Date.parse(blockers[0]!.about!)).toBeGreaterThan(now.getTime())
    expect(reasons.at(-1)).toMatch(
      /^The effect of one-page blocks a verdict: about [\d,]+ more subjects per variant would tell, until about \d+ \w+ 202\d at the pace so far\.$/,
    )
  })

  it('says so when nobody has met a variant', async () => {
    const found = await judged([])
    expect(found).toMatchObject({ verdict: 'inconclusive', comparisons: [] })
    expect(found.reasons[0]).toContain('No subject')
  })
})
