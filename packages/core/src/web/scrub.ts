/** Of a text, so many characters leave. */
export const LONGEST = 9000

/** URLs lose credentials, fragment, and every query parameter that is not allowed by name. */
export function scrubUrl(url: string, allowed: readonly string[] = []): string {
  try {
    const parsed = new URL(url, globalThis.location?.href)
    const kept = [...parsed.searchParams].filter(([name]) => allowed.includes(name))
    parsed.search = `${new URLSearchParams(kept)}`
    parsed.hash = parsed.username = parsed.password = ''
    return parsed.href
  } catch {
    return url.replace(/[?#].*/s, '')
  }
}

/**
 * The same for every URL and path in a text, such as a stack trace, whose lines and columns stay; `data:` URLs lose their data, which may
 * have blanks in it. What comes after the first 9,000 characters is cut off.
 */
export const scrubText = (text: string): string =>
  text
    .slice(0, LONGEST)
    .replace(/\/\/[^\s/?#)]+@/g, '//')
    // Passes over a whole path whether it has a query or not, so that none is looked at twice.
    .replace(/(\/[^\s?#]*)([?#]\S*?(?=(:\d{1,7}){0,2}["')\],.;:]{0,3}(\s|$)))?/g, '$1')
    .replace(/(\bdata:[^\s,:]*),.*/gi, '$1')
