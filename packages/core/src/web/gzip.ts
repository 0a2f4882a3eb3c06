/**
 * Compresses bytes by gzip; undefined where the browser cannot (Safari before 16.4), or when there is no time left for it.
 *
 * @param hurry once aborted, what has been compressed so far is of no use
 */
export async function gzipped(
  bytes: Uint8Array<ArrayBuffer>,
  hurry: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
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
async function packed(bytes: Uint8Array<ArrayBuffer>) {
  const { writable, readable } = new CompressionStream('gzip')
  const writer = writable.getWriter()
  writer.write(bytes).catch(() => {})
  writer.close().catch(() => {})
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const reader = readable.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) chunks.push(read.value)
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
