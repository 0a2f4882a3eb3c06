import { plain } from '../../format'
import type { JourneyResult } from '../../result'
import { leavingTexts, satisfactionTexts } from '../words'
import type { Markup } from './markup'
import { html } from './markup'

/** Why people left each step; nothing where nobody left, or an earlier release did not ask. */
export function leavingList({ steps }: JourneyResult): Markup | null {
  const lines = steps.flatMap((step) => {
    const texts = leavingTexts(step)
    return texts.length ? [html`<li><b><bdi>${plain(step.name)}</bdi></b>: ${texts.join(', ')}</li>`] : []
  })
  return lines.length ? html`<h4>Why people left</h4><ul class="leaving">${lines}</ul>` : null
}

/** How satisfied people were at each step that has scores. */
export function satisfactionCard({ satisfaction = [] }: JourneyResult, id: string): Markup | null {
  if (!satisfaction.length) return null
  const items = satisfaction.map(
    (one) =>
      html`<h4><bdi>${plain(one.step)}</bdi></h4>${satisfactionTexts(one).map((text) => html`<p class="note">${text}</p>`)}`,
  )
  return html`
<section class="card" aria-labelledby="${id}-satisfaction">
<h3 id="${id}-satisfaction">How satisfied people were</h3>
${items}
</section>`
}
