/** Kept for the next time. */
const MOST_SPARES = 16
const SMALLEST = 64 * 2 ** 10
const LARGEST = 4 * 2 ** 20

/** Memory that is used again: to collect it costs as much as to read what was in it. */
export interface Spares {
  /** Memory of at least so many bytes, with whatever was in it. */
  take(size: number): ArrayBuffer
  /** Takes back what nobody reads or writes any more. */
  give(memory: ArrayBuffer): void
}

export function createSpares(): Spares {
  const spares: ArrayBuffer[] = []
  return {
    take(size) {
      const found = spares.findLastIndex((spare) => spare.byteLength >= size)
      if (found >= 0) return spares.splice(found, 1)[0]!
      return Buffer.allocUnsafeSlow(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(size)))).buffer
    },
    give(memory) {
      if (memory.byteLength < SMALLEST || memory.byteLength > LARGEST) return
      if (spares.length === MOST_SPARES) spares.shift()
      spares.push(memory)
    },
  }
}
