import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Store } from '../engine'
import { openChdb } from './chdb'

const folder = mkdtempSync(join(tmpdir(), 'throughline-readers-'))
let store: Store
beforeAll(() => {
  store = openChdb(folder)
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const kept = async () =>
  (await store.query<{ name: string }>("SELECT name FROM system.tables WHERE database = 'throughline_kept'"))
    .length

it('answers questions while a table is being filled', async () => {
  const ended: string[] = []
  const filled = store.keeper.keep('SELECT sleepEachRow(1) FROM numbers(3)').then((table) => {
    ended.push('filled')
    return store.keeper.drop(table)
  })
  await Promise.all([
    filled,
    ...Array.from({ length: 3 }, () => store.query('SELECT 1').then(() => ended.push('answered'))),
  ])
  expect(ended).toEqual(['answered', 'answered', 'answered', 'filled'])
})

it('keeps what a query gave for every connection, until it is dropped', async () => {
  const table = await store.keeper.keep('SELECT number FROM numbers({n:UInt32})', { n: 7 })
  const counts = await Promise.all(
    Array.from({ length: 4 }, () => store.query<{ rows: number }>(`SELECT count() AS rows FROM ${table}`)),
  )
  expect(counts).toEqual(Array.from({ length: 4 }, () => [{ rows: 7 }]))
  await store.keeper.drop(table)
  await store.keeper.drop(table)
  expect(await kept()).toBe(0)
})

it('leaves nothing of what could not be kept', async () => {
  const wrong = store.keeper.keep("SELECT throwIf(number = 3, 'three') FROM numbers(5)")
  await expect(wrong).rejects.toThrow('three')
  expect(await kept()).toBe(0)
})

it('drops nothing that it has not kept', async () => {
  await store.command('CREATE TABLE mine (one UInt8) ENGINE = Memory')
  await store.keeper.drop('throughline.mine')
  expect(await store.query('SELECT count() AS rows FROM mine')).toEqual([{ rows: 0 }])
})

it('changes nothing in answer to a question', async () => {
  const table = await store.keeper.keep('SELECT 1 AS one')
  for (const sql of [
    'CREATE TABLE other (one UInt8) ENGINE = Memory',
    `INSERT INTO ${table} SELECT 2`,
    `DROP TABLE ${table}`,
    'SET readonly = 0',
  ])
    await expect(store.query(sql), sql).rejects.toThrow(/readonly/)
  await store.keeper.drop(table)
})

it('keeps nothing for the next process', async () => {
  await store.keeper.keep('SELECT 1 AS one')
  expect(await kept()).toBe(1)
  await store.close()
  store = openChdb(folder)
  expect(await kept()).toBe(0)
})
