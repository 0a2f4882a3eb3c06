import type { Bytes, Endpoint } from './endpoint'

/** Shorter bodies are not worth it, bytes. */
const SHORTEST = 1000

/** What endpoints answer that cannot read a compressed body. */
const isUnreadable = (status: number) => [400, 413, 415, 422, 500, 501].includes(status)

/**
 * Posts compressed what there is time to compress, until the endpoint cannot read it. Loads after the page, with
 * `later.ts`.
 */
export function compressor(): NonNullable<Endpoint['compress']> {
  let takesGzip = true
  /** Whether a compressed body was taken: if so, a request that fails is not put down to compressing. */
  let isProven = false
  return async (body, hurry, post) => {
    const packed = takesGzip && body.length >= SHORTEST ? await gzipped(body, hurry) : undefined
    if (!packed) return post(body)
    const said = await post(packed, { 'content-encoding': 'gzip' })
    const { response: { status, ok } = { status: 0, ok: false } } = said
    if (status ? isUnreadable(status) : !isProven) takesGzip = false
    isProven ||= ok
    return status > 0 && status < 500 && !takesGzip ? post(body) : said
  }
}

/**
 * Compresses bytes by gzip; undefined where the browser cannot (Safari before 16.4), or when there is no time left
 * for it.
 *
 * @param hurry once aborted, what has been compressed so far is of no use
 */
async function gzipped(bytes: Bytes, hurry: AbortSignal): Promise<Bytes | undefined> {
  if (typeof CompressionStream === 'undefined') return undefined
  const over = new AbortController()
  const hurried = new Promise<undefined>((resolve) =>
    hurry.addEventListener('abort', () => resolve(undefined), { signal: over.signal }),
  )
  const found = await Promise.race([hurried, packed(bytes).catch(() => undefined)])
  over.abort()
  return found
}

/** A stream of one write is several times faster than one that is piped from a blob. */
async function packed(bytes: Bytes) {
  const { writable, readable } = new CompressionStream('gzip')
  const writer = writable.getWriter()
  writer.write(bytes).catch(() => {})
  writer.close().catch(() => {})
  return new Uint8Array(await new Response(readable).arrayBuffer())
}
