import { between, count, duration, percent, plural, UNKNOWN } from '../../format'
import type { FunnelStep, JourneyResult, Result } from '../../result'
import { biggestDrop } from '../highlights'
import { everyone, observedText } from '../words'
import { share } from './charts'
import { leavingList } from './leaving'
import type { Markup } from './markup'
import { html } from './markup'

/** How many passed a step: an optional one lets the others by. */
function passing(steps: readonly FunnelStep[], at: number): number {
  const step = steps[at]
  if (!step) return 0
  const next = steps.slice(at).find(({ optional }) => !optional)
  return Math.max(step.reached, step.optional ? (next?.reached ?? 0) : 0)
}

const least = (part: number) => (part > 0 ? Math.max(part, 0.006) : 0)

/** The bar of a step and the stream to the next one: upright for wide pages, lying for narrow ones. */
function stageBars(steps: readonly FunnelStep[], at: number, started: number): Markup {
  const of = (reached: number) => least(Math.min(1, started ? reached / started : 0))
  const [own, here, next] = [of(steps[at]!.reached), of(passing(steps, at)), of(passing(steps, at + 1))]
  const last = at === steps.length - 1
  const n = (part: number) => Number((100 * part).toFixed(2))
  const upright = `0,${n(1 - here)} 100,${n(1 - next)} 100,100 0,100`
  const lying = `0,0 ${n(here)},0 ${n(next)},100 0,100`
  const stream = (points: string) =>
    html`<svg viewBox="0 0 100 100" preserveAspectRatio="none" class="stream"><polygon points="${points}"/></svg>`
  return html`
<svg class="upright" aria-hidden="true">
<rect class="ghost" width="64%" height="100%" rx="4"/>
<rect class="flow" width="64%" height="${share(here)}" y="${share(1 - here)}"/>
<rect class="fill" width="64%" height="${share(own)}" y="${share(1 - own)}" rx="4"/>
${!last && html`<svg x="64%" width="36%" height="100%">${stream(upright)}</svg>`}
</svg>
<svg class="lying" aria-hidden="true">
<rect class="ghost" width="100%" height="26" rx="4"/>
<rect class="flow" width="${share(here)}" height="26"/>
<rect class="fill" width="${share(own)}" height="26" rx="4"/>
${!last && html`<svg y="26" width="100%" height="22">${stream(lying)}</svg>`}
</svg>`
}

function readyPill({ ready, readiness }: FunnelStep): Markup | null {
  if (!readiness) return null
  const target = duration(readiness.p75AtMost)
  if (!ready || readiness.met === null)
    return html`<p class="pill unknown">ready ≤ ${target}: not measured</p>`
  return readiness.met
    ? html`<p class="pill good">✓ ready ${duration(ready.p75)} ≤ ${target}</p>`
    : html`<p class="pill bad">✗ ready ${duration(ready.p75)} > ${target}</p>`
}

function stage(steps: readonly FunnelStep[], at: number, started: number, worst?: FunnelStep): Markup {
  const step = steps[at]!
  const { name, optional, reached, fromStart, droppedOff, stillGoing, timeToNext } = step
  return html`
<li class="stage${optional && ' optional'}${step === worst && ' worst'}">
<p class="stage-name"><bdi>${name}</bdi>${optional && html` <small>optional</small>`}</p>
${stageBars(steps, at, started)}
<p class="stage-count"><b>${count(reached)}</b> <span>${percent(fromStart.value)}</span></p>
<div class="stage-next">
${droppedOff > 0 && html`<p class="drop"><b>−${count(droppedOff)}</b> left here<span>${step === worst && ', the most'}</span></p>`}
${stillGoing > 0 && html`<p class="time">${count(stillGoing)} may still go on</p>`}
${timeToNext && html`<p class="time">${duration(timeToNext.p50)} to the next</p>`}
${readyPill(step)}
</div>
</li>`
}

function row(step: FunnelStep): Markup {
  const { name, optional, reached, fromStart, fromPrevious, droppedOff, timeToNext, ready, readiness } = step
  const { mean, returned, failed } = step.attempts
  const met = readiness?.met
  return html`
<tr>
<th scope="row"><bdi>${name}</bdi>${optional && html` <small>optional</small>`}</th>
<td>${count(reached)}</td>
<td>${percent(fromStart.value)} <small>${between(fromStart, percent)}</small></td>
<td>${step.index ? html`${percent(fromPrevious.value)} <small>${between(fromPrevious, percent)}</small>` : UNKNOWN}</td>
<td>${count(droppedOff)}</td>
<td>${count(step.stillGoing)}</td>
<td>${timeToNext ? html`${duration(timeToNext.p50)} <small>p75 ${duration(timeToNext.p75)}</small>` : UNKNOWN}</td>
<td>${ready ? duration(ready.p75) : UNKNOWN}${readiness && html` <small class="${met ? 'good' : met === false ? 'bad' : ''}">target ${duration(readiness.p75AtMost)}</small>`}</td>
<td>${mean ? mean.toFixed(2) : UNKNOWN}</td>
<td>${count(returned)}</td>
<td>${count(failed)}</td>
</tr>`
}

/** The funnel as a picture of bars and streams, and all of its numbers in a table. */
export function funnelFigure(journey: JourneyResult, unit: Result['unit'], id: string): Markup {
  const { name, steps, runs, beganLater } = journey
  const all = everyone(journey, unit)
  const worst = biggestDrop(steps)
  const observed = observedText(steps)
  return html`
<section class="card" aria-labelledby="${id}-funnel">
<h3 id="${id}-funnel">Where people leave</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Funnel of ${name}">
<ol class="funnel">${steps.map((_, at) => stage(steps, at, runs - beganLater.runs, worst))}</ol>
</div>
${all && html`<p class="note">${all}</p>`}
${observed && html`<p class="note">${observed}</p>`}
${leavingList(journey)}
<details id="${id}-numbers">
<summary>All numbers of ${plural(steps.length, 'step')}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Numbers of each step of ${name}">
<table>
<caption>Steps of ${name}; small print: 95 % intervals and 75th percentiles</caption>
<thead><tr><th scope="col">Step</th><th scope="col">Reached</th><th scope="col">Of all</th><th scope="col">Of the step before</th><th scope="col">Left here</th><th scope="col">May still go on</th><th scope="col">To the next (median)</th><th scope="col">Ready (p75)</th><th scope="col">Visits each</th><th scope="col">Went back</th><th scope="col">Failed</th></tr></thead>
<tbody>${steps.map(row)}</tbody>
</table>
</div>
</details>
</section>`
}
