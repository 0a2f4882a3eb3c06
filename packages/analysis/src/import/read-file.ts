import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Bytes of one line, or of a document that is spread over lines. */
const LARGEST = 256 * 2 ** 20

/** A line of a file, or all of it, as JSON; `reason` where it is none. */
export type Part = { readonly line: number } & ({ readonly value: unknown } | { readonly reason: string })

const NEWLINE = 10
const GZIP = Buffer.from([0x1f, 0x8b])

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0)
    return bytesRead === GZIP.length && buffer.equals(GZIP)
  } finally {
    await handle.close()
  }
}

/** Reads a file, decompressed if its first bytes say that it is gzip. `onBytes` hears of the bytes on disk. */
async function openFile(file: string, onBytes: (bytes: number) => void): Promise<Readable> {
  const compressed = await isGzip(file)
  const raw = createReadStream(file, { highWaterMark: 2 ** 20 })
  raw.on('data', (chunk) => onBytes(chunk.length))
  if (!compressed) return raw
  const plain = createGunzip()
  raw.once('error', (error) => plain.destroy(error))
  return raw.pipe(plain)
}

/** Splits into lines with their numbers. A line that is too long is undefined. */
async function* linesOf(stream: Readable): AsyncGenerator<{ line: number; text: string | undefined }> {
  let line = 1
  let size = 0
  let chunks: Buffer[] = []
  const take = () => {
    const text = size > LARGEST ? undefined : Buffer.concat(chunks).toString()
    chunks = []
    size = 0
    return { line: line++, text }
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      chunks.push(chunk.subarray(from, end))
      size += end - from
      yield take()
      from = end + 1
    }
    size += chunk.length - from
    if (size <= LARGEST) chunks.push(chunk.subarray(from))
    else chunks = []
  }
  if (size > 0) yield take()
}

function parse(line: number, text: string | undefined): Part {
  if (text === undefined) return { line, reason: `longer than ${LARGEST / 2 ** 20} MiB` }
  try {
    return { line, value: JSON.parse(text) }
  } catch (error) {
    return { line, reason: `no JSON: ${(error as Error).message}` }
  }
}

/** All of a file as one document; undefined if it is none. */
async function readDocument(file: string): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of await openFile(file, () => {})) {
    chunks.push(chunk)
    size += chunk.length
    if (size > LARGEST) return undefined
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    return undefined
  }
}

/**
 * Reads JSON from a file, gzipped or not: a value a line, or one document over all lines. A line that is none is
 * named, and the rest goes on.
 *
 * @param onBytes hears how many more bytes of the file were read
 * @throws when the file cannot be read, or its compression is damaged
 */
export async function* readParts(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Part> {
  let isFirst = true
  for await (const { line, text } of linesOf(await openFile(file, onBytes))) {
    if (text?.trim() === '') continue
    const part = parse(line, text)
    if (isFirst && 'reason' in part) {
      const value = await readDocument(file)
      if (value !== undefined) return yield { line, value }
    }
    isFirst = false
    yield part
  }
}
