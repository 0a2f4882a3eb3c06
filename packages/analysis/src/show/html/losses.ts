import { between, count, harmless, percent, plain } from '../../format'
import type { Cause, CauseExample, JourneyResult, Problem } from '../../result'
import { causeOf, certainLosses, frequentErrors } from '../highlights'
import { causeTexts, correctionText, lostText, problemName, worthText } from '../words'
import type { Scale } from './charts'
import { intervalPlot, linear } from './charts'
import type { Markup } from './markup'
import { anchor, html } from './markup'

const SHOWN = 6

/** Where a problem comes from: when and where it was seen, an error's stack, and runs that met it. */
function causeDetails(cause: Cause, { kind }: Problem, timeZone: string, id: string): Markup {
  const example = ({ run, trace, release }: CauseExample) =>
    html`<li>run <code>${plain(run)}</code>${trace && html`, trace <code>${plain(trace)}</code>`}${release && html`, answered by release ${plain(release)}`}</li>`
  return html`
<details class="cause" id="${id}-cause"><summary>Where it comes from</summary>
${causeTexts(cause, kind, timeZone).map((text) => html`<p class="note">${text}</p>`)}
${cause.stack && html`<pre><bdi>${harmless(cause.stack)}</bdi></pre>`}
${cause.examples.length > 0 && html`<ul>${cause.examples.map(example)}</ul>`}
</details>`
}

function item(problem: Problem, scale: Scale, id: string, details: Markup | undefined): Markup {
  const { lost, lostValue, runs, occurrences, recovered, steps, service, converted, certain } = problem
  const shownSteps = steps.slice(0, 4).map((step) => html`<span class="chip">${plain(step)}</span>`)
  const plot = intervalPlot(
    lost,
    scale,
    [{ at: 0, kind: 'neutral' }],
    lostText(lost),
    certain ? 'costly' : 'faint',
  )
  return html`
<li class="loss" id="${id}">
<div class="loss-name"><p><bdi>${problemName(problem)}</bdi></p><p class="chips">${shownSteps}${steps.length > 4 && html`<span>and ${steps.length - 4} more</span>`}${service && html`<span>${plain(service)}</span>`}</p></div>
<div class="chart">${plot}</div>
<dl class="facts">
<div class="${certain ? 'costly' : ''}"><dt>lost</dt><dd>${count(lost.value)}</dd><dd class="note">${between(lost, count)}</dd></div>
<div><dt>worth</dt><dd>${worthText(lostValue)}</dd></div>
<div><dt>runs</dt><dd>${count(runs)}</dd><dd class="note">${count(occurrences)} times</dd></div>
<div><dt>converted anyway</dt><dd>${percent(recovered.value)}</dd><dd class="note">${count(converted)}</dd></div>
</dl>
${details}
</li>`
}

/** An id for each, so that the live page moves rows whose rank has changed. */
function idsOf(problems: readonly Problem[], id: string): Map<Problem, string> {
  const ids = new Map<Problem, string>()
  const used = new Map<string, number>()
  for (const problem of problems) {
    const name = anchor(`${id}-loss`, `${problem.kind}-${problem.key}`)
    const before = used.get(name) ?? 0
    used.set(name, before + 1)
    ids.set(problem, before ? `${name}-${before + 1}` : name)
  }
  return ids
}

/** Errors, endpoints and slow steps by the conversions that are lost to them, on one scale. */
export function lossLists(journey: JourneyResult, id: string, timeZone: string): Markup {
  const { ranking } = journey
  const { problems } = ranking
  if (!problems.length) return html``
  const bounds = problems.flatMap(({ lost }) => [lost.low, lost.high]).filter(Number.isFinite)
  const scale = linear(Math.min(0, ...bounds), Math.max(1, ...bounds) * 1.04)
  const { certain, others: uncertain } = certainLosses(ranking)
  const frequent = frequentErrors(ranking)
  const others = uncertain.filter((problem) => !frequent.includes(problem))
  const ids = idsOf(problems, id)
  const one = (problem: Problem) => {
    const cause = causeOf(journey, problem)
    const own = ids.get(problem)!
    return item(problem, scale, own, cause && causeDetails(cause, problem, timeZone, own))
  }
  const list = (some: readonly Problem[]) => html`<ol class="losses">${some.map(one)}</ol>`
  const folded = (key: string, some: readonly Problem[], name: string) =>
    some.length > 0 &&
    html`<details id="${id}-losses-${key}"><summary>${name}</summary>${list(some)}</details>`
  const more = certain.slice(SHOWN)
  return html`
<section class="card" aria-labelledby="${id}-losses">
<h3 id="${id}-losses">What costs conversions</h3>
<p class="note">Conversions fewer than among comparable visits without the problem, with 95 % intervals. An error, the endpoint behind it and the slow step may count the same loss: do not add them up. ${correctionText(ranking)}</p>
${certain.length > 0 ? list(certain.slice(0, SHOWN)) : html`<p class="quiet">None that surely costs conversions.</p>`}
${frequent.length > 0 && html`<p class="note">Frequent, but too little to tell what ${frequent.length === 1 ? 'it costs' : 'they cost'}:</p>${list(frequent)}`}
${folded('more', more, `${count(more.length)} more that cost conversions`)}
${folded('others', others, `${count(others.length)} without a certain loss`)}
</section>`
}
