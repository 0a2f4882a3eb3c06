import type { Tools } from './tools'

/** What was thrown, as far as it can be read. */
export interface Thrown {
  readonly kind: string
  readonly text: string
  readonly stack: string
}

/** Who aborts does not fail; cancelling is what axios and TanStack Query call it. */
const ABORTED = /^(Abort|Cancell?ed)Error$/
/**
 * What browsers report though nothing is wrong (a ResizeObserver that needs another frame, a view transition that was
 * skipped), and what the bridges of in-app browsers and mail scanners throw.
 */
const BENIGN =
  /^ResizeObserver loop|^Transition was |^Object Not Found Matching Id|_AutofillCallbackHandler|__gCrWeb|^Java object is gone/
/** `Script error.`, without a source, is all that a browser tells of a script of another origin without CORS. */
const UNKNOWN = /^(Javascript error: )?Script error\b/
const EXTENSION = /\b[\w-]*extension:\/\/|\bwebkit-masked-url:/
/**
 * Addresses of other origins that blockers know: advertising, tag managers and analytics. A page cannot tell a block
 * from a failure.
 */
const BLOCKED =
  /[/.-](ads?|adservice|adserver|adsbygoogle|adsystem|analytics|beacon|clarity|doubleclick|fbevents|gtag|gtm|googlesyndication|googletagmanager|google-analytics|hotjar|pagead\d*|pixel|tracker|tracking)[/.?-]/

/**
 * Whether an error is not the page's: benign, of an extension, of an unknown script, or of what a blocker keeps out.
 *
 * @param source the file that the browser named, if it did
 */
export function isNoise(
  { kind, text, stack }: Thrown,
  source: string,
  { ownOrigin, topFrame }: Pick<Tools, 'ownOrigin' | 'topFrame'>,
): boolean {
  if (ABORTED.test(kind) || BENIGN.test(text) || EXTENSION.test(source || topFrame(stack))) return true
  const url = kind === 'ResourceError' && text.slice(text.indexOf(' ') + 1)
  return (
    (UNKNOWN.test(text) && !source && !stack) ||
    (!!url && !url.startsWith(`${ownOrigin()}/`) && BLOCKED.test(`${url}/`))
  )
}
