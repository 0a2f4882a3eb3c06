// What the gateway's rules cost: its CPU for each span, with them and without, in turns. OTHER_GATEWAY can be the
// path of another configuration, to compare that one as well.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import { sumOf } from '../e2e/collector/counters.ts'
import type { Gateway } from '../e2e/collector/gateway.ts'
import { startGateway } from '../e2e/collector/gateway.ts'
import { keyValues, nanoseconds, post, span, traces } from '../e2e/collector/otlp.ts'
import { CONTEXT } from '../e2e/collector/spans.ts'
import type { Measurement } from './run.ts'

const TURNS = 6
const REQUESTS = 60
const SPANS = 100

/** What is taken goes nowhere, so that only what stands before it is measured. */
const NOWHERE = [
  'yaml:exporters::debug::verbosity: basic',
  'yaml:service::telemetry::logs::level: error',
  'yaml:service::pipelines::traces/public::exporters: [debug]',
]
const NO_RULES = ['public', 'public-steps'].map(
  (name) => `yaml:service::pipelines::traces/${name}::processors: [memory_limiter]`,
)
/** As a shop's page and its server send them: requests, one in four an event, one in twenty an error. */
const BODY = traces(
  'bench',
  Array.from({ length: SPANS }, (_, at) => {
    const isEvent = at % 4 === 0
    const attributes = {
      ...CONTEXT,
      'throughline.hypothesis.one-page-payment': 'control',
      'session.id': '0123456789abcdef0123456789abcdef',
      ...(isEvent
        ? { 'throughline.event.source': 'browser', 'throughline.event.seq': at }
        : {
            'http.request.method': 'GET',
            'url.full': `https://shop.example/api/products/${at}?page=2&sort=price`,
            'server.address': 'shop.example',
            'http.response.status_code': 200,
            'user_agent.original':
              'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36',
          }),
    }
    const stack = Array.from({ length: 12 }, (_, line) => `    at f (https://shop.example/app.js:${line}:7)`)
    const exception = {
      timeUnixNano: nanoseconds(Date.now()),
      name: 'exception',
      attributes: keyValues({ 'exception.message': 'failed', 'exception.stacktrace': stack.join('\n') }),
    }
    return span({
      name: isEvent ? 'throughline.step.enter' : 'GET /api/products',
      attributes: keyValues(attributes),
      events: at % 20 === 1 ? [exception] : [],
    })
  }),
)

const cpu = (gateway: Gateway) => sumOf(gateway.telemetryUrl, /^otelcol_process_cpu_seconds/)

/** Microseconds of CPU for a span. */
async function turn(gateway: Gateway): Promise<number> {
  const before = await cpu(gateway)
  for (let at = 0; at < REQUESTS; at++) {
    const status = await post(`${gateway.publicUrl}/v1/traces`, BODY)
    if (status !== 200) throw new Error(`a gateway answered ${status}`)
  }
  return (((await cpu(gateway)) - before) * 1e6) / (REQUESTS * SPANS)
}

const median = (of: readonly number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!

export async function run(): Promise<Measurement[]> {
  const collector = await buildCollector()
  if (!collector) return [{ measure: 'skipped', value: NO_GO }]
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
  const start = (name: string, more: readonly string[]) =>
    startGateway(collector, join(folder, name), 'http://127.0.0.1:9', {}, [...more, ...NOWHERE])
  const gateways: [name: string, gateway: Gateway][] = [
    ['with its rules', await start('with', [])],
    ['without', await start('without', NO_RULES)],
  ]
  const other = process.env.OTHER_GATEWAY
  if (other) gateways.push([`with the rules of ${other}`, await start('other', [other])])

  const figures = gateways.map((): number[] => [])
  for (let at = 0; at <= TURNS; at++)
    for (const [index, [, gateway]] of gateways.entries()) {
      const figure = await turn(gateway)
      // The first one warms up.
      if (at > 0) figures[index]!.push(figure)
    }
  for (const [, gateway] of gateways) await gateway.stop()
  rmSync(folder, { recursive: true, force: true })
  return gateways.map(([name], index) => ({
    measure: `CPU of the gateway for a span, ${name}`,
    value: `${median(figures[index]!).toFixed(0)} µs`,
  }))
}
