/** URLs lose credentials, fragment, and every query parameter that is not allowed by name. */
export function scrubUrl(url: string, allowed: readonly string[] = []): string {
  try {
    const parsed = new URL(url, globalThis.location?.href)
    for (const name of [...parsed.searchParams.keys()])
      if (!allowed.includes(name)) parsed.searchParams.delete(name)
    parsed.hash = parsed.username = parsed.password = ''
    return parsed.href
  } catch {
    return url.replace(/[?#].*/s, '')
  }
}

/** The same for every URL in a text, such as a stack trace. */
export const scrubText = (text: string): string =>
  text.replace(/([a-z]+:\/\/)(?:[^\s/?#)]*@)?([^\s?#)]*)([?#][^\s):]*)?/gi, '$1$2')
