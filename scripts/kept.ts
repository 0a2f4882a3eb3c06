import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache.ts'

/**
 * A folder outside the tree that is kept between runs, and made first if need be.
 *
 * @param name what it begins with
 * @param from what its content follows from: something else, and it is made anew
 * @param build fills a folder
 */
export async function keptFolder(
  name: string,
  from: string,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const cache = cacheFolder()
  const folder = join(cache, `${name}-${createHash('sha256').update(from).digest('hex').slice(0, 16)}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  // Built aside and moved when it is whole: one that is cut short, or two at once, leave nothing half done.
  const aside = mkdtempSync(join(cache, 'building-'))
  try {
    await build(aside)
    if (!existsSync(folder)) renameSync(aside, folder)
    return folder
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}
