import { type NextRequest, NextResponse } from 'next/server'
import { VISITOR } from './lib/visitor'

/** Knows visitors before the first page is rendered, so that it has their variant. */
export function proxy(request: NextRequest) {
  if (request.cookies.has(VISITOR)) return NextResponse.next()
  const visitor = crypto.randomUUID()
  request.cookies.set(VISITOR, visitor)
  const response = NextResponse.next({ request: { headers: request.headers } })
  response.cookies.set(VISITOR, visitor, { maxAge: 60 * 60 * 24 * 365, sameSite: 'lax' })
  return response
}

export const config = { matcher: ['/', '/payment'] }
