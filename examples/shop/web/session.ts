import type { Session } from '../shared/api'

/** What the server wrote into this page. */
export const session: Session = JSON.parse(document.getElementById('session')!.textContent)
