import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The library that changes a page into another one, as a script: it makes `Idiomorph`. */
export const MORPH = readFileSync(
  createRequire(import.meta.url).resolve('idiomorph/dist/idiomorph.min.js'),
  'utf8',
)
