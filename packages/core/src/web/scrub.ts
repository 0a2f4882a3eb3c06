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

/**
 * The same for every URL in a text, such as a stack trace, whose lines and columns stay; `data:` URLs lose their data. What comes after
 * the first 9,000 characters is cut off.
 */
export const scrubText = (text: string): string =>
  text
    .slice(0, 9000)
    .replace(
      /([a-z\d]{1,20}:\/\/)(?:[^\s/?#)]*@)?([^\s?#)]*)([?#]\S*?(?=(:\d{1,7}){0,2}\)?(\s|$)))?/gi,
      '$1$2',
    )
    .replace(/(\bdata:[^\s,:]*),\S*/gi, '$1')
