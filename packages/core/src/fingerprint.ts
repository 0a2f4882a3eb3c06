/** FNV-1a (Fowler, Noll, Vo), 32 bits, from a seed. */
function fnv(text: string, seed: number): string {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/**
 * The same for the same error in every visit and release: its type, its message without numbers, ids and quoted values, and the
 * function at the top of the stack without file hash, line and column.
 */
export function fingerprint(type: string, message: string, stack = ''): string {
  const shape = message
    .replace(/(["'`]).*?\1/g, '*')
    .replace(/[\da-f]{8,}|\d+/gi, '#')
    .slice(0, 200)
  const frame = /(?:at (?:async )?([\w$.<>]+) \(|^([\w$.<>]+)@)/m.exec(stack)
  const text = `${type}|${shape}|${frame?.[1] ?? frame?.[2] ?? ''}`
  return fnv(text, 0x811c9dc5) + fnv(text, 0x01000193)
}
