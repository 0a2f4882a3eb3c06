import type { Idiomorph as Library } from 'idiomorph'

/** Stands before this in the page's script. */
declare const Idiomorph: typeof Library

/**
 * Runs in the page, inlined as its source: so it may use nothing from outside of itself but Idiomorph. Fetches the
 * page anew every few seconds and changes only what differs, so that scroll position, focus, selection and open
 * details stay.
 */
export function live(): void {
  const EVERY = 3000
  const status = document.getElementById('status')!
  const gone = document.getElementById('gone')!
  const unanswered = gone.textContent
  /** When the figures were computed, by the clock of this page. */
  let computed = Date.now() - Number(status.dataset.age) * 1000
  let behind = status.dataset.behind === 'true'
  let version = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false

  /** Rows keep their elements by their ids, wherever they stand now; what somebody has opened stays open. */
  function update(main: Element, next: Element): void {
    Idiomorph.morph(main, next, {
      morphStyle: 'outerHTML',
      callbacks: {
        beforeAttributeUpdated: (name, node) => !(name === 'open' && node.nodeName === 'DETAILS'),
      },
    })
  }

  function showAge(): void {
    const seconds = Math.round((Date.now() - computed) / 1000)
    const ago = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`
    const from = seconds < 2 ? 'figures from just now' : `figures from ${ago} ago`
    const since = seconds < 10 || !gone.hidden ? '' : '; nothing has arrived since'
    const text = `${from}${behind ? '; more has arrived' : since}`
    if (status.textContent !== text) status.textContent = text
    status.className = gone.hidden ? 'status live' : 'status stale'
  }

  function schedule(wait: number): void {
    clearTimeout(timer)
    timer = setTimeout(refresh, wait)
  }

  async function refresh(): Promise<void> {
    if (busy || document.hidden) return
    busy = true
    const began = Date.now()
    try {
      const response = await fetch(location.href, {
        cache: 'no-store',
        headers: version ? { 'If-None-Match': version } : {},
      })
      const { headers, status: code } = response
      if (code !== 304) {
        const text = await response.text()
        const next = new DOMParser().parseFromString(text, 'text/html').querySelector('main')
        if (!response.ok) throw new Error(text.slice(0, 300))
        if (!next) throw new Error('what answers there now is something else')
        update(document.querySelector('main')!, next)
        version = headers.get('etag') ?? ''
      }
      computed = Date.now() - Number(headers.get('age')) * 1000
      behind = headers.get('throughline-behind') === 'true'
      gone.hidden = true
    } catch (error) {
      // A TypeError is fetch's word for: nobody answered.
      const { name, message } = error as Error
      gone.textContent = name === 'TypeError' ? unanswered : `throughline dev cannot report: ${message}`
      gone.hidden = false
    }
    busy = false
    showAge()
    schedule(Math.max(EVERY, 4 * (Date.now() - began)))
  }

  document.addEventListener('visibilitychange', refresh)
  setInterval(showAge, 1000)
  showAge()
  schedule(EVERY)
}
