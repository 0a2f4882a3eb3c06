import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { sumOf } from './collector/counters.ts'
import type { Gateway } from './collector/gateway.ts'
import { agentConfig, anyBackendConfig, freePort, startGateway } from './collector/gateway.ts'
import { keyValues, logs, post, span, traces } from './collector/otlp.ts'
import type { Recorder } from './collector/recorder.ts'
import { startRecorder } from './collector/recorder.ts'
import { CONTEXT } from './collector/spans.ts'

// The real collector with the configuration for any backend that takes OTLP, in front of an endpoint that keeps what it
// is sent.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const PATIENCE = { timeout: 60_000 }
/** So that what arrives can be read. */
const AS_TEXT = ['yaml:exporters::otlp_http::encoding: json', 'yaml:exporters::otlp_http::compression: none']

describe.skipIf(!collector)('the gateway for any backend', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-any-backend-'))
  let backend: Recorder
  let gateway: Gateway
  beforeAll(async () => {
    backend = await startRecorder()
    const env = { THROUGHLINE_BACKEND_ENDPOINT: backend.url, THROUGHLINE_BACKEND_AUTHORIZATION: 'Bearer 1' }
    gateway = await startGateway(collector!, folder, '', env, AS_TEXT, anyBackendConfig)
  })
  afterAll(async () => {
    await gateway?.stop()
    backend?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** All that came to a path, as text. */
  const arrived = (path: string) =>
    backend.requests
      .filter((request) => request.path === path)
      .map(({ body }) => new TextDecoder().decode(body))
      .join('\n')

  it('sends on what it takes, with its credentials and without those of others', async () => {
    const attributes = keyValues({
      ...CONTEXT,
      'throughline.event.source': 'server',
      'url.full': 'https://ada:secret@shop.example/pay?card=4111',
      'http.request.header.authorization': 'Bearer secret',
    })
    const enter = span({ name: 'throughline.step.enter', attributes })
    await post(`${gateway.publicUrl}/v1/traces`, traces('page', [enter]))
    await post(`${gateway.publicUrl}/v1/logs`, logs('page', [{ body: { stringValue: 'password=secret' } }]))
    await expect.poll(() => arrived('/v1/traces'), PATIENCE).toContain('throughline.step.enter')
    await expect.poll(() => arrived('/v1/logs'), PATIENCE).toContain('password: redacted')
    expect(arrived('/v1/traces')).toContain('https://shop.example/pay')
    expect(arrived('/v1/traces') + arrived('/v1/logs')).not.toMatch(/secret|4111/)
    expect(arrived('/v1/traces')).toMatch(/"throughline.event.source","value":\{"stringValue":"browser"/)
    for (const { headers } of backend.requests) expect(headers.authorization).toBe('Bearer 1')
  })

  it('counts steps for Prometheus', async () => {
    const enters = () => sumOf(gateway.metricsUrl, /^throughline_step_enters_total/)
    await expect.poll(enters, PATIENCE).toBe(1)
  })
})

describe.skipIf(!collector)('the agent', () => {
  it('believes its application, sends nothing secret, and keeps what its gateway has not taken when it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'throughline-agent-'))
    const away = `http://127.0.0.1:${await freePort()}`
    const start = (url: string) =>
      startGateway(collector!, folder, '', { THROUGHLINE_BACKEND_ENDPOINT: url }, AS_TEXT, agentConfig)
    const send = (agent: Gateway, name: string) => {
      const attributes = { ...CONTEXT, 'throughline.event.source': 'server', 'http.url': '/pay?card=4111' }
      const end = span({ name: 'throughline.run.end', attributes: keyValues(attributes) })
      return post(`${agent.internalUrl}/v1/traces`, traces(name, [end]))
    }
    let agent = await start(away)
    const backend = await startRecorder()
    try {
      expect(await send(agent, 'before')).toBe(200)
      await agent.kill()
      agent = await start(backend.url)
      expect(await send(agent, 'after')).toBe(200)
      const arrived = () => backend.requests.map(({ body }) => new TextDecoder().decode(body)).join('\n')
      await expect.poll(arrived, PATIENCE).toContain('after')
      await expect.poll(arrived, PATIENCE).toContain('before')
      expect(arrived()).toMatch(/"throughline.event.source","value":\{"stringValue":"server"/)
      expect(arrived()).not.toContain('4111')
    } finally {
      await agent.stop()
      backend.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
