import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where what takes minutes to build is kept between runs, outside the tree. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline')
