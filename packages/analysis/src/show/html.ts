import { moment, percent } from '../format'
import type { Result } from '../result'
import { cutText, marksText } from './cuts'
import { isEmpty, isOnlySynthetic } from './highlights'
import { hypothesisCard, verdictBadge } from './html/hypotheses'
import { journeySection } from './html/journey'
import type { Markup } from './html/markup'
import { anchor, html, trusted } from './html/markup'
import { STYLE } from './html/style'
import { namesBanner, trustSection, warningBanner } from './html/trust'
import { syntheticText, whyEmpty } from './words'

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M4 9h24M4 16h16M4 23h8' stroke='%233b5bdb' stroke-width='5' stroke-linecap='round'/%3E%3C/svg%3E"

const LOGO = html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><path d="M4 9h24M4 16h16M4 23h8"/></svg>`

/** Leads to every journey and hypothesis, and says of each how it stands. */
function overview({ journeys, hypotheses }: Result): Markup {
  return html`
<nav aria-label="Journeys and hypotheses"><ul class="overview">
${journeys.map(({ name, rate, runs }) => html`<li><a href="#${anchor('journey', name)}"><bdi>${name}</bdi> <b>${runs ? percent(rate.value) : 'no runs'}</b></a></li>`)}
${hypotheses.map(({ id, verdict }) => html`<li><a href="#${anchor('hypothesis', id)}"><bdi>${id}</bdi> ${verdictBadge(verdict)}</a></li>`)}
</ul></nav>`
}

/**
 * The `<main>` of a report; `nothing` stands there while there are no data, `toSynthetic` where they are of crawlers.
 */
export function reportMain(result: Result, nothing: Markup, toSynthetic?: Markup): Markup {
  const empty = whyEmpty(result)
  if (empty)
    return html`<main>${namesBanner(result)}<section class="part nothing"><h1>${empty.title}</h1><p>${empty.text}</p>${isOnlySynthetic(result) && toSynthetic}</section></main>`
  if (isEmpty(result)) return html`<main>${namesBanner(result)}${nothing}</main>`
  const { journeys, hypotheses, trust, unit, since, until, timeZone, marks } = result
  return html`
<main>
<h1>Journey report</h1>
<p class="period">Runs that started from ${moment(since, timeZone)} to ${moment(until, timeZone)}, counted by ${unit === 'run' ? 'attempt' : 'person'}${syntheticText(result)}${cutText(result)}</p>
${warningBanner(trust)}
${namesBanner(result)}
${overview(result)}
${journeys.map((journey) => journeySection(journey, result, journeys.filter(({ name }) => name === journey.name).length > 1))}
${hypotheses.length > 0 && html`<section class="part"><h2>Hypotheses</h2>${hypotheses.map(hypothesisCard)}</section>`}
${marks.length > 0 && html`<section class="part"><h2>What happened meanwhile</h2><ul>${marksText(result).map((line) => html`<li>${line}</li>`)}</ul></section>`}
${trustSection(trust)}
</main>`
}

/** A whole document around a report. */
export function reportDocument(main: Markup, head: Markup, status: Markup, script: Markup): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}
<title>Throughline</title>
<link rel="icon" href="${ICON}">
<style>${trusted(STYLE)}</style>
</head>
<body>
<header class="top"><p class="brand">${LOGO} Throughline</p>${status}</header>
${main}
${script}
</body>
</html>
`
  return page.markup
}

/** A report as one HTML file that asks for nothing: no requests, no script. */
export function renderHtml(result: Result): string {
  const nothing = html`<h1>Nothing had arrived yet</h1><p>When this report was made, no journey had a run. Point your app’s OTLP exporter at <code>throughline dev</code> or your collector, walk through a journey, and make the report again.</p>`
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
  return reportDocument(
    reportMain(result, html`<section class="part nothing">${nothing}</section>`),
    html`<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    html`<p class="status">Report of ${moment(result.generatedAt, result.timeZone)}</p>`,
    html``,
  )
}
