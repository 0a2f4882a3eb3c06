import type { Result } from '../../result'
import { reportDocument, reportMain } from '../html'
import { html, trusted } from '../html/markup'
import { otherNames } from '../words'
import { live } from './live'
import { MORPH } from './morph-source'

/** The page's only script and style, as they stand between their tags: a policy permits them by their hashes. */
export const SCRIPT = `${MORPH}\n;(${live})()`

/** What the live page is told besides the result. */
export interface PageOptions {
  /** Where OTLP goes, without a path: `http://127.0.0.1:4318`. */
  readonly endpoint: string
  /** Of the figures, in seconds; 0 if left out. */
  readonly age?: number
  /** Whether something has arrived since they were computed. */
  readonly behind?: boolean
}

/** What a journey is probably called in code. */
const inCode = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

function snippet({ journeys }: Result, endpoint: string): string {
  const [journey] = journeys
  const [name, step] = [inCode(journey?.name ?? 'checkout'), journey?.steps[0]?.name ?? 'cart']
  return `import { startThroughline } from '@throughline/core/web'
import { ${name} } from './journeys'

const tracker = startThroughline({
  serviceName: 'my-app',
  endpoint: '${endpoint}',
  journeys: [${name}],
})
tracker.enter(${name}, '${step}')`
}

const firstSteps = (result: Result, endpoint: string) => html`
<section class="part nothing">
<h1>Waiting for the first run</h1>
<p>${otherNames(result.trust).length > 0 ? 'No run of what you declare has arrived yet' : 'Nothing has arrived yet'}. This page shows it as soon as it does.</p>
<ol>
<li>Send OTLP over HTTP, JSON or protobuf, to <code>${endpoint}</code>: traces to <code>/v1/traces</code>, logs to <code>/v1/logs</code>.</li>
<li>In the browser that is:<pre tabindex="0"><code>${snippet(result, endpoint)}</code></pre></li>
<li>Then walk through ${result.journeys.map(({ name, steps }, at) => html`${at > 0 && '; or '}<b><bdi>${name}</bdi></b> (<bdi>${steps.map((step) => step.name).join(' → ')}</bdi>)`)}.</li>
</ol>
</section>`

/**
 * The page that `throughline dev` shows at `/`: the report, which brings itself up to date. It asks for its own address
 * again, with the query that it was opened with, so it needs nothing else from the server. Serve it with
 * `pageHeaders()`.
 */
export function renderPage(result: Result, { endpoint, age = 0, behind = false }: PageOptions): string {
  return reportDocument(
    reportMain(result, firstSteps(result, endpoint), html`<p><a href="?synthetic=include">Show them</a></p>`),
    html``,
    html`<p class="status live" id="status" data-age="${age}" data-behind="${String(behind)}">figures from just now</p>`,
    html`<p class="gone" id="gone" role="alert" hidden>throughline dev does not answer: what you see is the last it said. Start it again; this page goes on by itself.</p><script>${trusted(SCRIPT)}</script>`,
  )
}
