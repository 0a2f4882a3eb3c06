import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine, sendTo, visit } from '../cli-testing'
import { JSON_BODY, type jsonSpan, send } from '../receive/testing'

const { folder, run, startDev } = commandLine()

/** A run of this subject. */
const visitOf = (subject: string) =>
  (visit('cart', 'paid') as ReturnType<typeof jsonSpan>[]).map((span) => ({
    ...span,
    attributes: [
      ...(span as { attributes: object[] }).attributes,
      { key: 'throughline.subject.id', value: { stringValue: subject } },
    ],
  }))

const runs = async () => JSON.parse((await run('report', '--json', '--data', 'data')).out).journeys[0].runs

test('through a running dev, with what is still in its journal; then in the folder', async () => {
  const dev = await startDev('--data', 'data')
  await sendTo(dev.url, [...visitOf('ada'), ...visitOf('bob'), ...visitOf('123'), ...visitOf('0123')])
  const erased = await run('forget', '--subject', 'ada', '--data', 'data')
  expect([erased.code, erased.err]).toEqual([0, ''])
  expect(erased.out).toContain('throughline_visits: 2 rows\n')
  expect(erased.out).toMatch(/otel_traces: 2 rows\n(.*\n)*throughline: \d+ rows erased: 1 run, of ada\n$/)
  const again = await run('forget', '--subject', 'ada', '--data', 'data')
  expect([again.code, again.err]).toEqual([1, 'throughline: nothing is stored of subject ada\n'])
  expect(await runs()).toBe(3)
  const digits = await run('forget', '--subject', '0123', '--data', 'data')
  expect([digits.code, digits.out]).toEqual([0, expect.stringMatching(/1 run, of 0123\n$/)])
  expect(await runs()).toBe(2)

  const { token } = JSON.parse(readFileSync(join(folder(), 'data/dev.json'), 'utf8'))
  const ask = (body: string, headers: object) =>
    send(`${dev.url}/api/forget`, body, { ...JSON_BODY, ...headers })
  const authorization = `Bearer ${token}`
  expect((await ask('{"subject":"bob"}', {})).status).toBe(401)
  expect((await ask('{"subject":"bob"}', { authorization, origin: dev.url })).status).toBe(403)
  expect((await ask('{}', { authorization })).status).toBe(400)
  expect(await runs()).toBe(2)

  await dev.stop('SIGTERM')
  mkdirSync(join(folder(), 'data/journal'), { recursive: true })
  writeFileSync(join(folder(), 'data/journal/otel_traces-1.journal.refused'), '{}\n')
  const bob = await run('forget', '--subject', 'bob', '--data', 'data')
  expect([bob.code, bob.err]).toEqual([0, ''])
  expect(bob.out).toContain('otel_traces-1.journal.refused was not looked at')
  expect(await runs()).toBe(1)
})

test('what a user gets wrong', async () => {
  const mistake = async (...args: string[]) => {
    const { code, err } = await run('forget', ...args)
    expect(code).toBe(1)
    return err
  }
  expect(await mistake()).toContain('name whom to forget')
  expect(await mistake('--subject', 'ada', '--run', 'x')).toContain('one at a time')
  expect(await mistake('--subject', 'ada', '--subject=bob')).toContain('one at a time')
  expect(await mistake('--subject', 'ada')).toContain('there is no data in')
})
