import type { Idiomorph as Library } from 'idiomorph'

/** Stands before this in the page's script. */
declare const Idiomorph: typeof Library

/**
 * Runs in the page, inlined as its source: so it may use nothing from outside of itself but Idiomorph. Fetches the page anew every
 * few seconds and changes only what differs, so that scroll position, focus, selection and open details stay.
 */
export function live(): void {
  const EVERY = 3000
  const status = document.getElementById('status')!
  const gone = document.getElementById('gone')!
  const unanswered = gone.textContent
  let updated = Date.now()
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
    const seconds = Math.round((Date.now() - updated) / 1000)
    const ago = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`
    const text = seconds < 2 ? 'updated just now' : `updated ${ago} ago`
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
      const response = await fetch(location.href, { cache: 'no-store' })
      const text = await response.text()
      const next = new DOMParser().parseFromString(text, 'text/html').querySelector('main')
      if (!response.ok) throw new Error(text.slice(0, 300))
      if (!next) throw new Error('what answers there now is something else')
      update(document.querySelector('main')!, next)
      updated = Date.now()
      gone.hidden = true
    } catch (error) {
      // A TypeError is fetch's word for: nobody answered.
      const { name, message } = error as Error
      gone.textContent = name === 'TypeError' ? unanswered : `throughline dev cannot report: ${message}`
      gone.hidden = false
    }
    busy = false
    showAge()
    // An analysis that takes long must not keep the database busy all the time.
    schedule(Math.max(EVERY, 4 * (Date.now() - began)))
  }

  document.addEventListener('visibilitychange', refresh)
  setInterval(showAge, 1000)
  showAge()
  schedule(EVERY)
}
