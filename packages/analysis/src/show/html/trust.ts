import { count, percent, plain, plural } from '../../format'
import type { Result, TrustResult } from '../../result'
import { accountText, otherNames, serversText } from '../words'
import { stackedBar } from './charts'
import type { Markup } from './markup'
import { html } from './markup'

/** Above everything: how many warnings there are. */
export function warningBanner({ notes }: TrustResult): Markup | null {
  const warnings = notes.filter(({ level }) => level === 'warning').length
  if (!warnings) return null
  return html`<p class="banner"><span aria-hidden="true">!</span> <a href="#trust">${plural(warnings, 'warning')} about these numbers</a></p>`
}

/** Above everything: what is in the data and not declared, and what is declared and not in the data. */
export function namesBanner({ trust }: Result): Markup | null {
  const lines = otherNames(trust)
  if (lines.length === 0) return null
  return html`<div class="names"><p><b>What arrives and what is declared differ</b></p><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></div>`
}

/** What was lost on the way, and what speaks against the numbers. */
export function trustSection({ notes, delivery, servers }: TrustResult): Markup {
  const { pages, emitted, delivered, pending, unaccounted, refused, dropped } = delivery
  const items = notes.map(
    ({ level, text }) =>
      html`<li class="${level}"><span class="pill ${level === 'warning' ? 'warn' : 'unknown'}">${level === 'warning' ? 'warning' : 'note'}</span> <span>${plain(text)}</span></li>`,
  )
  const parts = [
    { part: delivered, tone: 'delivered' },
    { part: pending + unaccounted, tone: 'pending' },
    { part: dropped + refused, tone: 'dropped' },
  ]
  const words = `${count(delivered)} delivered, ${count(refused)} refused, ${count(dropped)} dropped, ${count(pending)} on the way, ${count(unaccounted)} without a final account`
  const ofServers = serversText(servers)
  return html`
<section class="part" id="trust">
<h2>Can these numbers be trusted?</h2>
<div class="card">
${items.length ? html`<ul class="checks">${items}</ul>` : html`<p>Nothing speaks against these numbers.</p>`}
${
  emitted > 0 &&
  html`<h3>What pages sent</h3>
${stackedBar(parts, words)}
<p class="legend"><span class="key delivered">delivered ${percent(delivered / emitted)}</span> <span class="key pending">on the way ${count(pending)}, without a final account ${count(unaccounted)}</span> <span class="key dropped">dropped ${count(dropped)}, refused ${count(refused)}</span></p>
<p class="note">${plural(pages, 'page')} emitted ${plural(emitted, 'event')}.${accountText(delivery)}</p>`
}
${
  ofServers &&
  html`<h3>What servers kept</h3>
<p class="note">${ofServers}</p>`
}
</div>
</section>`
}
