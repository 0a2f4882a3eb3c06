import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { BadRequest, malformed } from './bad-request'

/** Bytes of a request, before and after decompression: 20 MiB, as in the collector. */
const LARGEST = 20 * 2 ** 20

const tooLarge = () => new BadRequest(413, 'the body is larger than 20 MiB; send smaller batches')

async function read(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > LARGEST) throw tooLarge()
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

/**
 * Reads and decompresses a request's body.
 *
 * @throws BadRequest when it is too large (413), compressed otherwise than with gzip (415), or damaged
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new BadRequest(415, `content-encoding "${encoding}" is not taken; use gzip or none`)
  const body = await read(request)
  if (encoding === 'identity') return body
  try {
    return await promisify(gunzip)(body, { maxOutputLength: LARGEST })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw malformed(`the body is no gzip: ${(error as Error).message}`)
  }
}
