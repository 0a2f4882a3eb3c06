import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { commandLine, sendTo, visit } from '../cli-testing'
import type { Result } from '../result'
import { markRequest } from './mark'

const { run, startDev } = commandLine()

const marksOf = async (): Promise<Result['marks']> => {
  const { code, out, err } = await run('report', '--json', '--since', '1d')
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out).marks
}

test('what happened is sent to the running dev, shown in reports, and can be marked again when it has ended', async () => {
  const { url } = await startDev()
  await sendTo(url, visit('cart', 'paid'))
  const deployed = await run('mark', 'deploy', '2.4.1')
  expect(deployed).toMatchObject({ code: 0, err: '' })
  expect(deployed.out).toMatch(/^marked deploy 2\.4\.1: 20/)
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const to = new Date(Date.now() - 1_800_000).toISOString()
  expect(await run('mark', 'incident', 'card provider down', '--from', from)).toMatchObject({
    code: 0,
    err: '',
  })
  expect((await marksOf()).find(({ kind }) => kind === 'incident')).toMatchObject({ at: from, end: null })
  expect(await run('mark', 'incident', 'card provider down', '--from', from, '--to', to)).toMatchObject({
    err: '',
  })
  expect(await marksOf()).toMatchObject([
    { kind: 'incident', label: 'card provider down', at: from, end: to },
    { kind: 'deploy', label: '2.4.1', end: null },
  ])
  const page = await (await fetch(`${url}/?every=hour&since=1d`)).text()
  expect(page).toContain('deploy 2.4.1')
  expect(page).toContain('incident card provider down')
})

test('a page may not mark anything: anyone could forge an incident', async () => {
  const { url } = await startDev()
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
    body: JSON.stringify(markRequest('incident', 'forged', new Date(), undefined)),
  })
  const { partialSuccess } = (await response.json()) as {
    partialSuccess: { rejectedSpans: string; errorMessage: string }
  }
  expect(partialSuccess).toMatchObject({
    errorMessage: expect.stringContaining('which only a server may send'),
  })
  expect(Number(partialSuccess.rejectedSpans)).toBe(1)
  expect(await marksOf()).toEqual([])
})

test('says what is wrong with a mark, and when nobody takes it', async () => {
  const failures: [string[], string][] = [
    [['deploy', '2.4.1'], 'no "throughline dev" is running here'],
    [['party', 'x'], 'there is no mark "party"; write deploy or incident'],
    [['deploy', 'x', '--to', '1h'], 'a deploy is a moment'],
    [['incident', 'x', '--from', '1h', '--to', '2h'], '--to does not lie after --from'],
    [['incident', 'x', '--from', 'soon'], '--from is "soon"'],
    [['deploy', 'x', '--endpoint', 'nowhere'], '--endpoint is "nowhere"'],
    [['deploy', 'x', '--endpoint', 'http://127.0.0.1:1'], 'does not answer'],
  ]
  for (const [args, message] of failures) {
    const { code, err } = await run('mark', ...args)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(message) })
  }
  const server = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { err } = await run('mark', 'deploy', 'x', '--endpoint', `http://127.0.0.1:${port}`)
  server.close()
  expect(err).toContain('does not answer as an OTLP endpoint does')
})
