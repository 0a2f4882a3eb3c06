import { posix } from 'node:path'

const { dirname, relative } = posix

/** From a file to another one, as an import names it. */
export function importOf(from: string, to: string, ending = ''): string {
  const path = relative(dirname(from), to).replace(/\.[jt]s$/, ending)
  return path.startsWith('.') ? path : `./${path}`
}
