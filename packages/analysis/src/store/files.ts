import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'

/** What the journal asks of a file system. A parameter, so that a test can let each call fail. */
export interface Files {
  /** The names in a folder, which is created when it is missing. */
  list(folder: string): string[]
  /** Opens a file for writing. @param flags `wx` for a new one, `w` to write an existing one anew */
  open(file: string, flags: 'wx' | 'w'): number
  /** Writes at a position; returns how many bytes were written, which may be fewer than were given. */
  write(descriptor: number, bytes: Uint8Array, position: number): number
  truncate(descriptor: number, size: number): void
  close(descriptor: number): void
  read(file: string): Buffer
  rename(file: string, name: string): void
  remove(file: string): void
}

export const files: Files = {
  list(folder) {
    mkdirSync(folder, { recursive: true })
    return readdirSync(folder)
  },
  open: (file, flags) => openSync(file, flags, 0o600),
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  truncate: ftruncateSync,
  close: closeSync,
  read: (file) => readFileSync(file),
  rename: renameSync,
  remove: unlinkSync,
}

/**
 * Writes all bytes at a position, in as many calls as it takes.
 *
 * @throws when the file system takes no more; some of the bytes may have been written then
 */
export function writeFully({ write }: Files, descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = write(descriptor, bytes.subarray(done), position + done)
    if (written === 0) throw new Error('the file system takes no more bytes')
    done += written
  }
}
