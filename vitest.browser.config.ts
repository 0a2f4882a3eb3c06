import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { MORPH } from './packages/analysis/src/show/page/morph-source.ts'
import { otlpSink } from './packages/core/src/web/sink.ts'
import { aliases } from './scripts/aliases.ts'
import { CHROMIUM_FLAGS, chromiumPath } from './scripts/chromium.ts'

/** What the live page reads from a file, which a browser cannot. */
const morphSource = {
  name: 'morph-source',
  load: (id: string) =>
    id.endsWith('/show/page/morph-source.ts') ? `export const MORPH = ${JSON.stringify(MORPH)}` : undefined,
}

export default defineConfig({
  define: { __DEV__: 'true' },
  resolve: { alias: aliases },
  plugins: [otlpSink(), morphSource],
  // Named, since a dependency that is found while tests run reloads the page under them.
  optimizeDeps: {
    include: [
      '@testing-library/react',
      'react',
      'react/jsx-dev-runtime',
      'react-dom/client',
      '@openfeature/growthbook-client-provider',
      '@openfeature/launchdarkly-client-provider',
      '@openfeature/web-sdk',
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/instrumentation-fetch',
      '@opentelemetry/instrumentation-xml-http-request',
      '@opentelemetry/sdk-trace-web',
      'fast-check',
      'web-vitals',
      'zone.js',
    ],
  },
  test: {
    name: 'browser',
    include: ['packages/*/src/**/*.browser.test.{ts,tsx}'],
    testTimeout: 30_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: await chromiumPath(), args: CHROMIUM_FLAGS } }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
