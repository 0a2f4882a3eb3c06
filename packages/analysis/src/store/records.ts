import { crc32 } from 'node:zlib'

// A segment of the journal is a sequence of records: a header of 16 bytes, then lines of JSON.
//
//   bytes 0-3    the mark: 0xff, "TL" and the version of the format. UTF-8 has no 0xff, so no line contains a mark.
//   bytes 4-7    length of the lines (all integers are unsigned, little-endian)
//   bytes 8-11   CRC-32 of the lines
//   bytes 12-15  CRC-32 of bytes 0 to 11
//
// Every record can be found and checked without the ones before it, so damage costs only the records that it hits.

const MARK = Buffer.from([0xff, 0x54, 0x4c, 2])
const HEADER = 16

/** The header of a record with these lines. */
export function recordHeader(lines: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(HEADER)
  MARK.copy(header)
  header.writeUInt32LE(lines.length, 4)
  header.writeUInt32LE(crc32(lines), 8)
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12)
  return header
}

/** What was found in a segment. */
export interface Found {
  /** The lines of each whole record, in order. */
  readonly records: readonly Buffer[]
  /**
   * Bytes that belong to no whole record. The last record may be cut off: it was never acknowledged, and is not
   * counted.
   */
  readonly damaged: number
}

/** How many bytes a record takes here: undefined if none begins here, Infinity if it is cut off. */
function sizeAt(segment: Buffer, at: number): number | undefined {
  const left = segment.length - at
  if (!segment.subarray(at, at + MARK.length).equals(MARK.subarray(0, left))) return undefined
  if (left < HEADER) return Number.POSITIVE_INFINITY
  if (segment.readUInt32LE(at + 12) !== crc32(segment.subarray(at, at + 12))) return undefined
  const size = HEADER + segment.readUInt32LE(at + 4)
  return size > left ? Number.POSITIVE_INFINITY : size
}

/** Finds the whole records of a segment. */
export function readRecords(segment: Buffer): Found {
  const records: Buffer[] = []
  let damaged = 0
  let at = 0
  while (at < segment.length) {
    const size = sizeAt(segment, at) ?? 0
    const lines = segment.subarray(at + HEADER, at + size)
    if (size >= HEADER && at + size <= segment.length && crc32(lines) === segment.readUInt32LE(at + 8)) {
      records.push(lines)
      at += size
      continue
    }
    const next = segment.indexOf(MARK, at + 1)
    // Cut off at the end: the write failed, or its process was killed at it.
    if (size === Number.POSITIVE_INFINITY && next < 0) break
    const end = next < 0 ? segment.length : next
    damaged += end - at
    at = end
  }
  return { records, damaged }
}

/** Reads a segment of version 1: lines alone, of which the last may be cut off. A full disk left NULs between them. */
export function readLines(segment: Buffer): Found {
  const whole = segment.subarray(0, segment.lastIndexOf('\n') + 1)
  const lines = whole.includes(0) ? Buffer.from(whole.filter((byte) => byte !== 0)) : whole
  return { records: lines.length > 0 ? [lines] : [], damaged: 0 }
}
