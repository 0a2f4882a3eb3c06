import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'
import { useBasket } from '../basket'
import { Link } from '../router'

function Basket() {
  const count = useBasket().lines.reduce((sum, line) => sum + line.quantity, 0)
  return (
    <Link className="basket" href="/cart">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path
          d="M4 9h16l-1.6 10.2a2 2 0 0 1-2 1.8H7.6a2 2 0 0 1-2-1.8zM8 9c0-7 8-7 8 0"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.7"
          strokeLinejoin="round"
        />
      </svg>
      <span>Cart</span>
      {count > 0 && <span className="count">{count}</span>}
    </Link>
  )
}

/** What surrounds every page. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <div className="wide">
          <Link className="brand" href="/">
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <path d="M5 14h22c0 8-4 13-11 13S5 22 5 14z" fill="var(--glaze)" />
              <path
                d="M12 10c0-3 3-3 3-6m4 6c0-3 3-3 3-6"
                fill="none"
                stroke="var(--rust)"
                strokeWidth="2"
                strokeLinecap="round"
              />
            </svg>
            Kiln &amp; Co.
          </Link>
          <Basket />
        </div>
      </header>
      <main id="main" className="wide">
        {children}
      </main>
      <footer className="bottom">
        <div className="wide">
          <p>
            <strong>Kiln &amp; Co.</strong> Stoneware for every day, thrown and fired by hand.
          </p>
          <p>
            Free delivery from €50 · 30 days to change your mind · A demo shop: nothing is charged or sent
          </p>
        </div>
      </footer>
    </>
  )
}

/** A page's heading. It gives the document its title, and takes the focus so that screen readers announce the page. */
export function Heading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${children} · Kiln & Co.`
    heading.current?.focus({ preventScroll: true })
  }, [children])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}

/** Something went wrong: said in words, and announced. */
export function Alert({ children }: { children: ReactNode }) {
  return (
    <div className="alert" role="alert">
      {children}
    </div>
  )
}
