import { between, count, percent, plain, probability } from '../../format'
import { effectOf, INTERVAL_NAMES } from '../../infer/effect'
import type { Comparison, GuardrailResult, HypothesisResult, Verdict } from '../../result'
import {
  decidedByText,
  guardrailName,
  guardrailNumbers,
  leftOutText,
  preliminaryText,
  sampleRatioText,
} from '../words'
import { axisRow, boundsOf, intervalPlot, linear, rateBar } from './charts'
import type { Markup } from './markup'
import { anchor, html } from './markup'

const SIGNS: Record<Verdict, string> = { supported: '✓', refuted: '✗', inconclusive: '?', invalid: '!' }

/** A verdict as a badge. */
export const verdictBadge = (verdict: Verdict): Markup =>
  html`<span class="badge ${verdict}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${verdict}</span>`

function variantTable({ id, variants: judged, preliminary }: HypothesisResult): Markup {
  const variants = preliminary ?? judged
  const most = Math.max(0.01, ...variants.map(({ rate }) => rate.high).filter(Number.isFinite))
  const rows = variants.map(({ variant, control, subjects, conversions, rate }) => {
    const words = `${percent(rate.value)} converted, ${between(rate, percent)}`
    const shown = subjects > 0
    return html`<tr><th scope="row"><bdi>${variant}</bdi>${control && variant !== 'control' && html` <small>control</small>`}</th><td class="chart">${shown && rateBar(rate, linear(0, most), control ? 'unmeasured' : 'fill', words)}</td><td>${shown && html`<b>${percent(rate.value)}</b> <small>${between(rate, percent)}</small>`}</td><td>${count(conversions)} <small>of ${count(subjects)}</small></td></tr>`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Variants of ${id}"><table class="bars variants"><caption>Conversion by variant${preliminary && ' (preliminary)'}</caption><thead class="unseen"><tr><th scope="col">Variant</th><th scope="col">Chart</th><th scope="col">Rate</th><th scope="col">Subjects</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function uplift(comparison: Comparison, decidedBy: HypothesisResult['decidedBy']): Markup {
  const { deciding, other, write, expected, expectedValue, tells } = effectOf(comparison, decidedBy)
  const otherName = INTERVAL_NAMES[decidedBy === 'fixed' ? 'sequential' : 'fixed']
  const both = [deciding, other].flatMap(({ low, high }) => [low, high])
  const scale = linear(...boundsOf([...both, expectedValue]))
  const marks = [
    { at: 0, kind: 'neutral' },
    { at: expectedValue, kind: 'expected' },
  ]
  // Two labels need room between them.
  const apart = Math.abs(scale(0) - scale(expectedValue)) > 0.15
  const labels = [
    { at: 0, kind: 'neutral', label: '0' },
    ...(apart ? [{ at: expectedValue, kind: 'expected', label: expected }] : []),
  ]
  const row = (name: string, interval: typeof deciding, kind: string) => {
    const range = `${between(interval, write)}, ${probability(interval.p)}`
    const plot = intervalPlot(interval, scale, marks, `${name}: ${range}`, kind)
    return html`<tr><th scope="row">${name}${kind === 'decides' && html` <small>decides</small>`}</th><td class="chart">${plot}</td><td>${range}</td></tr>`
  }
  return html`
<div class="uplift">
<p class="change"><b>${tells ? write(deciding.value) : 'too little to tell'}</b> <bdi>${comparison.variant}</bdi> against the control; expected <span class="expected-word">${expected}</span>, ${probability(deciding.p)}</p>
<table class="bars"><caption class="unseen">Change of conversion by ${comparison.variant}</caption><tbody>${row(INTERVAL_NAMES[decidedBy], deciding, 'decides')}${row(otherName, other, 'faint')}${axisRow(scale, labels)}</tbody></table>
</div>`
}

function guardrailRow(guardrail: GuardrailResult, several: boolean): Markup {
  const { limit, measured } = guardrailNumbers(guardrail)
  const { status, variant } = guardrail
  const [sign, tone] = { holds: ['✓', 'good'], violated: ['✗', 'bad'], unknown: ['?', 'unknown'] }[
    status
  ] as [string, string]
  return html`<li><span class="pill ${tone}"><span aria-hidden="true">${sign}</span> ${status}</span> <span><b>${guardrailName(guardrail)}</b>${several && html` (<bdi>${variant}</bdi>)`} ${limit}: ${measured}</span></li>`
}

/** One hypothesis: the verdict and why, the variants, the uplift, what was guarded and checked. */
export function hypothesisCard(result: HypothesisResult): Markup {
  const { id, statement, journey, verdict, reasons, variants, comparisons, guardrails, sampleRatio } = result
  const leftOut = leftOutText(result)
  const ratioTone = sampleRatio.ok ? 'good' : 'bad'
  return html`
<article class="card hypothesis ${verdict}" id="${anchor('hypothesis', id)}">
<header><h3><bdi>${id}</bdi></h3>${verdictBadge(verdict)}</header>
<p class="statement">“<bdi>${statement}</bdi>” <span class="note">on <bdi>${journey}</bdi></span></p>
<ul class="reasons">${reasons.map((reason) => html`<li>${plain(reason)}</li>`)}</ul>
<div class="evidence">
<div>${result.preliminary && html`<p class="note">${preliminaryText(result)}</p>`}${variantTable(result)}${comparisons.map((one) => uplift(one, result.decidedBy))}<p class="note">${decidedByText(result)}</p></div>
<div>
<h4>Checks</h4>
<ul class="checks">
<li><span class="pill ${ratioTone}"><span aria-hidden="true">${sampleRatio.ok ? '✓' : '✗'}</span> ${sampleRatio.ok ? 'balanced' : 'mismatch'}</span> <span>${sampleRatioText(result)}</span></li>
${guardrails.map((one) => guardrailRow(one, variants.length > 2))}
</ul>
${leftOut && html`<p class="note">${leftOut}</p>`}
</div>
</div>
</article>`
}
