/** The cookie with who is here: an opaque id that `proxy.ts` hands out. */
export const VISITOR = 'visitor'

/** Stands for your feature flags: which variant a visitor is shown. */
export const variantOf = (visitor: string) =>
  Number.parseInt(visitor, 16) % 2 ? ('in-place' as const) : ('control' as const)
