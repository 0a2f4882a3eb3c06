import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { anyValue, keyValues, logs, nanoseconds, post, span, traces } from './collector/otlp.ts'
import type { World } from './collector/world.ts'
import { startWorld } from './collector/world.ts'

// What lets somebody in, and what they looked for, is in no table: the same inputs at every place that can hold them.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const S = 'hunter2'
/** An attribute, and what of it is stored: nothing where it is left out. */
const ATTRIBUTES: readonly (readonly [key: string, value: unknown, stored?: string])[] = [
  // Headers, in the spellings of both semantic conventions, of frameworks and of gRPC; as texts, lists and maps.
  ['http.request.header.authorization', `Bearer ${S}`],
  ['http.request.header.Authorization', [`Bearer ${S}`]],
  ['http.request.header.proxy-authorization', [`Basic ${S}`]],
  ['http.request.header.proxy_authorization', `Basic ${S}`],
  ['http.request.header.cookie', [`sid=${S}`]],
  ['http.request.cookie', `sid=${S}`],
  ['http.response.header.set-cookie', [`sid=${S}; Path=/`]],
  ['http.response.header.set_cookie', `sid=${S}`],
  ['http.request.headers.cookie', `sid=${S}`],
  ['http.request.header.x-api-key', [S]],
  ['http.request.header.x_api_key', S],
  ['http.request.header.x-auth-token', S],
  ['http.request.header.x-amz-security-token', S],
  ['http.request.header.x-csrf-token', S],
  ['http.request.header.x-hub-signature-256', S],
  ['http.request.header.x-session', S],
  ['rpc.grpc.request.metadata.authorization', [S]],
  ['rpc.grpc.request.metadata.x-token', [S]],
  ['http.request.headers', { authorization: `Bearer ${S}`, 'x-api-key': S }],
  ['headers', [{ Cookie: `sid=${S}` }]],
  ['set_cookie', `sid=${S}`],
  ['proxy_authorization', S],
  ['Authorization', S],
  ['password', S],
  ['user.password', S],
  ['db.connection.passwd', S],
  ['client_secret', S],
  ['api_key', S],
  ['access_token', S],
  ['oauth.refresh-token', S],
  ['session.token', S],
  ['aws.secret_access_key', S],
  // Queries and fragments.
  ['url.query', `card=${S}`],
  ['url.fragment', S],
  ['http.query', `card=${S}`],
  ['http.query_string', `card=${S}`],
  ['http.request.query', `card=${S}`],
  ['http.query.params.card', S],
  ['url.full', `https://shop.example/pay?card=${S}#cvc`, 'https://shop.example/pay'],
  ['url.original', `/pay?card=${S}`, '/pay'],
  ['url.path', `/pay?card=${S}`, '/pay'],
  ['http.url', `https://shop.example/pay#${S}`, 'https://shop.example/pay'],
  ['http.target', `pay?card=${S}`, 'pay'],
  ['http.referer', `https://shop.example/?q=${S}`, 'https://shop.example/'],
  ['http.request.header.referer', [`https://shop.example/?q=${S}`]],
  ['http.response.header.location', [`/welcome?code=${S}`]],
  ['browser.document.url.full', `https://shop.example/?q=${S}`, 'https://shop.example/'],
  ['document.referrer', `https://shop.example/?q=${S}\nnext`, 'https://shop.example/'],
  // Who signs in, in an address, in any case, and in texts of all kinds.
  ['server.address', `HTTPS://user:${S}@shop.example/pay`, 'HTTPS://shop.example/pay'],
  ['db.connection_string', `postgres://shop:${S}@db:5432/shop`, 'postgres://db:5432/shop'],
  ['app.link', `https://${S}@shop.example/?a=1`, 'https://shop.example/'],
  ['app.links', [`https://u:${S}@shop.example/`]],
  ['app.nested', { deep: [{ link: `https://shop.example/?q=${S}` }] }],
  ['app.message', `GET /pay?card=${S} failed`, 'GET /pay failed'],
  ['app.note', `sent authorization: Bearer ${S}`, 'sent authorization: redacted'],
  ['app.header', `Bearer ${S}`, 'Bearer redacted'],
  ['app.basic', 'Basic dTpw', 'Basic redacted'],
  ['app.json', JSON.stringify({ cookie: `sid=${S}` }), '{"cookie: redacted'],
  ['process.command_line', `run --password=${S} --port 1`, 'run --password: redacted --port 1'],
  ['app.answer', `got refresh_token: ${S}`, 'got refresh_token: redacted'],
  ['process.command_args', ['run', `--api-key=${S}`]],
  [
    'exception.stacktrace',
    `Error: x\n  at pay (https://shop.example/app.js?t=${S}:10:5)\n  at https://shop.example/b.mjs?x:1:2`,
    'Error: x\n  at pay (https://shop.example/app.js:10:5)\n  at https://shop.example/b.mjs:1:2',
  ],
  // What stays.
  ['session.id', 'a session', 'a session'],
  ['http.request.header.user-agent', 'Mozilla/5.0', 'Mozilla/5.0'],
  ['gen_ai.usage.input_tokens', 7, '7'],
  ['http.route', '/orders/:id', '/orders/:id'],
  ['app.question', 'why? basic questions', 'why? basic questions'],
  ['app.mail', 'ada@shop.example', 'ada@shop.example'],
  ['app.price', 12.5, '12.5'],
]
const GIVEN = Object.fromEntries(ATTRIBUTES.map(([key, value]) => [key, value]))
const STORED = Object.fromEntries(ATTRIBUTES.flatMap(([key, , stored]) => (stored ? [[key, stored]] : [])))
/** What is laid flat so that it can be looked into keeps what is harmless. */
const KEYS = ATTRIBUTES.map(([key]) => key)

describe.skipIf(!collector)('what must not be stored', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(collector!)
  })
  afterAll(() => world?.stop())

  /** The whole row of a service, once there is one. */
  async function row(table: 'otel_traces' | 'otel_logs', service: string) {
    const rows = () =>
      world.engine.query<Record<string, unknown>>(
        `SELECT * FROM ${table} WHERE ServiceName = {service:String}`,
        { service },
      )
    await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(1)
    return (await rows())[0]!
  }

  /** What is kept at a place, without the pieces of lists and maps that were laid flat. */
  const kept = (place: unknown) =>
    Object.fromEntries(Object.entries(place as object).filter(([key]) => KEYS.includes(key)))

  it('is not stored of spans, their events and links, resources and scopes', async () => {
    const url = `${world.gateway.internalUrl}/v1/traces`
    const attributes = keyValues(GIVEN)
    const link = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), attributes }
    const given = span({
      name: `GET /pay?card=${S}`,
      status: { code: 2, message: `no answer of https://u:${S}@host/?x=${S}` },
      attributes,
      events: [{ timeUnixNano: nanoseconds(Date.now()), name: `event of /x?y=${S}`, attributes }],
      links: [link],
    })
    expect(await post(url, traces('secret spans', [given], { resource: GIVEN, scope: GIVEN }))).toBe(200)
    const stored = await row('otel_traces', 'secret spans')
    expect(JSON.stringify(stored)).not.toContain(S)
    expect(kept(stored.SpanAttributes)).toEqual(STORED)
    expect(kept(stored.ResourceAttributes)).toEqual(STORED)
    expect(kept((stored['Events.Attributes'] as object[])[0])).toEqual(STORED)
    expect(stored).toMatchObject({ SpanName: 'GET /pay', StatusMessage: 'no answer of https://host/' })
  })

  it('is not stored of an attribute that comes alone; a list that hides nothing stays a list', async () => {
    const url = `${world.gateway.publicUrl}/v1/traces`
    const alone = [...ATTRIBUTES, ['http.request.header.accept', ['text/html'], '["text/html"]'] as const]
    const given = alone.map(([key, value], at) =>
      span({ name: `span ${at}`, attributes: keyValues({ [key]: value }) }),
    )
    expect(await post(url, traces('secrets alone', given))).toBe(200)
    const rows = () =>
      world.engine.query<{ at: string; attributes: Record<string, string> }>(
        `SELECT splitByChar(' ', SpanName)[2] AS at, SpanAttributes AS attributes FROM otel_traces
         WHERE ServiceName = 'secrets alone'`,
      )
    await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(given.length)
    for (const { at, attributes } of await rows()) {
      const [key, , stored] = alone[Number(at)]!
      expect(JSON.stringify(attributes), key).not.toContain(S)
      expect(attributes[key], key).toBe(stored)
    }
  })

  it('is not stored of log records, whatever their body is', async () => {
    const url = `${world.gateway.publicUrl}/v1/logs`
    const bodies = {
      text: `GET https://u:${S}@shop.example/pay?card=${S} with cookie: a=${S}`,
      map: GIVEN,
      list: [`https://shop.example/?q=${S}`, { authorization: `Bearer ${S}`, token: `access_token=${S}` }],
    }
    for (const [kind, body] of Object.entries(bodies)) {
      const record = { body: anyValue(body), attributes: keyValues(GIVEN) }
      const request = logs(`secret ${kind}`, [record], { resource: GIVEN, scope: GIVEN })
      expect(await post(url, request)).toBe(200)
    }
    for (const kind of Object.keys(bodies)) {
      const stored = await row('otel_logs', `secret ${kind}`)
      expect(JSON.stringify(stored), kind).not.toContain(S)
      expect(kept(stored.LogAttributes)).toEqual(STORED)
      expect(kept(stored.ResourceAttributes)).toEqual(STORED)
      expect(kept(stored.ScopeAttributes)).toEqual(STORED)
    }
    expect((await row('otel_logs', 'secret text')).Body).toBe(
      'GET https://shop.example/pay with cookie: redacted',
    )
  })
})
