import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { BadRequest, malformed } from './bad-request.ts'

/** Bytes of a request, before and after decompression: 20 MiB, as in the collector. */
const LARGEST = 20 * 2 ** 20

const tooLarge = () => new BadRequest(413, 'the body is larger than 20 MiB; send smaller batches')

/**
 * Reads a request's body as it was sent, into memory of its own.
 *
 * @throws BadRequest 413 when it is too large
 */
export async function readBytes(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > LARGEST) throw tooLarge()
    chunks.push(chunk)
  }
  const body = Buffer.allocUnsafeSlow(size)
  let at = 0
  for (const chunk of chunks) at += chunk.copy(body, at)
  return body
}

/**
 * Whether a body is compressed.
 *
 * @throws BadRequest 415 when it is, otherwise than with gzip
 */
export function isGzipped({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new BadRequest(415, `content-encoding "${encoding}" is not taken; use gzip or none`)
  return encoding === 'gzip'
}

/** @throws BadRequest when it is no gzip, or too large (413) */
export function decompress(body: Uint8Array): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: LARGEST })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw malformed(`the body is no gzip: ${(error as Error).message}`)
  }
}
