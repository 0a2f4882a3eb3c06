// Bytes after bundling for a browser, minified and compressed with brotli.
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Measurement } from './run.ts'

const root = new URL('..', import.meta.url).pathname

async function bytes(
  contents: string,
  options: {
    external?: string[]
    nodePaths?: string[]
    resolveDir?: string
    alias?: Record<string, string>
  } = {},
) {
  const { resolveDir = root, ...more } = options
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    minify: true,
    splitting: true,
    outdir: 'out',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['production', 'module'],
    write: false,
    logLevel: 'error',
    tsconfigRaw: {},
    ...more,
  })
  // What loads later, when it is needed, is not in the entry; chunks that the entry imports are.
  const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'))!
  const needed = new Set([entry])
  for (const file of needed)
    for (const [, name] of file.text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) {
      const chunk = outputFiles.find(({ path }) => path.endsWith(`/${name}`))
      if (chunk) needed.add(chunk)
    }
  const sizeOf = (files: Iterable<{ text: string }>) =>
    [...files].reduce((sum, { text }) => sum + brotliCompressSync(withoutPeers(text)).length, 0)
  return { needed: sizeOf(needed), later: sizeOf(outputFiles.filter(({ path }) => /\/later-/.test(path))) }
}

/** A page's bundle has no import statements of what it holds already. */
const withoutPeers = (text: string) => text.replaceAll(/import\{[^}]*\}from"@opentelemetry\/api";/g, '')

const VITALS = `import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'; for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(console.log)`

const PLAIN = `
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
new WebTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: '/otlp/v1/traces' }))] }).register()
${VITALS}`

const WHOLE = `
import { defineHypothesis, defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
const journey = defineJourney('j', { version: '1', steps: ['a', 'b'], converts: 'b' })
const hypothesis = defineHypothesis('h', { statement: 's', journey, variants: ['a', 'b'], expect: { metric: 'conversion', relative: 1 } })
startThroughline({ serviceName: 's', endpoint: '/otlp', journeys: [journey], hypotheses: [hypothesis] }).enter(journey, 'a')`

const ON_3 = `
import { context, propagation, trace } from '@opentelemetry/api'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { createTracker, defineJourney } from '${root}packages/core/dist/production/index.js'
import { startThroughline, throughlineParts } from '${root}packages/core/dist/production/web/own.js'
const journey = defineJourney('j', { version: '1', steps: ['a', 'b'], converts: 'b' })
const tracker = createTracker({ journeys: [journey], storage: sessionStorage })
const { contextManager, propagator, ...parts } = throughlineParts({ tracker, endpoint: '/otlp' })
const provider = new TracerProvider(parts)
context.setGlobalContextManager(contextManager); propagation.setGlobalPropagator(propagator); trace.setGlobalTracerProvider(provider)
startThroughline({ tracker, provider })`

/** The same without what observes the page, but for web-vitals as a host would use it by itself. */
const PARTS_ON_3 = ON_3.replace('startThroughline,', 'recordJourney,').replace(
  'startThroughline({ tracker, provider })',
  `recordJourney(tracker, provider)\n${VITALS}`,
)

const kB = (count: number) => `${(count / 1000).toFixed(2)} kB`

export async function run(): Promise<Measurement[]> {
  const row = (measure: string, count: number, target: number): Measurement => ({
    measure,
    value: kB(count),
    target: `≤ ${kB(target * 1000)}`,
    met: count <= target * 1000,
  })
  const { needed: core } = await bytes(
    `export { createTracker, defineHypothesis, defineJourney } from '@throughline/core'`,
    {
      external: ['@opentelemetry/api'],
    },
  )
  const { needed: plain } = await bytes(PLAIN)
  const { needed: whole, later } = await bytes(WHOLE)
  const line3 = {
    resolveDir: `${root}e2e/otel-3`,
    nodePaths: [`${root}node_modules`],
    // One API, as in an application: the packages here would find the other line's beside them.
    alias: { '@opentelemetry/api': `${root}e2e/otel-3/node_modules/@opentelemetry/api/dist/index.mjs` },
  }
  const { needed: on3 } = await bytes(ON_3, line3)
  const { needed: partsOn3 } = await bytes(PARTS_ON_3, line3)
  return [
    row('core: createTracker, defineJourney, defineHypothesis', core, 4.5),
    row(`whole set-up (${kB(whole)}) over plain OpenTelemetry (${kB(plain)})`, whole - plain, 7.1),
    row('what it loads right after, in one chunk', later, 8.4),
    row('throughlineParts on a 3.x provider, delivering, and web-vitals', partsOn3, 22.1),
    row('startThroughline on a 3.x provider, everything', on3, 24.2),
  ]
}

if (import.meta.main) console.table(await run())
