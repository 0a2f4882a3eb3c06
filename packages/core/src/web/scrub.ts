import { baseUrl } from './address'

/** Of a text, so many characters leave. */
export const LONGEST = 9000

/** URLs lose credentials, fragment, and every query parameter that is not allowed by name. */
export function scrubUrl(url: string, allowed: readonly string[] = []): string {
  try {
    const parsed = new URL(url, baseUrl())
    const kept = [...parsed.searchParams].filter(([name]) => allowed.includes(name))
    parsed.search = `${new URLSearchParams(kept)}`
    parsed.hash = parsed.username = parsed.password = ''
    return parsed.href
  } catch {
    return url.replace(/[?#].*/s, '')
  }
}

/**
 * The same for every URL and path in a text, such as a stack trace, whose lines and columns stay; `data:` URLs lose
 * their data, which may have blanks in it. What comes after the first 9,000 characters is cut off.
 */
export const scrubText = (text: string): string =>
  text
    .slice(0, LONGEST)
    .replace(/\/\/[^\s/?#)]+@/g, '//')
    // Passes over a whole path whether it has a query or not, so that none is looked at twice.
    .replace(/(\/[^\s?#]*)([?#]\S*?(?=(:\d{1,7}){0,2}["')\],.;:]{0,3}(\s|$)))?/g, '$1')
    .replace(/(\bdata:[^\s,:]*),.*/gi, '$1')

const SECRET = /\b(bearer |[\w-]{0,40}(?:token|secret|password|api[-_]?key)[=:] ?)[^\s&"',;]+/gi
/**
 * A host, which stays; an e-mail address; a number, with blanks in it as cards and telephones have them; and any
 * longer word.
 */
const SUSPECT =
  /\/\/[^\s/]+|[^\s@/"'`<>()=:,;]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}\b|\d(?:[ -]?\d){7,30}|[\w-]{6,}/gi
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Whether a word is an id or a token: a UUID, a long number, or long and with digits, as no word of a language is. */
const isId = (word: string) =>
  /\d{6}|@|%40| /.test(word) ||
  UUID.test(word) ||
  (/\d.*\d/.test(word) && (word.length > 19 || /^[\da-f]{16,}$/i.test(word)))

/** What masked texts were before, for `redact`; undefined where that is not clear. */
const originals = new Map<string, string | undefined>()
const MOST_ORIGINALS = 100

function keep(masked: string, text: string) {
  if (masked === text) return masked
  if (originals.size > MOST_ORIGINALS) originals.clear()
  const before = originals.has(masked) ? originals.get(masked) : text
  originals.set(masked, before === text ? text : undefined)
  return masked
}

/** What was passed to `maskText` or `maskStack` for a result. */
export const unmasked = (text: string): string => originals.get(text) ?? text

const masked = (text: string) =>
  text
    .replace(SECRET, '$1*')
    .replace(SUSPECT, (word) =>
      !word.startsWith('//') && (isId(word) || /^\d[\d -]{7,}$/.test(word)) ? '*' : word,
    )

/** In place of e-mail addresses, long numbers, tokens and UUIDs, a text has `*`. */
export const maskText = (text: string): string => keep(masked(text), text)

/** A line of a stack trace, as V8 writes it and as others do. */
const FRAME = /^\s+at |^[^\s@]*@\S*$|^\S+:\d+:\d+$/

/**
 * The same for a stack trace's message; its frames stay as they are: source maps and grouping need the paths and
 * names of files.
 */
export const maskStack = (stack: string): string =>
  keep(
    stack
      .split('\n')
      .map((line) => (FRAME.test(line) ? line : masked(line)))
      .join('\n'),
    stack,
  )

/** The first frame of a stack trace that says where its code comes from. */
export const topFrame = (stack: string): string =>
  stack.split('\n').find((line) => FRAME.test(line) && line.includes('://')) ?? ''

/** The route that a URL's or a path's ids belong to: `/users/:id/orders`. */
export const routeOf = (url: string): string =>
  url.replace(
    /^([a-z][\w+.-]*:\/\/[^/?#]*)?([^?#]*)/i,
    (_, origin: string | undefined, path: string) =>
      (origin ?? '') +
      path.replace(/[^/]+/g, (part) => (/^\d+$|\d{4}/.test(part) || isId(part) ? ':id' : part)),
  )

/** The value of an attribute that may hold somebody's data, without that: messages, and paths of requests. */
export function maskOf(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (/^(url\.(full|path)|http\.(url|target))$/.test(key)) return routeOf(value)
  if (key === 'exception.stacktrace') return maskStack(value)
  return /^(exception\.message|otel\.status_description)$/.test(key) ? maskText(value) : value
}
