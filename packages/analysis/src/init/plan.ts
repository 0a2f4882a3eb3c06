/** A file to write: a new one, or one that exists with lines ahead of its own. */
export interface Change {
  readonly file: string
  readonly before: string
  readonly added: string
}

/** What `throughline init` proposes. */
export interface Plan {
  readonly changes: readonly Change[]
  /** Commands to run, and lines that belong into files which differ too much to be changed for the user. */
  readonly next: readonly string[]
}
