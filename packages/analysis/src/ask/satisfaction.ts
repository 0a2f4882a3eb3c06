import { normalQuantile } from '../infer/distributions'
import { wilson } from '../infer/proportion'
import type { Estimate, FunnelStep, SatisfactionResult } from '../result'
import type { Scope } from './tables'

interface ScoreRow {
  step: string
  grade: 'low' | 'middle' | 'high'
  slow: '' | 'slow' | 'fast'
  scores: number
  conversions: number
  total: number
  squares: number
}

const sum = (rows: readonly ScoreRow[], what: 'scores' | 'conversions' | 'total' | 'squares') =>
  rows.reduce((all, row) => all + row[what], 0)

/** The mean of shares with its normal interval; null without scores. */
function meanOf(rows: readonly ScoreRow[]): (Estimate & { scores: number }) | null {
  const scores = sum(rows, 'scores')
  if (!scores) return null
  const value = sum(rows, 'total') / scores
  const variance = scores > 1 ? Math.max(0, (sum(rows, 'squares') - scores * value ** 2) / (scores - 1)) : 0
  const half = normalQuantile(0.975) * Math.sqrt(variance / scores)
  return { scores, value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
}

/** The scores given on each step that has any, against conversion and readiness. An association, not an effect. */
export async function satisfaction(
  scope: Scope,
  steps: readonly FunnelStep[],
): Promise<SatisfactionResult[]> {
  const slowFrom = steps.map(({ readiness, ready }) => readiness?.p75AtMost ?? ready?.p75 ?? 0)
  const rows = await scope.ask<ScoreRow>('satisfaction', { slowFrom })
  return steps.flatMap(({ name, index }): SatisfactionResult[] => {
    const own = rows.filter((row) => row.step === name)
    const mean = meanOf(own)
    if (!mean) return []
    const [fast, slow] = (['fast', 'slow'] as const).map((which) =>
      meanOf(own.filter((row) => row.slow === which)),
    )
    return [
      {
        step: name,
        mean,
        grades: (['low', 'middle', 'high'] as const).map((grade) => {
          const graded = own.filter((row) => row.grade === grade)
          const [scores, conversions] = [sum(graded, 'scores'), sum(graded, 'conversions')]
          return { grade, scores, conversions, rate: wilson(conversions, scores) }
        }),
        readiness: fast && slow ? { slowFrom: slowFrom[index]!, fast, slow } : null,
      },
    ]
  })
}
