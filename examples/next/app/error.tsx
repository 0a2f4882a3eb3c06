'use client'

import { useCaptureError } from '@throughline/react'

/** Next shows this for what a page throws, before the window hears of it. */
export default function ErrorPage({ error }: { error: Error }) {
  useCaptureError(error)
  return <h1>Something went wrong</h1>
}
