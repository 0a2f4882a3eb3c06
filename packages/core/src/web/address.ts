/**
 * What a relative address of this page is relative to: of a frame with `srcdoc`, which has no address, the page
 * around it.
 */
export function baseUrl(): string | undefined {
  const href = globalThis.location?.href
  return href?.startsWith('about:') ? globalThis.document?.baseURI : href
}

/**
 * True in a document without an origin of its own, such as a sandboxed frame: to it, every request is one to another
 * origin.
 */
export const isOpaque = (): boolean => globalThis.origin === 'null'

/** The origin of this document; empty where it has none. */
export const ownOrigin = (): string =>
  isOpaque() ? '' : (globalThis.origin ?? globalThis.location?.origin ?? '')
