import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keepFile } from './keep-file'
import type { KeptSpan } from './kept-span'
import { keyOf, spanOf } from './kept-span'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-keep-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const outcome = (digit: string): KeptSpan =>
  spanOf({
    name: 'throughline.run.end',
    kind: 0,
    startTime: [1, 0],
    endTime: [1, 0],
    attributes: {},
    resource: { attributes: {} },
    instrumentationScope: { name: 'test' },
    context: { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 },
  })

/** A file, and a span that comes just after it has looked what there is to be written anew. */
function interrupted(path: string) {
  const late = outcome('b')
  const kept = [outcome('a')]
  let isFirst = true
  const file = keepFile(
    path,
    () => {
      if (isFirst)
        queueMicrotask(() => {
          kept.push(late)
          file.add(late)
        })
      isFirst = false
      return [...kept]
    },
    () => {},
    20,
  )
  return { file, late }
}

it('holds what comes while it is written the first time', async () => {
  const path = join(folder, 'kept')
  const { file, late } = interrupted(path)
  await file.close()
  expect(readFileSync(path, 'utf8')).toContain(keyOf(late).slice(0, 32))
})

it('holds what comes while it is written anew, after it could not be written', async () => {
  const path = join(folder, 'missing', 'kept')
  const { file, late } = interrupted(path)
  await file.settled()
  mkdirSync(join(folder, 'missing'))
  await vi.waitFor(() => expect(existsSync(path)).toBe(true), { timeout: 10_000 })
  await file.close()
  expect(readFileSync(path, 'utf8')).toContain(keyOf(late).slice(0, 32))
})
