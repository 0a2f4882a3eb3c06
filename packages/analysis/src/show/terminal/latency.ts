import { count, percent, plain, plural } from '../../format'
import type { JourneyResult, LatencyResult } from '../../result'
import { informative } from '../highlights'
import { associationText, lostText, measureName, thresholdText } from '../words'
import type { Ink } from './ink'
import { bar, cut, table, wrap } from './ink'

function measured(latency: LatencyResult, ink: Ink): string {
  const { paint } = ink
  const most = Math.max(...latency.buckets.map(({ rate, visits }) => (visits ? rate.value : 0)), 0.01)
  const rows = latency.buckets.map(({ label, slow, rate, visits, from }) => {
    const colour = from === null ? paint.dim : slow ? paint.yellow : paint.cyan
    return [
      plain(label),
      visits ? colour(bar(rate.value / most, 20)) : '',
      visits ? `${percent(rate.value)} of ${plural(visits, 'visit')}` : paint.dim('no visits'),
      slow ? paint.yellow('slow') : '',
    ]
  })
  const name = paint.bold(cut(measureName(latency), ink.width - 2))
  const texts = [thresholdText(latency), associationText(latency)]
  if (latency.lost) texts.push(`Associated with slow visits: ${lostText(latency.lost)}.`)
  return [
    `  ${name}`,
    table(['', 'converted', '', ''], rows, ink).replace(/^/gm, '  '),
    ...texts.map((text) => wrap(text, ink, 4)),
  ].join('\n')
}

/** Conversion by latency of the measures that tell something. */
export function latencySection({ latency }: JourneyResult, ink: Ink): string[] {
  const { shown, others, compared } = informative(latency)
  if (!compared) return []
  const parts = shown.map((one) => measured(one, ink))
  if (others.length)
    parts.push(
      wrap(
        `${plural(others.length, 'other measure')} of ${count(compared)} compared ${others.length === 1 ? 'shows' : 'show'} no clear association.`,
        ink,
        2,
      ),
    )
  return [ink.paint.underline('Conversion by latency'), ...parts]
}
