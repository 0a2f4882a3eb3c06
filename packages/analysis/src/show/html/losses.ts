import { between, count, harmless, percent, plain } from '../../format'
import type { JourneyResult, LostConversions } from '../../result'
import { certainLosses, frequentErrors } from '../highlights'
import { causeTexts, lostText, problemName, worthText } from '../words'
import type { Scale } from './charts'
import { intervalPlot, linear } from './charts'
import type { Markup } from './markup'
import { anchor, html } from './markup'

const SHOWN = 6

/** Where an error comes from: when and where it was seen, its stack, and runs that met it. */
function causeDetails({ key, cause }: LostConversions, timeZone: string, id: string): Markup | null {
  if (!cause) return null
  const example = ({ run, trace }: (typeof cause.examples)[number]) =>
    html`<li>run <code>${plain(run)}</code>, trace <code>${plain(trace)}</code></li>`
  return html`
<details class="cause" id="${anchor(`${id}-cause`, key)}"><summary>Where it comes from</summary>
${causeTexts(cause, timeZone).map((text) => html`<p class="note">${text}</p>`)}
${cause.stack && html`<pre><bdi>${harmless(cause.stack)}</bdi></pre>`}
${cause.examples.length > 0 && html`<ul>${cause.examples.map(example)}</ul>`}
</details>`
}

/** How problems are drawn: on one scale, with ids that begin alike, dates in one zone. */
interface Drawing {
  readonly scale: Scale
  readonly id: string
  readonly timeZone: string
}

function item(problem: LostConversions, { scale, id, timeZone }: Drawing): Markup {
  const { lost, lostValue, runs, occurrences, recovered, steps, service, converted } = problem
  const certain = lost.low > 0
  const shownSteps = steps.slice(0, 4).map((step) => html`<span class="chip">${plain(step)}</span>`)
  const plot = intervalPlot(
    lost,
    scale,
    [{ at: 0, kind: 'neutral' }],
    lostText(lost),
    certain ? 'costly' : 'faint',
  )
  return html`
<li class="loss">
<div class="loss-name"><p><bdi>${problemName(problem)}</bdi></p><p class="chips">${shownSteps}${steps.length > 4 && html`<span>and ${steps.length - 4} more</span>`}${service && html`<span>${plain(service)}</span>`}</p></div>
<div class="chart">${plot}</div>
<dl class="facts">
<div class="${certain ? 'costly' : ''}"><dt>lost</dt><dd>${count(lost.value)}</dd><dd class="note">${between(lost, count)}</dd></div>
<div><dt>worth</dt><dd>${worthText(lostValue)}</dd></div>
<div><dt>runs</dt><dd>${count(runs)}</dd><dd class="note">${count(occurrences)} times</dd></div>
<div><dt>converted anyway</dt><dd>${percent(recovered.value)}</dd><dd class="note">${count(converted)}</dd></div>
</dl>
${causeDetails(problem, timeZone, id)}
</li>`
}

function ranking(title: string, problems: readonly LostConversions[], drawing: Drawing): Markup | null {
  const { id } = drawing
  if (!problems.length) return null
  const { certain, others: uncertain } = certainLosses(problems)
  const frequent = frequentErrors(problems)
  const others = uncertain.filter((problem) => !frequent.includes(problem))
  const list = (some: readonly LostConversions[]) =>
    html`<ol class="losses">${some.map((problem) => item(problem, drawing))}</ol>`
  const folded = (key: string, some: readonly LostConversions[], name: string) =>
    some.length > 0 && html`<details id="${id}-${key}"><summary>${name}</summary>${list(some)}</details>`
  const more = certain.slice(SHOWN)
  return html`
<h4>${title}</h4>
${certain.length > 0 ? list(certain.slice(0, SHOWN)) : html`<p class="quiet">None that surely costs conversions.</p>`}
${frequent.length > 0 && html`<p class="note">Frequent, but too little to tell what ${frequent.length === 1 ? 'it costs' : 'they cost'}:</p>${list(frequent)}`}
${folded('more', more, `${count(more.length)} more that cost conversions`)}
${folded('others', others, `${count(others.length)} without a certain loss`)}`
}

/** Errors and endpoints by the conversions that are lost to them, on one scale. */
export function lossLists({ errors, endpoints }: JourneyResult, id: string, timeZone: string): Markup {
  const all = [...errors, ...endpoints]
  if (!all.length) return html``
  const bounds = all.flatMap(({ lost }) => [lost.low, lost.high]).filter(Number.isFinite)
  const scale = linear(Math.min(0, ...bounds), Math.max(1, ...bounds) * 1.04)
  return html`
<section class="card" aria-labelledby="${id}-losses">
<h3 id="${id}-losses">What costs conversions</h3>
<p class="note">Conversions fewer than among comparable visits without the problem, with 95 % intervals. An error and the endpoint behind it may count the same loss: do not add them up.</p>
${ranking('Errors', errors, { scale, timeZone, id: `${id}-errors` })}
${ranking('Endpoints', endpoints, { scale, timeZone, id: `${id}-endpoints` })}
</section>`
}
