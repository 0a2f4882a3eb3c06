import type { Estimate } from '../../result'
import type { Markup } from './markup'
import { html } from './markup'

// Lengths are SVG attributes in percent: they follow the width of the page, and a strict policy for styles permits
// them.

/** A scale of a chart: from a value to a share of its width. */
export type Scale = (value: number) => number

const clamp = (share: number) => Math.min(1, Math.max(0, share))

/** From 0 at `from` to 1 at `to`; infinite bounds end at the edge. */
export const linear =
  (from: number, to: number): Scale =>
  (value) =>
    clamp((value - from) / (to - from || 1))

/** The same for ratios: a half is as far from 1 as a double. */
export const logarithmic =
  (from: number, to: number): Scale =>
  (value) =>
    clamp(value > 0 ? Math.log(value / from) / Math.log(to / from) : 0)

export const share = (part: number) => `${Number((100 * clamp(part || 0)).toFixed(2))}%`

const drawable = ({ value, low, high }: Estimate) => ![value, low, high].some(Number.isNaN)

/** An interval's line with its ends and the estimate's dot. */
function whisker(estimate: Estimate, scale: Scale, kind = ''): Markup {
  if (!drawable(estimate)) return html``
  const [low, at, high] = [estimate.low, estimate.value, estimate.high].map((value) => share(scale(value)))
  return html`<g class="whisker ${kind}"><line x1="${low}" x2="${high}" y1="50%" y2="50%"/><line x1="${low}" x2="${low}" y1="30%" y2="70%"/><line x1="${high}" x2="${high}" y1="30%" y2="70%"/><circle cx="${at}" cy="50%" r="4"/></g>`
}

/** An interval on a scale with marks such as “no change”. `label` says it in words. */
export function intervalPlot(
  estimate: Estimate,
  scale: Scale,
  marks: readonly { readonly at: number; readonly kind: string }[],
  label: string,
  kind = '',
): Markup {
  const lines = marks.map(({ at, kind: mark }) => {
    const x = share(scale(at))
    return html`<line class="mark ${mark}" x1="${x}" x2="${x}" y1="0" y2="100%"/>`
  })
  // A loss is also a bar from nothing to its size, for the eye to rank.
  const [from, to] = [scale(0), scale(estimate.value)]
  const size =
    kind === 'costly' &&
    html`<rect class="cost" x="${share(from)}" width="${share(to - from)}" y="6" height="16" rx="3"/>`
  return html`<svg class="plot" role="img" aria-label="${label}">${size}${lines}${whisker(estimate, scale, kind)}</svg>`
}

/** The last row of a table of plots: what its marks mean. */
export function axisRow(
  scale: Scale,
  marks: readonly { readonly at: number; readonly label: string; readonly kind: string }[],
): Markup {
  const texts = marks.map(({ at, label, kind }) => {
    const place = scale(at)
    const end = place < 0.12 ? 'start' : place > 0.88 ? 'end' : 'middle'
    return html`<text class="${kind}" x="${share(place)}" y="11" text-anchor="${end}">${label}</text>`
  })
  return html`<tr class="axis" aria-hidden="true"><td></td><td class="chart"><svg>${texts}</svg></td><td></td></tr>`
}

/** A bar up to the estimate, with its interval over it. */
export function rateBar(estimate: Estimate, scale: Scale, tone: string, label: string): Markup {
  const length = share(scale(estimate.value))
  return html`<svg class="plot" role="img" aria-label="${label}"><rect class="track" width="100%" height="16" y="6" rx="3"/><rect class="${tone}" width="${length}" height="16" y="6" rx="3"/>${whisker(estimate, scale, 'over')}</svg>`
}

/** Parts of a whole beside each other. */
export function stackedBar(parts: readonly { part: number; tone: string }[], label: string): Markup {
  const whole = parts.reduce((sum, { part }) => sum + part, 0) || 1
  let from = 0
  const rects = parts.map(({ part, tone }) => {
    const x = from
    from += part
    return html`<rect class="${tone}" x="${share(x / whole)}" width="${share(part / whole)}" height="100%"/>`
  })
  return html`<svg class="stack" role="img" aria-label="${label}">${rects}</svg>`
}

/** Bounds that hold all values and a little room, for intervals around a neutral value. */
export function boundsOf(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite)
  const [low, high] = [Math.min(...finite, 0), Math.max(...finite, 0)]
  const room = (high - low || 1) * 0.06
  return [low - room, high + room]
}
