import { between, count, duration, firstOf, money, percent, plain, UNKNOWN } from '../../format'
import type { JourneyResult, Result } from '../../result'
import type { TextTable } from '../cuts'
import { cutTables, incidentText } from '../cuts'
import { costliest } from '../highlights'
import { problemName, units, untimedText, worthText } from '../words'
import { linear, rateBar } from './charts'
import { funnelFigure } from './funnel'
import { latencyCards } from './latency'
import { satisfactionCard } from './leaving'
import { lossLists } from './losses'
import type { Markup } from './markup'
import { anchor, html } from './markup'

function timeNote({ timeToConvert, untimed, conversions }: JourneyResult): string {
  if (timeToConvert)
    return ['median', `p95 ${duration(timeToConvert.p95)}`, untimedText(untimed)].filter(Boolean).join('; ')
  return conversions ? 'Nobody can tell when those who converted did.' : 'Nobody has converted yet.'
}

function tiles(journey: JourneyResult, unit: Result['unit']) {
  const { runs, conversions, rate, value, timeToConvert } = journey
  const worth = value.map(({ amount, currency }) => html`<span>${money(amount, currency)}</span>`)
  return html`
<dl class="tiles">
<div class="tile main"><dt>Converted</dt><dd>${percent(rate.value)}</dd><dd class="chart">${rateBar(rate, linear(0, 1), 'fill', `${percent(rate.value)} converted, ${between(rate, percent)}`)}</dd><dd class="note">${between(rate, percent)}, 95 % interval</dd></div>
<div class="tile"><dt>${unit === 'run' ? 'Runs' : 'People'}</dt><dd>${count(runs)}</dd><dd class="note">${count(conversions)} of ${units(runs, unit)} converted</dd></div>
<div class="tile"><dt>Value</dt><dd>${worth.length ? worth : UNKNOWN}</dd><dd class="note">${worth.length ? 'of all conversions' : 'No conversion reported a value.'}</dd></div>
<div class="tile"><dt>Time to convert</dt><dd>${timeToConvert ? duration(timeToConvert.p50) : UNKNOWN}</dd><dd class="note">${timeNote(journey)}</dd></div>
</dl>`
}

function costliestNote(journey: JourneyResult): Markup | null {
  const problem = costliest(journey)
  if (!problem) return null
  const where = [firstOf(problem.steps, 3), plain(problem.service)].filter(Boolean).join(' · ')
  return html`
<aside class="costliest" aria-label="The costliest problem">
<div><p class="eyebrow">Costs the most conversions</p><p class="problem"><bdi>${problemName(problem)}</bdi></p><p class="where">at ${where}</p></div>
<p class="price"><b>−${count(problem.lost.value)}</b> <span>conversions, ${between(problem.lost, count)}</span></p>
${problem.lostValue && html`<p class="price"><b>${worthText(problem.lostValue)}</b> <span>their worth</span></p>`}
</aside>`
}

/** A breakdown, a trend or a change as a table. */
function cutCard({ title, head, rows, notes }: TextTable, id: string): Markup {
  return html`
<section class="card" aria-labelledby="${id}">
<h3 id="${id}">${title}</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}">
<table>
<caption>${title}</caption>
<thead><tr>${head.map((name) => html`<th scope="col">${name.replace('>', '')}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row"><bdi>${name}</bdi></th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table>
</div>
${notes.map((note) => html`<p class="note">${note}</p>`)}
</section>`
}

/**
 * Everything about one journey.
 *
 * @param isVersion there are other versions of it beside this one
 */
export function journeySection(journey: JourneyResult, result: Result, isVersion: boolean): Markup {
  const { unit, timeZone } = result
  const id = anchor('journey', isVersion ? `${journey.name}-version-${journey.version}` : journey.name)
  const title = html`<h2><bdi>${journey.name}</bdi> <small>version ${journey.version}</small></h2>`
  if (!journey.runs)
    return html`<section class="part" id="${id}">${title}<p class="quiet">Nobody has started this journey in the time looked at.</p></section>`
  return html`
<section class="part" id="${id}">
${title}
${tiles(journey, unit)}
${costliestNote(journey)}
${funnelFigure(journey, unit, id)}
${cutTables(journey, result).map((one, at) => cutCard(one, `${id}-cut-${at}`))}
${journey.incidents.length > 0 && html`<section class="card" aria-labelledby="${id}-incidents"><h3 id="${id}-incidents">What incidents cost</h3>${journey.incidents.map((one) => html`<p>${incidentText(one)}</p>`)}</section>`}
${latencyCards(journey, id)}
${satisfactionCard(journey, id)}
${lossLists(journey, id, timeZone)}
</section>`
}
