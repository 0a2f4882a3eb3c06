/** FNV-1a (Fowler, Noll, Vo), 32 bits, from a seed. */
function fnv(text: string, seed: number): string {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/**
 * The same for the same error in every visit and release: its type, its message without quoted values and without
 * words that hold a digit (numbers, ids), and the uppermost function of the stack that has a name which no minifier
 * gave it.
 */
export function fingerprint(type: string, message: string, stack = ''): string {
  if ([type, message, stack].some((part) => typeof part !== 'string')) return fingerprint('', '')
  const shape = message
    .replace(/(^|\W)(["'`]).*?\2/g, '$1*')
    .replace(/[\w-]+/g, (word) => (/\d/.test(word) ? '#' : word))
    .slice(0, 200)
  const frame = /^\s*at (?:async )?([\w$.<>]{3,}) \(|^([\w$.<>]{3,})@/m.exec(stack)
  const text = `${type}|${shape}|${frame?.[1] ?? frame?.[2] ?? ''}`
  return fnv(text, 0x811c9dc5) + fnv(text, 0x01000193)
}
