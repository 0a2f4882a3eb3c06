import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { aliases } from './scripts/aliases.ts'

const modules = fileURLToPath(new URL('./e2e/otel-3/node_modules', import.meta.url))

// The same sources on OpenTelemetry JS 3.x: every `*.otel.test.ts` runs in the `node` project on 2.x and again here.
// What is sdk-trace-base and api-logs on 2.x is sdk-trace and api on 3.x.
export default defineConfig({
  define: { __DEV__: 'true' },
  resolve: {
    alias: [
      ...aliases,
      {
        find: '@opentelemetry/sdk-trace-base',
        replacement: fileURLToPath(new URL('./e2e/otel-3/sdk-trace-base.ts', import.meta.url)),
      },
      { find: '@opentelemetry/api-logs', replacement: `${modules}/@opentelemetry/api` },
      { find: /^@opentelemetry\/(.*)$/, replacement: `${modules}/@opentelemetry/$1` },
    ],
  },
  test: {
    name: 'otel-3',
    env: { OPENTELEMETRY_LINE: '3.x' },
    include: ['packages/*/src/**/*.otel.test.ts', 'e2e/otel-3/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
