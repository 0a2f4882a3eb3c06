import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimFolder, holderOf } from './claim'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-claim-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder that a living process holds is not to be had; released, it is', () => {
  // The parent of this process lives.
  writeFileSync(join(folder, 'lock'), String(process.ppid))
  expect(claimFolder(folder)).toBeUndefined()
  rmSync(join(folder, 'lock'))
  claimFolder(folder)!.release()
  expect(readdirSync(folder)).toEqual([])
})

/** The hold of a process that is gone. */
function leaveHold() {
  const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' })
  writeFileSync(join(folder, 'lock'), gone.trim())
}

test('what a process that is gone has left behind is no hold', () => {
  leaveHold()
  expect(claimFolder(folder)).toBeDefined()
  expect(readdirSync(folder)).toEqual(['lock'])
})

test('the number of a process is no hold if another process has it now', () => {
  const lock = join(folder, 'lock')
  // In a container, every process that writes this has the same number.
  for (const pid of [process.pid, process.ppid]) {
    writeFileSync(lock, `${pid} long ago`)
    expect(holderOf(folder)).toBeUndefined()
    claimFolder(folder)!.release()
  }
})

test('what another process has taken in the meantime is not released', () => {
  const claim = claimFolder(folder)!
  writeFileSync(join(folder, 'lock'), String(process.ppid))
  claim.release()
  expect(holderOf(folder)).toBe(process.ppid)
})

test('a lock that names nobody is being written, or its process was killed at that', () => {
  const lock = join(folder, 'lock')
  writeFileSync(lock, '')
  expect(claimFolder(folder)).toBeUndefined()
  utimesSync(lock, 0, 0)
  expect(claimFolder(folder)).toBeDefined()
  expect(holderOf(folder)).toBe(process.pid)
})

test('one process at a time removes what was left behind; one that was killed at it keeps nobody out', () => {
  leaveHold()
  const breaking = join(folder, 'lock.breaking')
  writeFileSync(breaking, '')
  expect(claimFolder(folder)).toBeUndefined()
  utimesSync(breaking, 0, 0)
  expect(claimFolder(folder)).toBeUndefined()
  expect(claimFolder(folder)).toBeDefined()
})

test('one process may open the same folder twice; the first hold is the one that counts', () => {
  const first = claimFolder(folder)!
  claimFolder(folder)!.release()
  expect(readdirSync(folder)).toEqual(['lock'])
  first.release()
})
