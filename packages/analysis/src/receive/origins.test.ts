import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dev } from '../dev'
import { JSON_BODY, jsonSpan, send, startTestDev, traces } from './testing'

// Which pages may send. A browser tells a page's origin with every POST, and asks first where the body's type is no
// form's.

let dev: Dev
let url: string
beforeAll(async () => {
  dev = await startTestDev({ origins: ['https://Shop.test', 'capacitor://localhost'] })
  url = `${dev.url}/v1/traces`
})
afterAll(() => dev.close())

const stored = async () =>
  (await dev.engine.query<{ n: number }>('SELECT count() AS n FROM otel_traces'))[0]!.n

const preflight = (origin: string) =>
  send(
    url,
    '',
    {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
      'access-control-request-private-network': 'true',
    },
    'OPTIONS',
  )

describe.each([
  'http://localhost:5173',
  'https://127.0.0.1',
  'http://[::1]:3000',
  'http://shop.localhost',
  'https://shop.test',
  'capacitor://localhost',
])('a page of %s', (origin) => {
  test('may send', async () => {
    const asked = await preflight(origin)
    expect([asked.status, asked.headers['access-control-allow-private-network']]).toEqual([204, 'true'])
    const before = await stored()
    const answer = await send(url, traces(jsonSpan()), { ...JSON_BODY, origin })
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, origin])
    expect(await stored()).toBe(before + 1)
  })

  test('may not send what needs no preflight', async () => {
    const answer = await send(url, traces(jsonSpan()), { 'content-type': 'text/plain', origin })
    expect(answer.status).toBe(415)
  })

  test('may not read', async () => {
    for (const path of ['/', '/api/result', '/api/query', '/api/alive'])
      expect((await send(`${dev.url}${path}`, '', { origin }, 'GET')).status).toBe(403)
  })
})

test.each([
  'https://evil.example',
  'https://localhost.evil.example',
  'https://shop.test:8443',
  'http://shop.test',
  'https://shop.test.evil.example',
  'ftp://localhost',
  'null',
  'nonsense',
  '',
])('a page of "%s" may neither ask nor send, and the answer names the option', async (origin) => {
  const asked = await preflight(origin)
  expect(asked.status).toBe(403)
  expect(Object.keys(asked.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  const before = await stored()
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
    const answer = await send(url, traces(jsonSpan()), { origin, 'content-type': type })
    expect([answer.status, answer.text]).toEqual([
      403,
      expect.stringContaining(`start with --allow-origin ${origin}`),
    ])
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  }
  expect(await stored()).toBe(before)
})

test.each<[number, string, string]>([
  [200, 'none', 'document'],
  [200, 'same-origin', 'empty'],
  [200, 'cross-site', 'document'],
  [403, 'cross-site', 'image'],
  [403, 'cross-site', 'iframe'],
  [403, 'same-site', 'script'],
])('reading is answered %i for what a browser marks as %s, %s', async (status, site, destination) => {
  const headers = { 'sec-fetch-site': site, 'sec-fetch-dest': destination }
  expect((await send(`${dev.url}/api/result`, '', headers, 'GET')).status).toBe(status)
})
