import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { useSyncExternalStore } from 'react'

// A shop of six pages needs no more router than this.

const moved = new EventTarget()

/** Goes to another page of the shop. */
export function go(path: string): void {
  history.pushState(null, '', path)
  scrollTo(0, 0)
  moved.dispatchEvent(new Event('move'))
}

function subscribe(listener: () => void) {
  moved.addEventListener('move', listener)
  addEventListener('popstate', listener)
  return () => {
    moved.removeEventListener('move', listener)
    removeEventListener('popstate', listener)
  }
}

/** The path of the current page. */
export const usePath = () => useSyncExternalStore(subscribe, () => location.pathname)

/** A link inside the shop. Opening it in a new tab, and copying its address, work as ever. */
export function Link({ href, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(href)
  }
  return <a {...rest} href={href} onClick={onClick} />
}
