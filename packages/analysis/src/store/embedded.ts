/** The embedded engine, as npm installs it. */
export const EMBEDDED = 'chdb@3.4.0'
