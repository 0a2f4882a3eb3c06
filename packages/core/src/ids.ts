/** Fills with random bytes; the platform's generator unless a test brings its own. */
export type RandomBytes = (count: number) => Uint8Array

export const platformBytes: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count))

/** Lower-case hex digits of bytes. */
export const hex = (bytes: Uint8Array): string =>
  bytes.reduce((digits, byte) => digits + byte.toString(16).padStart(2, '0'), '')

/**
 * A UUIDv7 (RFC 9562, section 5.7).
 *
 * @param time ms since the epoch, kept in the id
 */
export function uuidv7(time: number, randomBytes: RandomBytes): string {
  const at = Math.floor(time).toString(16).padStart(12, '0')
  const random = hex(randomBytes(9))
  // The variant's four digits differ in two bits only, which stay 0 here: 72 random ones are plenty.
  const digits = `${at}7${random.slice(0, 3)}8${random.slice(3)}`
  return digits.replace(/(.{8})(....)(....)(....)/, '$1-$2-$3-$4-')
}

/** The time inside a UUIDv7, ms since the epoch; undefined when it is none. */
export function uuidv7Time(id: unknown): number | undefined {
  return typeof id === 'string' && /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)
    ? Number.parseInt(id.replace('-', ''), 16)
    : undefined
}
