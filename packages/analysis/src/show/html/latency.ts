import { between, count, odds, percent, plain, plural, withInterval } from '../../format'
import type { Estimate, JourneyResult, LatencyResult } from '../../result'
import { decidingOdds, informative } from '../highlights'
import { adjustedFor, associationClaim, lostText, measureName, thresholdText } from '../words'
import { axisRow, intervalPlot, linear, logarithmic, rateBar } from './charts'
import type { Markup } from './markup'
import { anchor, html } from './markup'

function buckets(latency: LatencyResult): Markup {
  const highs = latency.buckets.flatMap(({ rate, visits }) => (visits ? [rate.high] : []))
  const most = Math.max(0.01, ...highs.filter(Number.isFinite))
  const rows = latency.buckets.map(({ label, slow, from, rate, visits }) => {
    const name = html`<th scope="row">${plain(label)}${slow && html` <small class="slow-word">slow</small>`}</th>`
    if (visits === 0) return html`<tr>${name}<td></td><td><small>no visits</small></td></tr>`
    const tone = from === null ? 'unmeasured' : slow ? 'slow' : 'fill'
    const words = `${percent(rate.value)} converted, ${between(rate, percent)}`
    return html`<tr>${name}<td class="chart">${rateBar(rate, linear(0, most), tone, words)}</td><td><b>${percent(rate.value)}</b> <small>of ${count(visits)}</small></td></tr>`
  })
  return html`<table class="bars"><caption class="unseen">Conversion by ${measureName(latency)}</caption><thead class="unseen"><tr><th scope="col">Measured</th><th scope="col">Converted</th><th scope="col">Share of visits</th></tr></thead><tbody>${rows}</tbody></table>`
}

function oddsRow(
  name: string,
  ratio: Estimate | null,
  scale: (value: number) => number,
  kind: string,
): Markup {
  const words = ratio ? `×${withInterval(ratio, odds)}` : 'cannot be told'
  const plot = ratio && intervalPlot(ratio, scale, [{ at: 1, kind: 'neutral' }], `${name}: ${words}`, kind)
  return html`<tr><th scope="row">${name}</th><td class="chart">${plot}</td><td>${words}</td></tr>`
}

function oddsPlot(latency: LatencyResult): Markup {
  const { crude, adjusted } = latency
  const bounds = [crude, adjusted].flatMap((ratio) => (ratio ? [ratio.low, ratio.high] : []))
  const furthest = Math.max(
    2,
    ...bounds.map((value) => Math.exp(Math.abs(Math.log(value))) || 1).filter(Number.isFinite),
  )
  const edge = Math.min(furthest * 1.1, 50)
  const scale = logarithmic(1 / edge, edge)
  return html`<table class="bars odds"><caption>Odds of converting, slow against others</caption><tbody>${oddsRow('adjusted', adjusted, scale, 'decides')}${oddsRow('crude', crude, scale, 'faint')}${axisRow(scale, [{ at: 1, kind: 'neutral', label: '×1' }])}</tbody></table>`
}

function card(latency: LatencyResult): Markup {
  return html`
<article class="measure">
<h4><bdi>${measureName(latency)}</bdi></h4>
${buckets(latency)}
<p class="note">${thresholdText(latency)}</p>
${oddsPlot(latency)}
<p>${associationClaim(latency)}, ${adjustedFor(latency)}.</p>
${latency.lost && html`<p><b>Associated with slow visits:</b> ${lostText(latency.lost)}.</p>`}
</article>`
}

/** Conversion by latency: what tells something in front, the rest folded away. */
export function latencyCards({ latency }: JourneyResult, id: string): Markup {
  const { shown, others, compared } = informative(latency)
  if (!compared) return html``
  const rest = others.map((one) => {
    const ratio = decidingOdds(one)!
    return html`<tr><th scope="row"><bdi>${measureName(one)}</bdi></th><td>×${withInterval(ratio, odds)}</td><td>${one.lost ? lostText(one.lost) : ''}</td></tr>`
  })
  return html`
<section class="card" aria-labelledby="${id}-latency">
<h3 id="${id}-latency">Do slow steps lose people?</h3>
<p class="note">${plural(compared, 'measure')} compared; by chance alone, about one in twenty looks clear. An association is not yet a cause.</p>
<div class="measures">${shown.map(card)}</div>
${
  rest.length > 0 &&
  html`<details id="${anchor(id, 'others')}"><summary>${plural(rest.length, 'measure')} without a clear association</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Other measures"><table><caption>Odds of converting when slow, and conversions lost</caption><thead><tr><th scope="col">Measure</th><th scope="col">Odds ratio</th><th scope="col">Lost</th></tr></thead><tbody>${rest}</tbody></table></div></details>`
}
</section>`
}
