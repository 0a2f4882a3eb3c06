import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dev } from '../dev'
import { JSON_BODY, jsonSpan, runId, send, startTestDev, traces } from './testing'

// A dev that listens on every address, as in a container. Its tests connect over loopback, as a proxy does: that
// opens nothing.

const TOKEN = 'a-token-for-these-tests'
const bearer = { authorization: `Bearer ${TOKEN}` }
let dev: Dev
beforeAll(async () => {
  dev = await startTestDev({ host: '0.0.0.0', hosts: ['host.docker.internal'], token: TOKEN })
})
afterAll(() => dev.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  send(`${dev.url}${path}`, '', headers, 'GET')

const login = (token: string, headers: Record<string, string> = {}, path = '/') =>
  send(`${dev.url}${path}`, new URLSearchParams({ token }).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'text/html',
    ...headers,
  })

describe.each(['/', '/?journey=checkout', '/api/result', '/api/result?by=subject'])('reading %s', (path) => {
  test.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer another' }],
    ['the token as a password', { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` }],
    ['the token as a cookie', { cookie: `throughline=${TOKEN}` }],
    ['an empty cookie', { cookie: '' }],
    ['a claim to be a local peer', { 'x-forwarded-for': '127.0.0.1' }],
  ])('with %s is refused', async (_, headers) => {
    const answer = await get(path, headers)
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    expect(answer.text).not.toContain('checkout')
  })

  test('with the token in a query is refused', async () => {
    expect((await get(`${path}${path.includes('?') ? '&' : '?'}token=${TOKEN}`)).status).toBe(401)
  })

  test('with the token is permitted', async () => {
    const answer = await get(path, bearer)
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('checkout')])
  })
})

test('a browser is asked for the token once, and gets a cookie that no script and no other site can use', async () => {
  const asked = await get('/?journey=checkout', { accept: 'text/html' })
  expect([asked.status, asked.text]).toEqual([401, expect.stringContaining('type="password"')])
  expect((await login('wrong')).status).toBe(401)
  const { status, headers } = await login(TOKEN, { origin: dev.url }, '/?journey=checkout')
  expect([status, headers.location]).toEqual([303, '/?journey=checkout'])
  const [cookie] = headers['set-cookie'] as string[]
  expect(cookie).toMatch(/^throughline-\d+=[\da-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/)
  expect(cookie).not.toContain(TOKEN)
  const opened = await get('/', { cookie: `other=1; ${cookie!.split(';')[0]}` })
  expect([opened.status, opened.text]).toEqual([200, expect.stringContaining('checkout')])
  expect(opened.text).not.toContain(TOKEN)
})

test('a page of another site can neither log in nor be sent elsewhere', async () => {
  expect((await login(TOKEN, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await login(TOKEN, { origin: 'null' })).status).toBe(403)
  const { headers } = await login(TOKEN, {}, '//evil.example/')
  expect(headers.location).toBe('/')
})

test('queries of other commands need the token in the data folder, not this one', async () => {
  const query = await send(`${dev.url}/api/query`, '{"sql":"SELECT 1"}', { ...JSON_BODY, ...bearer })
  expect([query.status, (await get('/api/alive', bearer)).status]).toEqual([401, 401])
})

test('only who shows the token is believed to be a server', async () => {
  const run = runId()
  const claim = (name: string) =>
    traces(
      jsonSpan(
        {
          'throughline.run.id': { stringValue: run },
          'throughline.event.source': { stringValue: 'server' },
          who: { stringValue: name },
        },
        { name: 'throughline.run.end' },
      ),
    )
  const { headers } = await login(TOKEN)
  const cookie = (headers['set-cookie'] as string[])[0]!.split(';')[0]!
  const senders: [string, number, Record<string, string>][] = [
    ['nobody', 200, {}],
    ['a page', 200, { origin: 'http://localhost:5173' }],
    ['a page with the token', 200, { ...bearer, origin: 'http://localhost:5173' }],
    ['a cookie', 200, { cookie }],
    ['a server', 200, bearer],
    ['another token', 401, { authorization: 'Bearer another' }],
  ]
  for (const [name, status, extra] of senders)
    expect([
      name,
      (await send(`${dev.url}/v1/traces`, claim(name), { ...JSON_BODY, ...extra })).status,
    ]).toEqual([name, status])
  const rows = await dev.engine.query(
    `SELECT SpanAttributes['who'] AS who, SpanAttributes['throughline.event.source'] AS source FROM otel_traces ORDER BY who`,
  )
  expect(rows).toEqual([
    { who: 'a cookie', source: 'browser' },
    { who: 'a page', source: 'browser' },
    { who: 'a page with the token', source: 'browser' },
    { who: 'a server', source: 'server' },
    { who: 'nobody', source: 'browser' },
  ])
})

test.each([
  'host.docker.internal:4318',
  'HOST.docker.internal',
  'throughline',
  '192.168.1.5:4318',
  '[fd00::1]:4318',
])('the Host %s is taken', async (host) => {
  expect((await get('/api/result', { host, ...bearer })).status).toBe(200)
})

test('another Host is refused, and the answer names the option', async () => {
  const answer = await get('/api/result', { host: 'dev.example:4318', ...bearer })
  expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('--allow-host dev.example')])
})
