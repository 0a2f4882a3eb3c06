import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

const COOKIE = 'shop_subject'

/** Who is asking: the opaque id in the shop's cookie. */
export function subjectOf(req: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]{8,64})(?:;|$)`).exec(req.headers.cookie ?? '')?.[1]
}

/** As `subjectOf`; a newcomer gets an id. */
export function welcome(req: IncomingMessage, res: ServerResponse): string {
  const known = subjectOf(req)
  if (known) return known
  const subject = randomUUID()
  res.setHeader('set-cookie', `${COOKIE}=${subject}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`)
  return subject
}
