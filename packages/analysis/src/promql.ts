import { readFileSync } from 'node:fs'

/** A file of `promql/`. */
export const promText = (file: string): string =>
  readFileSync(new URL(`../promql/${file}`, import.meta.url), 'utf8')
