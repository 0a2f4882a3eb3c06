import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Journey } from './journey'

export const metadata: Metadata = { title: 'Shop', icons: 'data:,' }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Journey>{children}</Journey>
      </body>
    </html>
  )
}
