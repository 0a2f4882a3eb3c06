import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder, on a disk of its own where that can be had. */
export interface Disk {
  readonly folder: string
  /** Leaves no room; undefined where this disk is the machine's. */
  readonly fill?: () => void
  free(): void
  remove(): void
}

const BLOCK = Buffer.alloc(2 ** 20, 'x')

/** @param megabytes its size: held in memory, as far as it is used */
export function smallDisk(megabytes: number): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-soak-'))
  const ballast = join(folder, 'ballast')
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  const isOwn = status === 0
  const free = () => rmSync(ballast, { force: true })
  return {
    folder,
    ...(isOwn && {
      fill() {
        const file = openSync(ballast, 'a')
        try {
          for (let size = BLOCK.length; size >= 1; )
            try {
              if (writeSync(file, BLOCK, 0, size) < size) size >>= 1
            } catch {
              size >>= 1
            }
        } finally {
          closeSync(file)
        }
      },
    }),
    free,
    remove() {
      if (isOwn) spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
