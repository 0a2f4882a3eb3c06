import { reportDocument } from '../html'
import { html } from '../html/markup'
import { pageHeaders } from './headers'

/** What the login page is served with: its form may be sent, and says from where, to its own server alone. */
export const loginHeaders = (): Record<string, string> => ({
  ...pageHeaders("'self'"),
  'referrer-policy': 'same-origin',
})

/** The page that asks for the token. Its form goes to the address that was asked for. */
export function renderLogin(message: string): string {
  return reportDocument(
    html`<main><section class="part"><h1>A token is needed</h1>
<p>This report can be reached from other machines. The token stands in the terminal where <code>throughline dev</code> was started, or is what its environment has in <code>THROUGHLINE_TOKEN</code>.</p>
<form method="post" class="card"><p role="alert">${message}</p><label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label> <button>Open the report</button></form>
</section></main>`,
    html``,
    html``,
    html``,
  )
}
