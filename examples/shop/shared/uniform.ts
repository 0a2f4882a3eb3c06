/**
 * A number in [0, 1) that always is the same for a key: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) with
 * MurmurHash3's 32-bit finaliser. The shop assigns variants with it, and the gateway's moods come from it, so that
 * whoever knows a subject's id knows what will happen to that subject.
 */
export function uniform(key: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Which of the shares (adding up to 1) a number in [0, 1) falls into. */
export function pick(shares: readonly number[], at: number): number {
  let from = 0
  for (const [index, share] of shares.entries()) {
    from += share
    if (at < from) return index
  }
  return shares.length - 1
}
